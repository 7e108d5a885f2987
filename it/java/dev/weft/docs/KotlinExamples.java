package dev.weft.docs;

import dev.weft.docs.Markdown.Block;
import dev.weft.docs.Markdown.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Kotlin code of a document as sources of a Kotlin project, with a {@code docs.DocumentKt} that runs it. A block with a
 * {@code main} function is a program. A block with a package is a file that the others import. Any other block is a
 * fragment, which runs in a task with imports of Weft's packages and of that file.
 * Of the comments above blocks, {@code with} gives imports and members; {@code continues}, {@code compile only} and {@code
 * output} mean what they mean for Java.
 */
final class KotlinExamples {

  private static final class Program {

    final List<Block> blocks = new ArrayList<>();
    String output;

    Program(Block first) {
      blocks.add(first);
    }

    String name() {
      return "line" + blocks.get(0).line();
    }

    List<String> code() {
      return blocks.stream().flatMap(block -> texts(block.code())).toList();
    }

    List<String> hidden() {
      return blocks.stream().flatMap(block -> texts(block.below("with"))).toList();
    }

    String source() {
      var imports = new ArrayList<String>();
      var members = new ArrayList<String>();
      separate(hidden(), imports, members);
      if (code().stream().anyMatch(line -> line.startsWith("fun main("))) {
        separate(code(), imports, members);
      } else {
        imports.add("import dev.weft.Asyncio.*");
        Example.exportedPackages().forEach(each -> imports.add("import " + each + ".*"));
        imports.add("import java.time.*");
        imports.add("import weft.*");
        members.add("fun main() {\n  runOnLoop {");
        separate(code(), imports, members);
        members.add("  }\n}");
      }
      return "package docs." + name() + "\n\n" + lines(imports) + "\n" + lines(members);
    }

    /** A call of {@code check}, see it/consumers/kotlin. */
    String check() {
      return "  check(\"" + blocks.get(0).file().getFileName() + ":"
          + blocks.get(0).line() + "\", " + (output == null ? "null" : literal(output))
          + ") { docs." + name() + ".main() }";
    }

    private static void separate(List<String> lines, List<String> imports, List<String> others) {
      lines.forEach(line -> (line.startsWith("import ") ? imports : others).add(line));
    }

    private static String literal(String text) {
      return '"'
          + text.replace("\\", "\\\\")
              .replace("\"", "\\\"")
              .replace("$", "\\$")
              .replace("\n", "\\n")
          + '"';
    }
  }

  private final List<Program> programs = new ArrayList<>();
  private final List<Block> files = new ArrayList<>();

  KotlinExamples(List<Block> blocks) {
    for (Block block : blocks) {
      if (block.is("output")) {
        last().output = lines(texts(block.code()).toList());
      } else if (block.language().equals("kotlin")) {
        if (texts(block.code()).anyMatch(line -> line.startsWith("package "))) {
          files.add(block);
        } else if (block.is("continues")) {
          last().blocks.add(block);
        } else {
          programs.add(new Program(block));
        }
      }
    }
  }

  private Program last() {
    return programs.get(programs.size() - 1);
  }

  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Block file : files) {
      Files.writeString(
          folder.resolve("file" + file.line() + ".kt"), lines(texts(file.code()).toList()));
    }
    for (Program program : programs) {
      Files.writeString(folder.resolve(program.name() + ".kt"), program.source());
    }
    String checks = lines(programs.stream()
        .filter(program -> !program.blocks.get(0).is("compile only"))
        .map(Program::check)
        .toList());
    Files.writeString(
        folder.resolve("Document.kt"), "package docs\n\nfun main() {\n" + checks + "}\n");
  }

  private static Stream<String> texts(List<Line> lines) {
    return lines.stream().map(Line::text);
  }

  private static String lines(List<String> texts) {
    return texts.stream().map(text -> text + "\n").collect(Collectors.joining());
  }
}
