package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/** J11: which releases of the JDK cause a warning. */
class KnownBugsTest {

  @ParameterizedTest
  @CsvSource({
    "25, JDK-8369227 and JDK-8373120, 25.0.4",
    "25.0.1, JDK-8369227 and JDK-8373120, 25.0.4",
    "25.0.2+10, JDK-8369227 and JDK-8373120, 25.0.4",
    "25.0.3+9-LTS, JDK-8373120, 25.0.4",
    "26, JDK-8369227, 26.0.1",
    "26-ea+20, JDK-8369227, 26.0.1",
  })
  @DisplayName("J11: an affected JDK causes a warning with the bugs and the release without them")
  void affected(String version, String bugs, String remedy) {
    String warning = KnownBugs.warning(Runtime.Version.parse(version)).orElseThrow();
    assertTrue(
        warning.contains("Java " + version.replaceAll("[-+].*", "") + " has " + bugs + ":"),
        warning);
    assertTrue(warning.contains("Use " + remedy + " or later"), warning);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"21.0.2", "21.0.13", "24.0.2", "25.0.4", "25.0.5+11", "26.0.1", "26.0.2", "27"})
  @DisplayName("J11: other JDKs cause no warning")
  void notAffected(String version) {
    assertEquals(Optional.empty(), KnownBugs.warning(Runtime.Version.parse(version)));
  }

  @Test
  @DisplayName("J11: the warning is logged once for each call, and only if there is one")
  void logged() {
    try (var log = LogCapture.start()) {
      KnownBugs.warn(Runtime.Version.parse("25.0.4"));
      assertEquals(List.of(), log.events());
      KnownBugs.warn(Runtime.Version.parse("25.0.3"));
      assertEquals(1, log.events(Level.WARN).size());
      assertEquals(1, log.events().size());
    }
  }
}
