package dev.weft.it.judge;

import dev.weft.it.support.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;

/**
 * Runs random programs on CPython's asyncio and on Weft, and compares what happens, line by line.
 *
 * <pre>
 *   mvn -q test-compile exec:exec@run -Drun="dev.weft.it.judge.Judge --seed 1 --count 100000"
 * </pre>
 *
 * <p>Options:
 *
 * <ul>
 *   <li>{@code --seed S} is the first seed (1);
 *   <li>{@code --count N} is the number of programs (2000);
 *   <li>{@code --python CMD} is the interpreter, by default that of the integration tests;
 *   <li>{@code --all} continues after the first difference;
 *   <li>{@code --show} only prints programs and their traces;
 *   <li>{@code --program FILE} does this with a program of yours.
 * </ul>
 */
public final class Judge {

  private static final int BATCH = 500;

  private final CPython python;
  private final Dialect dialect;

  /**
   * @param interpreter the command of a CPython of at least 3.13
   */
  public Judge(List<String> interpreter) throws IOException {
    this.python = CPython.of(interpreter);
    this.dialect = new Dialect(python.atLeast(3, 15), !python.atLeast(3, 14));
  }

  /** A program whose traces differ, reduced. */
  public record Difference(long seed, String text) {

    @Override
    public String toString() {
      return "seed " + seed + " differs; reduced:\n" + text;
    }
  }

  /** The differences among the programs of some seeds; at most so many. */
  public List<Difference> run(long seed, int count, int enough) throws IOException {
    var differences = new ArrayList<Difference>();
    for (int from = 0; from < count && differences.size() < enough; from += BATCH) {
      long first = seed + from;
      List<Program> programs = LongStream.range(first, first + Math.min(BATCH, count - from))
          .mapToObj(this::program)
          .toList();
      List<Boolean> differs = differs(programs);
      for (int i = 0; i < programs.size() && differences.size() < enough; i++) {
        if (differs.get(i)) {
          Program small = new Shrinker(this::differs).shrink(programs.get(i));
          differences.add(new Difference(first + i, describe(small)));
        }
      }
    }
    return differences;
  }

  private Program program(long seed) {
    return Program.parse(Generator.generate(seed, dialect).toString()); // to number the lines
  }

  private List<Boolean> differs(List<Program> programs) throws IOException {
    var running = CompletableFuture.supplyAsync(() -> {
      try {
        return python.run(programs);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    List<List<String>> weft = programs.stream().map(Judge::weft).toList();
    List<List<String>> cpython = running.join();
    var differs = new ArrayList<Boolean>();
    for (int i = 0; i < weft.size(); i++) {
      differs.add(!weft.get(i).equals(cpython.get(i)));
    }
    return differs;
  }

  /** Runs on its own thread, which is given up if the program does not end. */
  private static List<String> weft(Program program) {
    var trace = new CompletableFuture<List<String>>();
    var thread = Thread.ofPlatform().daemon().name("judged").unstarted(() -> {
      try {
        trace.complete(WeftInterpreter.run(program));
      } catch (Throwable error) {
        trace.complete(List.of("the interpreter has failed: " + error));
      }
    });
    thread.start();
    try {
      return trace.get(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return List.of("does not end");
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The program and both traces, side by side. */
  private String describe(Program program) throws IOException {
    var out = new StringBuilder();
    int number = 0;
    for (String line : program.toString().split("\n")) {
      out.append(String.format("%4d  %s%n", ++number, line));
    }
    List<String> left = python.run(List.of(program)).get(0);
    List<String> right = weft(program);
    out.append(String.format("%n  %-60s   %s%n", "CPython " + python.version(), "Weft"));
    for (int i = 0; i < Math.max(left.size(), right.size()); i++) {
      String a = i < left.size() ? left.get(i) : "";
      String b = i < right.size() ? right.get(i) : "";
      out.append(String.format("%s %-60s | %s%n", a.equals(b) ? " " : "#", a, b));
    }
    return out.toString();
  }

  /** Runs with the options that the class describes. */
  public static void main(String[] args) throws IOException {
    long seed = 1;
    int count = 2000;
    int enough = 1;
    boolean show = false;
    List<String> python = null;
    Path program = null;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(args[++i]);
        case "--count" -> count = Integer.parseInt(args[++i]);
        case "--python" -> python = List.of(args[++i].split(" "));
        case "--all" -> enough = Integer.MAX_VALUE;
        case "--show" -> show = true;
        case "--program" -> program = Path.of(args[++i]);
        default -> throw new IllegalArgumentException("unknown option: " + args[i]);
      }
    }
    var judge = new Judge(python == null ? Peers.python() : python);
    if (program != null) {
      System.out.println(judge.describe(Program.parse(Files.readString(program))));
      return;
    }
    if (show) {
      for (long each = seed; each < seed + count; each++) {
        System.out.println(judge.describe(judge.program(each)));
      }
      return;
    }
    long began = System.nanoTime();
    List<Difference> differences = judge.run(seed, count, enough);
    differences.forEach(System.out::println);
    System.out.printf(
        "CPython %s: %d programs from seed %d, %d differ, %d s%n",
        judge.python.version(),
        count,
        seed,
        differences.size(),
        (System.nanoTime() - began) / 1_000_000_000L);
    if (!differences.isEmpty()) {
      System.exit(1);
    }
  }
}
