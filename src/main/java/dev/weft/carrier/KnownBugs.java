package dev.weft.carrier;

import dev.weft.log.Log;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Warns of JDK releases in which a virtual thread can remain suspended for ever.
 *
 * <p>JDK-8369227 is fixed in 25.0.3 and 26.0.1, JDK-8373120 in 25.0.4.
 */
final class KnownBugs {

  private static final Logger LOG = Log.of(KnownBugs.class);

  private KnownBugs() {}

  /** Logs a warning if the running JDK has such a bug. Logs nothing if SLF4J has no provider. */
  static void warn() {
    if (Log.hasProvider()) {
      warn(Runtime.version());
    }
  }

  static void warn(Runtime.Version version) {
    Optional<String> warning = warning(version);
    if (warning.isPresent()) {
      LOG.warn(warning.get());
    }
  }

  /** Returns the warning for a version of the JDK, or empty if it has no such bug. */
  static Optional<String> warning(Runtime.Version version) {
    int update = version.update();
    String bugs = null;
    String fixedIn = null;
    if (version.feature() == 25 && version.interim() == 0 && update < 4) {
      bugs = update < 3 ? "JDK-8369227 and JDK-8373120" : "JDK-8373120";
      fixedIn = "25.0.4";
    } else if (version.feature() == 26 && version.interim() == 0 && update < 1) {
      bugs = "JDK-8369227";
      fixedIn = "26.0.1";
    }
    return bugs == null
        ? Optional.empty()
        : Optional.of("Java "
            + number(version)
            + " has "
            + bugs
            + ": a virtual thread may be left stuck. Use "
            + fixedIn
            + " or later.");
  }

  /**
   * Formats a version as in "25.0.3". {@code Version.toString} uses streams, which delays a program's start by
   * milliseconds.
   */
  private static String number(Runtime.Version version) {
    var text = new StringBuilder();
    for (int part : version.version()) {
      text.append(text.isEmpty() ? "" : ".").append(part);
    }
    return text.toString();
  }
}
