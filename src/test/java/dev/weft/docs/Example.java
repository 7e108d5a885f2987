package dev.weft.docs;

import dev.weft.Asyncio;
import dev.weft.docs.Markdown.Block;
import dev.weft.docs.Markdown.Line;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A Java block of a document and the blocks that continue it, as one compilation unit: an unchanged program, or a
 * fragment inside a method. Each line of the unit has the number of its line in the document.
 */
final class Example {

  private static final Pattern TYPE = Pattern.compile(
      "(public |final |abstract |sealed |non-sealed |strictfp )*(class|interface|@interface|record|enum) .*");
  private static final Pattern MAIN = Pattern.compile("static void main\\(");
  private static final Pattern NAME =
      Pattern.compile("\\b(?:class|interface|record|enum) (\\w+).*");

  private static final List<String> JAVA_PACKAGES = List.of(
      "java.util",
      "java.time",
      "java.nio",
      "java.nio.file",
      "java.nio.charset",
      "java.io",
      "java.util.concurrent");

  private final List<Block> blocks = new ArrayList<>();
  private final List<Line> unit = new ArrayList<>();
  private final Optional<Example> client;
  private final int port;
  private Optional<Block> output = Optional.empty();

  Example(Block first) throws IOException {
    this(first, first.is("client") ? freePort() : 0);
  }

  private Example(Block first, int port) {
    this.port = port;
    blocks.add(first);
    client = first.is("client")
        ? Optional.of(new Example(
            new Block(first.file(), first.line() - 1, "java", first.below("client"), List.of()),
            port))
        : Optional.empty();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  void add(Block continuation) {
    blocks.add(continuation);
  }

  void expect(Block text) {
    output = Optional.of(text);
  }

  Block first() {
    return blocks.get(0);
  }

  /** The document and the line, in a compiler's format. */
  String place() {
    return place(first().line());
  }

  String place(int line) {
    return first().file() + ":" + line;
  }

  String packageName() {
    String file = first().file().toString().replaceAll("\\.md$", "").replaceAll("\\W", "_");
    return "docs." + file + "_" + first().line();
  }

  /** The client that runs while the program serves; empty if the program ends by itself. */
  Optional<Example> client() {
    return client;
  }

  /** The port of a program that serves, and of its client. It replaces the document's 8888. */
  int port() {
    return port;
  }

  boolean isProgram() {
    return first().code().stream().anyMatch(line -> TYPE.matcher(line.text()).matches());
  }

  boolean runs() {
    return !first().is("compile only")
        && (!isProgram()
            || first().code().stream()
                .anyMatch(line -> MAIN.matcher(line.text()).find()));
  }

  /** The class with the {@code main} method. */
  String mainClass() {
    return packageName() + "." + simpleName();
  }

  private String simpleName() {
    if (!isProgram()) {
      return "Fragment";
    }
    String name = "";
    for (Line line : first().code()) {
      if (TYPE.matcher(line.text()).matches()) {
        var matcher = NAME.matcher(line.text());
        name = matcher.find() ? matcher.group(1) : name;
      }
      if (MAIN.matcher(line.text()).find()) {
        return name;
      }
    }
    return name;
  }

  /** The output of the example according to the document, if the document has it. */
  Optional<String> output() {
    return output.map(block ->
        block.code().stream().map(line -> line.text() + "\n").collect(Collectors.joining()));
  }

  /** The compilation unit. */
  List<Line> unit() {
    if (unit.isEmpty()) {
      if (isProgram()) {
        makeProgram();
      } else {
        makeFragment();
      }
      if (port != 0) {
        unit.replaceAll(
            line -> new Line(line.number(), line.text().replace("8888", Integer.toString(port))));
      }
    }
    return unit;
  }

  /** The line of the document for a line of the unit; 0 if the test added the line. */
  int lineOf(long unitLine) {
    return unitLine < 1 || unitLine > unit().size()
        ? 0
        : unit().get((int) unitLine - 1).number();
  }

  private void makeProgram() {
    emit("package " + packageName() + ";");
    for (Block block : blocks) {
      unit.addAll(block.code());
      unit.addAll(block.below("with"));
    }
  }

  private void makeFragment() {
    var imports = new ArrayList<Line>();
    var members = new ArrayList<Line>();
    var statements = new ArrayList<Line>();
    var after = new ArrayList<Line>();
    for (Block block : blocks) {
      List<Line> target = members;
      for (Line line : block.below("with")) {
        if (line.text().equals("before:")) {
          target = statements;
        } else if (line.text().equals("after:")) {
          target = after;
        } else {
          (line.text().startsWith("import ") ? imports : target).add(line);
        }
      }
      for (Line line : block.code()) {
        (line.text().startsWith("import ") ? imports : statements).add(line);
      }
    }
    emit("package " + packageName() + ";");
    emitImports();
    unit.addAll(imports);
    emit("public class Fragment {");
    unit.addAll(members);
    emit("  void fragment() throws Exception {");
    unit.addAll(statements);
    unit.addAll(after);
    emit("  }");
    emit("  public static void main(String[] args) throws Exception {");
    emit("    var fragment = new Fragment();");
    emit("    run(() -> { fragment.fragment(); return null; });");
    emit("  }");
    emit("}");
  }

  private void emitImports() {
    emit("import static dev.weft.Asyncio.*;");
    exportedPackages().forEach(each -> emit("import " + each + ".*;"));
    JAVA_PACKAGES.forEach(each -> emit("import " + each + ".*;"));
  }

  private void emit(String text) {
    unit.add(new Line(0, text));
  }

  /** The packages of Weft that programs import. */
  static List<String> exportedPackages() {
    var classes = Asyncio.class.getProtectionDomain().getCodeSource().getLocation();
    try (InputStream descriptor =
        URI.create(classes + "module-info.class").toURL().openStream()) {
      return ModuleDescriptor.read(descriptor).exports().stream()
          .filter(exports -> !exports.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
