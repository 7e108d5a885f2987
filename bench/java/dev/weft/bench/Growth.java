package dev.weft.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * Measures how the cost of one operation changes with the number of connections, bytes, tasks or timers. Usage: {@code
 * Growth [PART...]}. The parts are {@code connections}, {@code bytes}, {@code tasks} and {@code timers}; all by
 * default.
 *
 * <pre>
 * mvn -q -f bench -Drun=Growth
 * </pre>
 */
public final class Growth {

  private static final List<String> PARTS = List.of("connections", "bytes", "tasks", "timers");

  private static final List<String> CONNECTIONS =
      List.of("64b1", "64b10", "64b100", "64b1000", "64b10000");
  private static final List<String> BYTES =
      List.of("1b16", "16b16", "256b16", "4k16", "16k16", "64k16", "256k16", "1m16");
  private static final int MILLION = 1_000_000;
  private static final int ROUNDS = 5; // a round with a million tasks or timers takes seconds

  private Growth() {}

  /**
   * Measures and prints.
   *
   * @param args the parts
   */
  public static void main(String[] args) throws Exception {
    for (String part : args.length == 0 ? PARTS : List.of(args)) {
      switch (part) {
        case "connections" -> echo("server CPU µs per echo of 64 B, connections", CONNECTIONS);
        case "bytes" -> echo("server CPU µs per echo on 16 connections, bytes", BYTES);
        case "tasks" -> tasks();
        case "timers" -> timers();
        default -> throw new IllegalArgumentException("parts are " + PARTS + ": " + part);
      }
    }
  }

  private static void echo(String what, List<String> points) throws Exception {
    var bench = new EchoBench(
        "--points", String.join(",", points), "--only", "protocol,nio", "--warm", "6");
    bench.measure();
    var weft = new StringBuilder();
    var nio = new StringBuilder();
    for (String point : points) {
      cell(weft, bench.medians(point, "protocol").get("micros"));
      cell(nio, bench.medians(point, "nio").get("micros"));
    }
    System.out.printf("%n| %s | %s |%n", what, String.join(" | ", points));
    System.out.println("|---".repeat(points.size() + 1) + "|");
    System.out.printf("| Weft, protocol |%s%n| bare NIO |%s%n", weft, nio);
  }

  private static void tasks() {
    var yields = new StringBuilder();
    var sleeps = new StringBuilder();
    try (var weft = new WeftOperations()) {
      for (int count = 1; count <= MILLION; count *= 10) {
        int tasks = count;
        cell(yields, nanos(n -> weft.yields(n, tasks), Math.max(10_000, 4 * tasks)));
        cell(
            sleeps,
            nanos(n -> repeat(n / tasks, () -> weft.sleep(tasks)), Math.max(10_000, tasks)));
      }
    }
    print("CPU ns, tasks");
    System.out.printf("| a yield in turn |%s%n", yields);
    System.out.printf("| spawn, sleep a moment, wake up |%s%n", sleeps);
  }

  private static void repeat(int n, Runnable body) {
    for (int i = 0; i < n; i++) {
      body.run();
    }
  }

  private static void timers() {
    var cancels = new StringBuilder();
    var fires = new StringBuilder();
    try (var weft = new WeftOperations()) {
      for (int count = 1; count <= MILLION; count *= 10) {
        int timers = count;
        cell(cancels, nanos(n -> weft.timerCancel(n, timers), 10_000));
        cell(fires, nanos(weft::timerFire, 10_000));
      }
    }
    print("CPU ns among other timers");
    System.out.printf("| `call_later` and cancel |%s%n", cancels);
    System.out.printf("| `call_later` of nothing, and the call |%s%n", fires);
  }

  private static double nanos(IntConsumer operations, int n) {
    return TaskFigures.medianNanos(operations, n, ROUNDS);
  }

  private static void print(String what) {
    System.out.printf("%n| %s | 1 | 10 | 100 | 1,000 | 10,000 | 100,000 | 1,000,000 |%n", what);
    System.out.println("|---".repeat(8) + "|");
  }

  private static void cell(StringBuilder row, double value) {
    row.append(String.format(Locale.ROOT, value < 100 ? " %.1f |" : " %,.0f |", value));
  }
}
