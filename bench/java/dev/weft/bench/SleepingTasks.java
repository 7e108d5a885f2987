package dev.weft.bench;

import dev.weft.Asyncio;
import dev.weft.loop.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures a million sleeping tasks: their memory, the time to start them and the time to cancel them. Compares them
 * with as many bare virtual threads that park and are unparked. Usage: {@code SleepingTasks [COUNT]}.
 */
public final class SleepingTasks {

  private static final int WARMUPS = 20;
  private static final List<String> MEMORY = List.of("-Xmx4g", "-XX:MarkSweepDeadRatio=0");
  private static final String WEFT = "Weft tasks in `sleep`, cancelled";

  private final int count;
  private long before;
  private long bytes;
  private long startNanos;
  private long endNanos;

  private SleepingTasks(int count) {
    this.count = count;
  }

  /**
   * Measures and prints.
   *
   * @param args the number of tasks, 1,000,000 by default
   */
  public static void main(String[] args) {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    warmUp();
    System.out.printf(
        "%n| %,d asleep | bytes each | to start, ns each | to end, ns each |%n", count);
    System.out.println("|---|---|---|---|");
    weft(count).print(WEFT);
    bare(count).print("bare virtual threads, parked and unparked");
  }

  /** Bytes of heap for a sleeping task in a JVM that does nothing else. */
  static double bytesPerTask() throws IOException, InterruptedException {
    String output = Programs.output(Programs.java(MEMORY, SleepingTasks.class));
    return output
        .lines()
        .filter(line -> line.startsWith("| " + WEFT))
        .mapToDouble(line -> Double.parseDouble(line.split("\\|")[2].strip()))
        .findFirst()
        .orElseThrow();
  }

  /** Gets the code compiled: a parked thread keeps its frames, and frames of interpreted code are much larger. */
  private static void warmUp() {
    for (int i = 0; i < WARMUPS; i++) {
      weft(10_000);
      bare(10_000);
    }
  }

  private static SleepingTasks weft(int count) {
    var measured = new SleepingTasks(count);
    measured.weft();
    return measured;
  }

  private static SleepingTasks bare(int count) {
    var measured = new SleepingTasks(count);
    measured.bare();
    return measured;
  }

  private void weft() {
    Asyncio.run(() -> {
      var tasks = new ArrayList<Task<Void>>(count);
      starting();
      for (int i = 0; i < count; i++) {
        tasks.add(Asyncio.createTask(() -> Asyncio.sleep(Duration.ofHours(1))));
      }
      Asyncio.sleep(Duration.ZERO); // all tasks begin
      started();
      tasks.forEach(Task::cancel);
      Asyncio.sleep(Duration.ZERO); // the cancelled futures wake the tasks
      Asyncio.sleep(Duration.ZERO);
      ended();
      for (Task<Void> task : tasks) {
        if (!task.cancelled()) {
          throw new IllegalStateException("still there: " + task);
        }
      }
    });
  }

  private void bare() {
    var loop = new BareLoop();
    loop.run(() -> {
      var threads = new ArrayList<Thread>(count);
      starting();
      for (int i = 0; i < count; i++) {
        threads.add(loop.start(LockSupport::park));
      }
      Thread.yield();
      started();
      threads.forEach(LockSupport::unpark);
      Thread.yield();
      ended();
      for (Thread thread : threads) {
        if (thread.isAlive()) {
          throw new IllegalStateException("still there: " + thread);
        }
      }
    });
  }

  private void starting() {
    before = heap();
    startNanos = -System.nanoTime();
  }

  private void started() {
    startNanos += System.nanoTime();
    bytes = heap() - before;
    endNanos = -System.nanoTime();
  }

  private void ended() {
    endNanos += System.nanoTime();
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void print(String what) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.0f | %,.0f | %,.0f |%n",
        what,
        (double) bytes / count,
        (double) startNanos / count,
        (double) endNanos / count);
  }
}
