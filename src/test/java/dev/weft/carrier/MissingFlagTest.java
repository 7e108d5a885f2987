package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.testkit.ChildJvm;
import dev.weft.testkit.TwoLoops;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** J1: a JVM that does not open {@code java.lang} to Weft. */
class MissingFlagTest {

  private static final String NEEDS =
      "java.lang.IllegalStateException: Weft needs access to java.lang to run virtual threads on its own carrier. ";
  private static final String FORBIDDEN = "-Dweft.flagless=false";

  /** A program that runs one task. */
  static final class Program {
    public static void main(String[] args) {
      int result = Asyncio.run(() -> 7);
      System.out.println(result);
    }
  }

  private static String remedy(String module, String own) {
    return NEEDS
        + "Start Java with --add-opens java.base/java.lang="
        + module
        + ", on the command line or in JDK_JAVA_OPTIONS, or put 'Add-Opens: java.base/java.lang' into the manifest of"
        + " the executable jar. (java.base/java.lang is not open to "
        + own
        + ", and -Dweft.flagless=false forbids the other way)";
  }

  private static List<String> modulePath() {
    String modules = String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> entry.matches(".*[/\\\\](target[/\\\\]classes|slf4j-api-[^/\\\\]*)"))
            .toList());
    return List.of("--module-path", modules, "--add-modules", "dev.weft");
  }

  private static List<String> twoLoops(List<String> options, String... more) {
    var all = new ArrayList<>(options);
    all.addAll(List.of(more));
    ChildJvm.Outcome outcome = ChildJvm.run(all, TwoLoops.class);
    assertEquals(0, outcome.exitCode(), outcome::output);
    return outcome
        .output()
        .lines()
        .filter(line -> !line.startsWith("WARN"))
        .map(line -> line.replaceAll("unnamed module @\\w+", "unnamed module"))
        .toList();
  }

  @Test
  @DisplayName(
      "no flag is needed, on the class path and on the module path, and Weft prints nothing")
  void works() {
    assertEquals(List.of("a loop", "a loop"), twoLoops(List.of()));
    assertEquals(List.of("a loop", "a loop"), twoLoops(modulePath()));
    assertEquals("7\n", ChildJvm.runWithoutLog(List.of(), Program.class).output());
  }

  @Test
  @DisplayName(
      "with weft.flagless=false and no flag, every use of Weft fails with a message that names the flag")
  void forbidden() {
    String onClassPath = remedy("ALL-UNNAMED", "unnamed module");
    assertEquals(List.of(onClassPath, onClassPath), twoLoops(List.of(FORBIDDEN)));
    String onModulePath = remedy("dev.weft", "module dev.weft");
    assertEquals(List.of(onModulePath, onModulePath), twoLoops(modulePath(), FORBIDDEN));
  }

  @Test
  @DisplayName("with weft.flagless=false and the flag, Weft works")
  void frontDoor() {
    assertEquals(
        List.of("a loop", "a loop"),
        twoLoops(List.of(FORBIDDEN), "--add-opens", "java.base/java.lang=ALL-UNNAMED"));
    assertEquals(
        List.of("a loop", "a loop"),
        twoLoops(modulePath(), FORBIDDEN, "--add-opens", "java.base/java.lang=dev.weft"));
  }

  @Test
  @DisplayName("a program that cannot run reports it once")
  void once() {
    ChildJvm.Outcome outcome = ChildJvm.runWithoutLog(List.of(FORBIDDEN), Program.class);
    assertEquals(1, outcome.exitCode(), outcome::output);
    assertEquals(1, outcome.output().split("Weft needs access", -1).length - 1, outcome::output);
    assertFalse(outcome.output().contains("Caused by"), outcome::output);
  }

  @Test
  @DisplayName("a value of weft.flagless that is neither true nor false is an error")
  void badValue() {
    String output =
        ChildJvm.runWithoutLog(List.of("-Dweft.flagless=no"), Program.class).output();
    assertTrue(
        output.contains("and the system property weft.flagless must be true or false, not 'no')"),
        output);
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.maven.surefire.booter.ForkedBooter, <argLine>--add-opens a=b</argLine>",
    "org.codehaus.mojo.exec.ExecJavaMojo$1, .mvn/jvm.config",
    "worker.org.gradle.process.internal.worker.GradleWorkerMain, jvmArgs('--add-opens=a=b')",
    "com.intellij.rt.junit.JUnitStarter, VM options",
    "org.eclipse.jdt.internal.junit.runner.RemoteTestRunner, VM options"
  })
  @DisplayName(
      "the exception contains the configuration line for the tool that started the program")
  void tools(String main, String line) {
    StackTraceElement[] stack = {
      new StackTraceElement("example.Test", "test", null, 1),
      new StackTraceElement(main, "main", null, 1)
    };
    String tool = MissingFlag.tool(stack).orElseThrow();
    assertTrue(MissingFlag.line(tool, "--add-opens a=b").contains(line));
    assertEquals(Optional.empty(), MissingFlag.tool(Arrays.copyOf(stack, 1)));
  }
}
