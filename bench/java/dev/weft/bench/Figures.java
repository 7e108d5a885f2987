package dev.weft.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * The figures that Weft has to show, in one run and one table; some three minutes.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec@figures
 * </pre>
 *
 * What is compared takes turns in rounds of a tenth of a second, and the median of the rounds' ratios
 * stands. Precise enough to tell whether a goal is met; the JMH benchmarks look closer.
 */
public final class Figures {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 21;
  private static final long WARMUP_NANOS = 3_000_000_000L;
  private static final long ROUND_NANOS = 100_000_000L;
  private static final int N = 10_000;

  private Figures() {}

  /**
   * Measures and prints.
   *
   * @param args options for {@link EchoBench}
   */
  public static void main(String[] args) throws Exception {
    var table = new StringBuilder();
    try (var weft = new WeftOperations()) {
      var bare = new BareOperations();
      Pair pingPong = compare(weft::pingPong, bare::pingPong);
      row(
          table,
          "future ping-pong between two tasks, per switch, to the bare `LockSupport` prototype",
          "<= 1.5 times",
          pingPong.ratio <= 1.5,
          "%.2f times (%.0f ns, bare %.0f ns)",
          pingPong.ratio,
          pingPong.first,
          pingPong.second);
      Pair spawn = compare(weft::spawnJoin, bare::spawnFinish);
      row(
          table,
          "spawn + join of an empty task, to the bare prototype's spawn + finish",
          "<= 3 times",
          spawn.ratio <= 3,
          "%.2f times (%.0f ns, bare %.0f ns)",
          spawn.ratio,
          spawn.first,
          spawn.second);
      Pair join = compare(weft::spawnJoin, bare::spawnJoin);
      note(
          table,
          "the same, to the bare prototype's spawn + join",
          "%.2f times (%.0f ns, bare %.0f ns)",
          join.ratio,
          join.first,
          join.second);
      Pair callbacks = compare(weft::callbacks, bare::callbacks);
      row(
          table,
          "callback dispatch in batches",
          "<= 50 ns",
          callbacks.first <= 50,
          "%.0f ns (bare %.0f ns)",
          callbacks.first,
          callbacks.second);
    }
    var echo = new EchoBench(args);
    echo.measure();
    echoRow(table, echo, "protocol", 1.10);
    echoRow(table, echo, "streams", 1.20);
    double bytes = SleepingTasks.bytesPerTask(100_000);
    row(table, "a sleeping task", "<= 1,000 bytes", bytes <= 1000, "%.0f bytes", bytes);
    System.out.printf(
        "%nJDK %s, %d CPUs%n%n| Figure | Must | Measured | |%n|---|---|---|---|%n%s",
        Runtime.version(), Runtime.getRuntime().availableProcessors(), table);
  }

  private static void echoRow(StringBuilder table, EchoBench echo, String form, double limit) {
    double ratio = echo.ratio("1k64", form, "nio");
    row(
        table,
        "echo 1 KiB, 64 connections, " + form + " form: server CPU per request to bare JDK NIO",
        String.format(Locale.ROOT, "<= %.2f times", limit),
        ratio <= limit,
        "%.2f times",
        ratio);
  }

  private static void row(
      StringBuilder table,
      String figure,
      String must,
      boolean met,
      String measured,
      Object... values) {
    table.append(String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s |%n",
        figure,
        must,
        String.format(Locale.ROOT, measured, values),
        met ? "met" : "MISSED"));
  }

  private static void note(StringBuilder table, String figure, String measured, Object... values) {
    table.append(String.format(
        Locale.ROOT, "| %s | | %s | |%n", figure, String.format(Locale.ROOT, measured, values)));
  }

  // ---- a small harness

  /** Medians in nanoseconds per operation, and that of the rounds' ratios. */
  private record Pair(double first, double second, double ratio) {}

  private static Pair compare(IntConsumer first, IntConsumer second) {
    nanosPerOperation(first, WARMUP_NANOS);
    nanosPerOperation(second, WARMUP_NANOS);
    double[] firsts = new double[ROUNDS];
    double[] seconds = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      if (round % 2 == 0) {
        firsts[round] = nanosPerOperation(first, ROUND_NANOS);
        seconds[round] = nanosPerOperation(second, ROUND_NANOS);
      } else {
        seconds[round] = nanosPerOperation(second, ROUND_NANOS);
        firsts[round] = nanosPerOperation(first, ROUND_NANOS);
      }
      ratios[round] = firsts[round] / seconds[round];
    }
    return new Pair(EchoBench.median(firsts), EchoBench.median(seconds), EchoBench.median(ratios));
  }

  /** In CPU time of the calling thread, which is the carrier: what others do matters less then. */
  private static double nanosPerOperation(IntConsumer operations, long length) {
    long count = 0;
    long start = THREADS.getCurrentThreadCpuTime();
    long now;
    do {
      operations.accept(N);
      count += N;
      now = THREADS.getCurrentThreadCpuTime();
    } while (now - start < length);
    return (double) (now - start) / count;
  }
}
