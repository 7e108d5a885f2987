package dev.weft.it.judge;

import dev.weft.it.judge.Program.Statement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Makes a program that differs smaller, for as long as it differs. */
final class Shrinker {

  /** Which of several programs differ. */
  interface Differs {
    List<Boolean> test(List<Program> programs) throws IOException;
  }

  private final Differs differs;

  Shrinker(Differs differs) {
    this.differs = differs;
  }

  /** The smallest program found that still differs. */
  Program shrink(Program program) throws IOException {
    Program smallest = program;
    for (Program smaller = program;
        smaller != null;
        smaller = firstThatDiffers(candidates(smallest))) {
      smallest = smaller;
    }
    return smallest;
  }

  private Program firstThatDiffers(List<Program> candidates) throws IOException {
    int step = 40; // a process for each one would take longer than it runs
    for (int from = 0; from < candidates.size(); from += step) {
      List<Program> some = candidates.subList(from, Math.min(from + step, candidates.size()));
      int found = differs.test(some).indexOf(true);
      if (found >= 0) {
        return some.get(found);
      }
    }
    return null;
  }

  /** All programs that are one step smaller, the much smaller ones first. */
  private static List<Program> candidates(Program program) {
    var texts = new ArrayList<String>();
    for (List<Statement> smaller : smaller(program.declarations())) {
      texts.add(new Program(smaller).toString());
    }
    return texts.stream()
        .distinct()
        .filter(Shrinker::isComplete)
        .sorted((a, b) -> Integer.compare(lines(a), lines(b)))
        .map(Program::parse)
        .toList();
  }

  private static int lines(String text) {
    return (int) text.chars().filter(c -> c == '\n').count();
  }

  /** Whether every object that is declared by name is still there; a slot need not have been filled. */
  private static boolean isComplete(String text) {
    List<String> declared = Program.parse(text).declarations().stream()
        .filter(declaration -> !List.of("main", "default").contains(declaration.op()))
        .map(declaration -> declaration.args().get(0))
        .toList();
    boolean complete = text.lines()
        .flatMap(line -> Stream.of(line.strip().split(" ")))
        .filter(word -> word.matches("[fecsbqvxlakpzjy]\\d|leaf"))
        .allMatch(declared::contains);
    boolean waitsForThreads = text.contains("tothread") && !text.contains("default p0");
    return complete && declared.contains("k0") && !waitsForThreads;
  }

  private static List<List<Statement>> smaller(List<Statement> block) {
    var results = new ArrayList<List<Statement>>();
    for (int i = 0; i < block.size(); i++) {
      Statement statement = block.get(i);
      int at = i;
      UnaryOperator<List<Statement>> replace = by -> {
        var copy = new ArrayList<>(block);
        copy.remove(at);
        copy.addAll(at, by);
        return copy;
      };
      if (!statement.op().equals("do")) {
        results.add(replace.apply(List.of()));
      }
      if (statement.op().equals("try")) {
        statement.body().forEach(part -> results.add(replace.apply(part.body())));
      } else if (!List.of("do", "catch", "finally", "body", "callback", "job", "generator")
          .contains(statement.op())) {
        results.add(replace.apply(statement.body()));
      }
      for (List<Statement> body : smaller(statement.body())) {
        results.add(replace.apply(List.of(statement.withBody(body))));
      }
    }
    return results;
  }
}
