package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.Peer;
import dev.weft.it.support.StartedPrograms;
import dev.weft.it.support.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;

/** Which way starts children, with and without native access. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class NativeAccessIT {

  private static final Duration SOON = Duration.ofSeconds(50);

  /** This number of children are started before the other way is prepared. */
  private static final int FIRST = 32;

  private static final int NEVER = 200;
  private static final int ALWAYS = 1_000_000; // ends by its timeout

  private static String started(int most, String module, String... options) throws Exception {
    var arguments = new ArrayList<Object>(List.of(options));
    if (module.equals("ALL-UNNAMED")) {
      arguments.addAll(List.of("-cp", Weft.path() + ":" + Weft.examples()));
    } else {
      arguments.addAll(List.of("-p", Weft.path()));
      arguments.addAll(List.of("--add-modules", module, "-cp", Weft.examples()));
    }
    arguments.addAll(List.of(StartedPrograms.class.getName(), most));
    try (Peer program = Weft.java(arguments.toArray())) {
      assertEquals(0, program.waitFor(SOON), program::output);
      assertFalse(program.output().contains("WARNING"), program.output());
      return program.output();
    }
  }

  private static void assertDirect(String output) {
    String found = said(output, "direct: ");
    int count = Integer.parseInt(found.substring(found.indexOf(' ') + 1));
    assertTrue(count > FIRST, output);
  }

  /** The only line that begins so. It need not be the last one, because the last child may have to be killed. */
  private static String said(String output, String start) {
    List<String> lines = output.lines().filter(line -> line.startsWith(start)).toList();
    assertEquals(1, lines.size(), output);
    return lines.get(0);
  }

  @Test
  @EnabledForJreRange(minVersion = 22)
  @DisplayName("with native access Weft starts children without the JDK after the first few")
  void enabled() throws Exception {
    assertDirect(started(ALWAYS, "ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED"));
    assertDirect(started(ALWAYS, "dev.weft", "--enable-native-access=dev.weft"));
  }

  @Test
  @DisplayName("without native access the JDK starts them, and Weft logs no warning")
  void notEnabled() throws Exception {
    said(started(NEVER, "ALL-UNNAMED"), "none");
    said(started(NEVER, "dev.weft"), "none");
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  @DisplayName("before JDK 22 native access makes no difference, and Weft logs no warning")
  void tooOld() throws Exception {
    said(started(NEVER, "ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED"), "none");
  }

  @Test
  @DisplayName("a program's choice of how the JDK starts children has precedence")
  void chosen() throws Exception {
    String[] options = {
      "--enable-native-access=ALL-UNNAMED", "-Djdk.lang.Process.launchMechanism=POSIX_SPAWN"
    };
    said(started(NEVER, "ALL-UNNAMED", options), "none");
  }
}
