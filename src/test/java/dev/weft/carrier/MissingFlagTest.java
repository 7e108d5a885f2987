package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.testkit.ChildJvm;
import dev.weft.testkit.TwoLoops;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** J1: a JVM that does not open {@code java.lang} to Weft. */
class MissingFlagTest {

  private static String remedy(String module) {
    return "java.lang.IllegalStateException: Weft needs access to java.lang to run virtual threads on its"
        + " own carrier. Start Java with --add-opens java.base/java.lang="
        + module
        + " (on the command line or in JDK_JAVA_OPTIONS), or with -javaagent:weft.jar, or put 'Add-Opens:"
        + " java.base/java.lang' into the manifest of the executable jar.";
  }

  private static List<String> linesOf(ChildJvm.Outcome outcome) {
    assertEquals(0, outcome.exitCode(), outcome::output);
    return outcome.output().lines().filter(line -> !line.startsWith("WARN")).toList();
  }

  @Test
  @DisplayName("J1: without the flag every use, not only the first, fails with the flag to add")
  void onTheClassPath() {
    var outcome = ChildJvm.run(List.of(), TwoLoops.class);
    assertEquals(List.of(remedy("ALL-UNNAMED"), remedy("ALL-UNNAMED")), linesOf(outcome));
  }

  @Test
  @DisplayName("J1: on the module path the flag names Weft's module, and is all that is needed")
  void onTheModulePath() {
    String modules = String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.matches(".*[/\\\\](target[/\\\\]classes|slf4j-api-[^/\\\\]*)"))
            .toList());
    var path = List.of("--module-path", modules, "--add-modules", "dev.weft");
    assertEquals(
        List.of(remedy("dev.weft"), remedy("dev.weft")),
        linesOf(ChildJvm.run(path, TwoLoops.class)));

    var opened = new ArrayList<>(path);
    opened.addAll(List.of("--add-opens", "java.base/java.lang=dev.weft"));
    assertEquals(List.of("a loop", "a loop"), linesOf(ChildJvm.run(opened, TwoLoops.class)));
  }
}
