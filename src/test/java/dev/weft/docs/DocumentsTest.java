package dev.weft.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.fail;

import dev.weft.docs.Markdown.Block;
import dev.weft.testkit.LogCapture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** The Java code of README and the guide compiles without a warning, runs, and prints what the documents say. */
class DocumentsTest {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir
  static Path classes;

  @TestFactory
  Stream<DynamicTest> examples() throws IOException {
    var examples = new ArrayList<Example>();
    for (Markdown document : Markdown.guide()) {
      examples.addAll(examples(document));
    }
    var units = new ArrayList<>(examples);
    examples.forEach(example -> example.client().ifPresent(units::add));
    var compiled = Compilation.of(units, classes);
    return examples.stream()
        .map(example -> DynamicTest.dynamicTest(example.place(), () -> check(example, compiled)));
  }

  private static List<Example> examples(Markdown document) throws IOException {
    var examples = new ArrayList<Example>();
    Example last = null;
    for (Block block : document.blocks()) {
      if (block.language().equals("java")) {
        if (block.is("continues")) {
          last.add(block);
        } else {
          last = new Example(block);
          examples.add(last);
        }
      } else if (block.language().equals("kotlin")) {
        last = null; // KotlinExamples tests its output
      } else if (block.is("output") && last != null) {
        last.expect(block);
      }
    }
    return examples;
  }

  private static void check(Example example, Compilation compiled) throws Exception {
    var complaints = new ArrayList<>(compiled.complaints(example));
    example.client().ifPresent(client -> complaints.addAll(compiled.complaints(client)));
    if (!complaints.isEmpty()) {
      fail(String.join("\n", complaints));
    }
    if (example.runs()) {
      String printed;
      try (var log = LogCapture.start()) {
        printed = assertTimeoutPreemptively(
            LIMIT,
            () -> example.client().isPresent() ? serve(example) : run(example),
            example.place());
        if (!example.first().is("logs")) {
          assertEquals(List.of(), warnings(log), example.place());
        }
      }
      if (example.output().isPresent()) {
        assertEquals(example.output().get(), printed, example.place());
      }
    }
  }

  private static List<LogCapture.Event> warnings(LogCapture log) {
    return log.events().stream()
        .filter(event -> event.level().toInt() >= Level.WARN.toInt())
        .toList();
  }

  private static String serve(Example example) throws Exception {
    try (var served = Served.start(example, classes)) {
      run(example.client().get());
      return served.stop();
    }
  }

  private static String run(Example example) throws Exception {
    PrintStream before = System.out;
    var out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true));
    try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
      var main = loader.loadClass(example.mainClass()).getMethod("main", String[].class);
      main.setAccessible(true);
      main.invoke(null, (Object) new String[0]);
    } catch (InvocationTargetException e) {
      throw new AssertionError(
          example.place(lineThatThrew(example, e.getCause())) + ": " + e.getCause(), e.getCause());
    } finally {
      System.setOut(before);
    }
    return out.toString().replace(System.lineSeparator(), "\n");
  }

  /** The line of the document that is nearest to the failure. Weft's own failures may have it in a suppressed one. */
  private static int lineThatThrew(Example example, Throwable failure) {
    var throwables = new ArrayList<>(List.of(failure.getSuppressed()));
    throwables.add(0, failure);
    for (Throwable each : throwables) {
      for (StackTraceElement frame : each.getStackTrace()) {
        if (frame.getClassName().startsWith(example.packageName() + ".")) {
          return example.lineOf(frame.getLineNumber());
        }
      }
    }
    return example.first().line();
  }
}
