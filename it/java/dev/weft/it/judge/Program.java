package dev.weft.it.judge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program of the judge: declarations of objects, and bodies made of statements. As text, it has one statement a line;
 * what belongs to a statement stands below it, further to the right. The trace names statements by their lines.
 */
record Program(List<Statement> declarations) {

  /**
   * One line and what belongs to it.
   *
   * @param line its number, from 1; 0 if it is not known yet
   * @param text its words
   */
  record Statement(int line, String text, List<Statement> body) {

    static Statement of(String text, List<Statement> body) {
      return new Statement(0, text, List.copyOf(body));
    }

    static Statement of(String text) {
      return of(text, List.of());
    }

    Statement withBody(List<Statement> other) {
      return of(text, other);
    }

    private String head() {
      int end = text.indexOf(' ');
      return end < 0 ? text : text.substring(0, end);
    }

    /** The first word, without its mark. */
    String op() {
      String head = head();
      return swallowsErrors() ? head.substring(0, head.length() - 1) : head;
    }

    /** Marked {@code ?} or {@code !}: exceptions end here. */
    boolean swallowsErrors() {
      return head().endsWith("?") || swallowsCancellation();
    }

    /** Marked {@code !}: cancellations end here, too. */
    boolean swallowsCancellation() {
      return head().endsWith("!");
    }

    /** The words after the first. */
    List<String> args() {
      List<String> words = Arrays.asList(text.split(" "));
      return words.subList(1, words.size());
    }

    private void write(StringBuilder out, int depth) {
      out.append("  ".repeat(depth)).append(text).append('\n');
      body.forEach(statement -> statement.write(out, depth + 1));
    }
  }

  /** Reads a program's text. */
  static Program parse(String text) {
    var top = new ArrayList<Statement>();
    var open = new ArrayDeque<List<Statement>>(); // the bodies that the next line may belong to
    open.push(top);
    int number = 0;
    for (String line : text.split("\n")) {
      String content = line.strip();
      int depth = (line.length() - content.length()) / 2;
      while (open.size() > depth + 1) {
        open.pop();
      }
      var body = new ArrayList<Statement>();
      open.peek().add(new Statement(++number, content, body));
      open.push(body);
    }
    return new Program(top);
  }

  /** The program's text, each line with its end. */
  @Override
  public String toString() {
    var out = new StringBuilder();
    declarations.forEach(declaration -> declaration.write(out, 0));
    return out.toString();
  }
}
