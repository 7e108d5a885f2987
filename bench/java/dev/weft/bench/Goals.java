package dev.weft.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the figures of {@link Goal}, prints the table, and writes the figures to {@code bench/results/goals.json}
 * and a chart to the guide's images. A run may measure some parts only: the table has the earlier figures of the other
 * parts.
 *
 * <pre>
 * mvn -q -f bench -Drun="Goals --parts 1k64,tasks"
 *
 * --parts   1k64, 10k64, 100k16, 64b1000, 1k64d16 and churn: echo servers, see {@link EchoBench}; idle: memory of
 *           connections; tasks; none: draws the chart again and measures nothing. All parts by default, which takes
 *           about eight minutes; two points together take less than three
 * --rounds  rounds of the echo servers, 15 by default
 * --secs    seconds for a sample of an echo server, 0.2 by default; many short samples give steadier ratios than few
 *           long ones, because the load of other processes changes slowly
 * --warm    seconds of warm-up of an echo server's JVM, 5 by default
 * </pre>
 */
public final class Goals {

  private static final Path FILE = Path.of("bench", "results", "goals.json");
  private static final Path CHART = Path.of("src", "site", "markdown", "images", "goals.svg");
  private static final int IDLE = 10_000;
  private static final List<String> IDLE_SERVERS = List.of(
      "protocol", "streams", "loopthreads", "threads", "nio", "netty-epoll", "asyncio", "uvloop");

  private final Results results;
  private final List<String> parts;
  private String rounds = "15";
  private String seconds = "0.2";
  private String warmup = "5";

  private Goals(String... args) throws IOException {
    results = new Results(FILE);
    var all = new ArrayList<>(Suite.TCP.points());
    all.addAll(List.of("idle", "tasks"));
    List<String> wanted = all;
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " has no value");
      }
      switch (args[i]) {
        case "--parts" ->
          wanted = args[i + 1].equals("none") ? List.of() : List.of(args[i + 1].split(","));
        case "--rounds" -> rounds = args[i + 1];
        case "--secs" -> seconds = args[i + 1];
        case "--warm" -> warmup = args[i + 1];
        default -> throw new IllegalArgumentException("unknown option: " + args[i]);
      }
    }
    if (!all.containsAll(wanted)) {
      throw new IllegalArgumentException("parts are " + all + ": " + wanted);
    }
    parts = wanted;
  }

  /**
   * Measures and prints.
   *
   * @param args the options that the class describes
   */
  public static void main(String[] args) throws Exception {
    var goals = new Goals(args);
    goals.measure();
    goals.print();
  }

  private void measure() throws IOException, InterruptedException {
    List<String> points = parts.stream().filter(Suite.TCP.points()::contains).toList();
    if (!points.isEmpty()) {
      measureEcho(points);
    }
    if (parts.contains("idle")) {
      measureIdle();
    }
    if (parts.contains("tasks")) {
      new TaskFigures(results).measure();
    }
    if (!parts.isEmpty()) {
      parts.forEach(part -> results.put(part + ".date", LocalDate.now().toString()));
      Machine.describe(results);
      results.write();
    }
    Chart.write(results, CHART);
  }

  private void measureEcho(List<String> points) throws IOException, InterruptedException {
    String all = String.join(",", points);
    var bench =
        new EchoBench("--points", all, "--rounds", rounds, "--secs", seconds, "--warm", warmup);
    bench.measure();
    for (String point : points) {
      for (String server : bench.servers()) {
        String name = point + "." + server + ".";
        results.put(name + "efficiency", bench.ratio(point, "nio", server));
        bench.medians(point, server).forEach((what, value) -> results.put(name + what, value));
      }
    }
  }

  private void measureIdle() throws IOException, InterruptedException {
    for (String server : IDLE_SERVERS) {
      ConnectionMemory memory = ConnectionMemory.measure(server, IDLE, ConnectionMemory.BUFFER);
      String name = "idle." + server + ".";
      memory.heap().ifPresent(bytes -> results.put(name + "heap", bytes));
      results.put(name + "resident", memory.resident());
    }
  }

  private void print() {
    System.out.printf(
        "%n%s%n%n| What | Goal | Measured | |%n|---|---|---|---|%n", Machine.line(results));
    Goal.all().forEach(goal -> System.out.println(goal.row(results)));
  }
}
