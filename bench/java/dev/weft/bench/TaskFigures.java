package dev.weft.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.function.IntConsumer;

/*
 * Operations that are compared take turns in rounds of a tenth of a second, and the result is the median of the rounds'
 * ratios. This is precise enough to tell whether a goal is met; the JMH benchmarks are more precise. All operations run
 * in one JVM, as in a program that uses all of them, so the compilers optimise them under the same conditions. The
 * memory of a sleeping task is measured in its own JVM: the size of its stack depends on the compiled code, and is a
 * tenth larger after the other operations.
 */

/** The costs of tasks, callbacks and timers, some of them compared with bare virtual threads. */
final class TaskFigures {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 21;
  private static final long WARMUP_NANOS = 2_000_000_000L;
  private static final long ROUND_NANOS = 100_000_000L;
  private static final int N = 10_000;

  private final Results results;

  TaskFigures(Results results) {
    this.results = results;
  }

  void measure() throws IOException, InterruptedException {
    try (var weft = new WeftOperations()) {
      var bare = new BareOperations();
      compare("pingPong", weft::pingPong, bare::pingPong);
      compare("yields", weft::yields, bare::yields);
      compare("spawnJoin", weft::spawnJoin, bare::spawnJoin);
      compare("spawnFinish", weft::spawnFinish, bare::spawnFinish);
      compare("callbacks", weft::callbacks, bare::callbacks);
      time("callbackChain", weft::callbackChain, N);
      time("timeout", weft::timeout, N);
      time("queue1", n -> weft.queue(n, 1), N);
      time("queue100", n -> weft.queue(n, 100), N);
      time("gather", weft::gather, WeftOperations.FEW);
      time("taskGroup", weft::taskGroup, WeftOperations.FEW);
      time("timers1000", n -> weft.timerCancel(n, 1000), N);
      time("timers1000000", n -> weft.timerCancel(n, 1_000_000), N);
    }
    results.put("tasks.sleeping.heap", SleepingTasks.bytesPerTask());
  }

  private void compare(String operation, IntConsumer weft, IntConsumer bare) {
    nanosPerOperation(weft, N, WARMUP_NANOS);
    nanosPerOperation(bare, N, WARMUP_NANOS);
    double[] own = new double[ROUNDS];
    double[] others = new double[ROUNDS];
    double[] ratios = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      if (round % 2 == 0) {
        own[round] = nanosPerOperation(weft, N, ROUND_NANOS);
        others[round] = nanosPerOperation(bare, N, ROUND_NANOS);
      } else {
        others[round] = nanosPerOperation(bare, N, ROUND_NANOS);
        own[round] = nanosPerOperation(weft, N, ROUND_NANOS);
      }
      ratios[round] = own[round] / others[round];
    }
    put(operation + ".nanos", EchoBench.median(own));
    put(operation + ".bareNanos", EchoBench.median(others));
    put(operation + ".ratio", EchoBench.median(ratios));
  }

  private void time(String operation, IntConsumer weft, int n) {
    put(operation + ".nanos", medianNanos(weft, n));
  }

  private static double medianNanos(IntConsumer operations, int n) {
    return medianNanos(operations, n, ROUNDS);
  }

  /** The median of {@code rounds} rounds after a warm-up. */
  static double medianNanos(IntConsumer operations, int n, int rounds) {
    nanosPerOperation(operations, n, WARMUP_NANOS);
    double[] nanos = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      nanos[round] = nanosPerOperation(operations, n, ROUND_NANOS);
    }
    return EchoBench.median(nanos);
  }

  private void put(String name, double value) {
    System.err.printf(Locale.ROOT, "%-24s %,10.2f%n", name, value);
    results.put("tasks." + name, value);
  }

  /** Measures CPU time of the calling thread, which is the carrier, because other threads affect it least. */
  private static double nanosPerOperation(IntConsumer operations, int n, long length) {
    long count = 0;
    long start = THREADS.getCurrentThreadCpuTime();
    long now;
    do {
      operations.accept(n);
      count += n;
      now = THREADS.getCurrentThreadCpuTime();
    } while (now - start < length);
    return (double) (now - start) / count;
  }
}
