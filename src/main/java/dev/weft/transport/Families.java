package dev.weft.transport;

import java.net.StandardProtocolFamily;
import java.util.Objects;
import java.util.Optional;

/** The families of addresses to which names resolve. */
final class Families {

  private Families() {}

  static void check(Optional<StandardProtocolFamily> family) {
    Objects.requireNonNull(family, "family");
    if (family.filter(StandardProtocolFamily.UNIX::equals).isPresent()) {
      throw new IllegalArgumentException("family must be INET or INET6: " + family.get());
    }
  }
}
