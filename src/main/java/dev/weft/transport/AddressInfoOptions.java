package dev.weft.transport;

import java.net.StandardProtocolFamily;
import java.util.Optional;

/**
 * The optional parts of {@code getaddrinfo}. Immutable.
 *
 * @param family wants addresses of this family only ({@code family}); of any if empty
 * @param numericHost whether to take an address only, without a name server ({@code AI_NUMERICHOST})
 */
public record AddressInfoOptions(Optional<StandardProtocolFamily> family, boolean numericHost) {

  private static final AddressInfoOptions DEFAULTS =
      new AddressInfoOptions(Optional.empty(), false);

  /** Checks the family. */
  public AddressInfoOptions {
    Families.check(family);
  }

  /** Names too, any family. */
  public static AddressInfoOptions defaults() {
    return DEFAULTS;
  }

  /** These options, for addresses of {@code family} only. */
  public AddressInfoOptions withFamily(StandardProtocolFamily family) {
    return new AddressInfoOptions(Optional.of(family), numericHost);
  }

  /** These options with {@code numericHost} set. */
  public AddressInfoOptions withNumericHost(boolean numericHost) {
    return new AddressInfoOptions(family, numericHost);
  }
}
