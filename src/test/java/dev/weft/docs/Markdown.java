package dev.weft.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of the project: its fenced blocks, headings and links. */
final class Markdown {

  /** A line of the file; the first has the number 1. */
  record Line(int number, String text) {}

  /**
   * A fenced block. {@code line} is the number of the fence's line. The comments are directly above it, nearest last.
   */
  record Block(Path file, int line, String language, List<Line> code, List<List<Line>> comments) {

    /** Whether a comment above the block begins with {@code words}. */
    boolean is(String words) {
      return comments.stream().anyMatch(comment -> comment.get(0).text().startsWith(words));
    }

    /** The lines after the first line of each comment that begins with {@code word}. */
    List<Line> below(String word) {
      return comments.stream()
          .filter(comment -> comment.get(0).text().equals(word))
          .flatMap(comment -> comment.stream().skip(1))
          .toList();
    }
  }

  /** A link or an image. */
  record Link(int line, String target) {}

  private static final Path GUIDE = Path.of("src", "site", "markdown");
  private static final Pattern FENCE = Pattern.compile("( *)```(\\w*).*");
  private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
  private static final Pattern ANCHOR = Pattern.compile("<a (?:id|name)=\"([^\"]+)\"");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?: \"[^\"]*\")?\\)");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  private final Path file;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Line> prose = new ArrayList<>();

  private Markdown(Path file) throws IOException {
    this.file = file;
    parse(Files.readAllLines(file));
  }

  static Markdown read(Path file) throws IOException {
    return new Markdown(file);
  }

  /** The files whose code the tests run: README and the guide. */
  static List<Markdown> guide() throws IOException {
    var files = new ArrayList<Markdown>();
    files.add(read(Path.of("README.md")));
    try (Stream<Path> pages = Files.walk(GUIDE)) {
      for (Path page :
          pages.filter(path -> path.toString().endsWith(".md")).sorted().toList()) {
        files.add(read(page));
      }
    }
    return files;
  }

  Path file() {
    return file;
  }

  List<Block> blocks() {
    return blocks;
  }

  /** The lines outside blocks and comments. */
  List<Line> prose() {
    return prose;
  }

  private void parse(List<String> text) {
    var comments = new ArrayList<List<Line>>();
    for (int i = 0; i < text.size(); i++) {
      Matcher fence = FENCE.matcher(text.get(i));
      if (fence.matches()) {
        int from = i + 1;
        do {
          i++;
        } while (i < text.size() && !text.get(i).strip().equals("```"));
        blocks.add(new Block(
            file,
            from,
            fence.group(2),
            code(text, from, i, fence.group(1).length()),
            List.copyOf(comments)));
        comments.clear();
      } else if (text.get(i).strip().startsWith("<!--")) {
        int from = i;
        while (!text.get(i).strip().endsWith("-->")) {
          i++;
        }
        comments.add(comment(text, from, i));
      } else {
        if (!text.get(i).isBlank()) {
          comments.clear();
        }
        prose.add(new Line(i + 1, text.get(i)));
      }
    }
  }

  private static List<Line> code(List<String> text, int from, int to, int indentation) {
    var code = new ArrayList<Line>();
    for (int i = from; i < to; i++) {
      String line = text.get(i);
      code.add(new Line(i + 1, line.substring(Math.min(indentation, line.length()))));
    }
    return code;
  }

  private static List<Line> comment(List<String> text, int from, int to) {
    var comment = new ArrayList<Line>();
    for (int i = from; i <= to; i++) {
      String line = text.get(i);
      if (i == from) {
        line = line.strip().substring("<!--".length()).strip();
      }
      if (i == to) {
        line = line.substring(0, line.lastIndexOf("-->")).stripTrailing();
      }
      comment.add(new Line(i + 1, line));
    }
    return comment;
  }

  /** The targets of links and images, outside code. */
  List<Link> links() {
    var links = new ArrayList<Link>();
    for (Line line : prose) {
      Matcher link = LINK.matcher(CODE.matcher(line.text()).replaceAll("code"));
      while (link.find()) {
        links.add(new Link(line.number(), link.group(1)));
      }
    }
    return links;
  }

  /** The possible fragments of a link to this file: explicit anchors, and the anchors of headings on Git hosts. */
  List<String> anchors() {
    var anchors = new ArrayList<String>();
    for (Line line : prose) {
      Matcher anchor = ANCHOR.matcher(line.text());
      while (anchor.find()) {
        anchors.add(anchor.group(1));
      }
      Matcher heading = HEADING.matcher(line.text());
      if (heading.matches()) {
        anchors.add(heading
            .group(1)
            .strip()
            .toLowerCase()
            .replaceAll("[^\\p{L}\\p{N} _-]", "")
            .replace(' ', '-'));
      }
    }
    return anchors;
  }
}
