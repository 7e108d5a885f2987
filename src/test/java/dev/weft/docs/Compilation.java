package dev.weft.docs;

import dev.weft.docs.Markdown.Line;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** The examples of all documents, compiled together. The compiler's messages name the lines of the documents. */
final class Compilation {

  private static final List<String> OPTIONS =
      List.of("--release", "21", "-Xlint:all,-processing", "-proc:none", "-d");

  private static final class Unit extends SimpleJavaFileObject {

    final Example example;

    Unit(Example example) {
      super(
          URI.create("string:///" + example.packageName().replace('.', '/') + "/Example.java"),
          Kind.SOURCE);
      this.example = example;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return example.unit().stream().map(line -> line.text() + "\n").collect(Collectors.joining());
    }

    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }
  }

  private final Map<Example, List<String>> complaints = new HashMap<>();

  private Compilation() {}

  /**
   * Compiles into {@code classes}. After an error javac writes no classes, so the examples without errors are compiled
   * again.
   */
  static Compilation of(List<Example> examples, Path classes) throws IOException {
    var compilation = new Compilation();
    List<Example> left = examples;
    while (!left.isEmpty() && !compilation.compile(left, classes)) {
      left = left.stream()
          .filter(example -> compilation.complaints(example).isEmpty())
          .toList();
    }
    return compilation;
  }

  private boolean compile(List<Example> examples, Path classes) throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var diagnostics = new DiagnosticCollector<JavaFileObject>();
    var options = new ArrayList<>(OPTIONS);
    options.add(classes.toString());
    try (var files = compiler.getStandardFileManager(diagnostics, null, null)) {
      boolean done = compiler
          .getTask(
              null,
              files,
              diagnostics,
              options,
              null,
              examples.stream().map(Unit::new).toList())
          .call();
      int before = complaints.size();
      for (Diagnostic<? extends JavaFileObject> each : diagnostics.getDiagnostics()) {
        if (each.getSource() instanceof Unit) {
          complain(((Unit) each.getSource()).example, each);
        }
      }
      if (!done && complaints.size() == before) {
        throw new AssertionError(diagnostics.getDiagnostics().toString());
      }
      return done;
    }
  }

  private void complain(Example example, Diagnostic<?> diagnostic) {
    int line = example.lineOf(diagnostic.getLineNumber());
    String place = line == 0
        ? example.place() + " (" + text(example, diagnostic.getLineNumber()) + ")"
        : example.place(line);
    complaints
        .computeIfAbsent(example, none -> new ArrayList<>())
        .add(place + ": " + diagnostic.getKind() + ": " + diagnostic.getMessage(null));
  }

  private static String text(Example example, long unitLine) {
    List<Line> unit = example.unit();
    return unitLine < 1 || unitLine > unit.size()
        ? ""
        : unit.get((int) unitLine - 1).text();
  }

  /** The errors and warnings of an example. */
  List<String> complaints(Example example) {
    return complaints.getOrDefault(example, List.of());
  }
}
