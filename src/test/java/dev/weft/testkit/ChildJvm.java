package dev.weft.testkit;

import dev.weft.loop.EventLoop;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * Runs a program in a separate JVM, for tests that need one: that start without a flag, hang for ever, or initialise a
 * class of the JDK in the wrong order.
 */
public final class ChildJvm {

  /** The exit code of a child, and its output on both streams. */
  public record Outcome(int exitCode, String output) {}

  private ChildJvm() {}

  /** Runs {@code main} on the tests' class path, with no flags except {@code options}. */
  public static Outcome run(List<String> options, Class<?> main, String... arguments) {
    return runFrom(System.getProperty("java.class.path"), options, main, arguments);
  }

  /** Runs {@code main} in a shell that first runs {@code setup}, for limits and signals of the JVM. */
  public static Outcome runAfter(
      String setup, List<String> options, Class<?> main, String... arguments) {
    var shell = List.of("/bin/bash", "-c", setup + "; exec \"$@\"", "bash");
    return run(shell, System.getProperty("java.class.path"), options, main, arguments);
  }

  /** Runs {@code main} without an SLF4J provider: the class path has Weft, SLF4J and the classes of one source only. */
  public static Outcome runWithoutLog(List<String> options, Class<?> main, String... arguments) {
    try {
      Path folder = Files.createTempDirectory("weft-classes");
      try {
        String classPath = String.join(
            File.pathSeparator, folder.toString(), home(EventLoop.class), home(Logger.class));
        copyClasses(main, folder);
        return runFrom(classPath, options, main, arguments);
      } finally {
        try (Stream<Path> files = Files.walk(folder)) {
          files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies the classes of one source file. */
  private static void copyClasses(Class<?> main, Path folder) throws IOException {
    String name = main.getName().replace('.', '/');
    Path from = Path.of(home(main)).resolve(name).getParent();
    Path to = Files.createDirectories(folder.resolve(name).getParent());
    String simple = name.substring(name.lastIndexOf('/') + 1).replaceFirst("\\$.*", "");
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        String each = file.getFileName().toString();
        if (each.equals(simple + ".class") || each.startsWith(simple + "$")) {
          Files.copy(file, to.resolve(each));
        }
      }
    }
  }

  /** The origin of a class: a jar, or a folder of classes. */
  public static String home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** Runs {@code main} on the given class path, with no flags except {@code options}. */
  public static Outcome runFrom(
      String classPath, List<String> options, Class<?> main, String... arguments) {
    return run(List.of(), classPath, options, main, arguments);
  }

  private static Outcome run(
      List<String> shell,
      String classPath,
      List<String> options,
      Class<?> main,
      String... arguments) {
    var command = new ArrayList<String>(shell);
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().remove("JDK_JAVA_OPTIONS");
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      Process process = builder.start();
      try {
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          throw new AssertionError("the child closed its output but did not end: " + output);
        }
        return new Outcome(process.exitValue(), output);
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
