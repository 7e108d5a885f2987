package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.Daemons;
import dev.weft.log.Log;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Watches a loop while it runs and reports what the watch finds. One daemon thread serves all loops. It exists while
 * one of them runs, and for one second longer.
 *
 * <p>The thread also makes the reports. If code that blocks a loop holds the log's lock, the thread waits until that
 * code releases it.
 */
final class Watchdog implements Consumer<BlockedLoop> {

  // Longer than a garbage collection, the loading of many classes, or a slow disk. Shorter than the
  // time-outs of
  // clients and of health checks.
  private static final long THRESHOLD = Duration.ofSeconds(5).toNanos();

  private static final long SHORTEST_PERIOD = Duration.ofMillis(10).toNanos();
  private static final long LONGEST_PERIOD = Duration.ofSeconds(1).toNanos();

  /** The thread that looks. */
  private static final class Apart {

    static final ScheduledThreadPoolExecutor THREAD = new ScheduledThreadPoolExecutor(
        1, Daemons.builder().name("weft-watchdog").factory());

    static {
      THREAD.setRemoveOnCancelPolicy(true); // so that a loop that has ended can be collected
      THREAD.setKeepAliveTime(1, TimeUnit.SECONDS);
      THREAD.allowCoreThreadTimeOut(true);
    }
  }

  /**
   * Initialises slow parts while the first loop is created. An SLF4J provider, if there is one, must be ready before a
   * task logs. While a provider initialises, it keeps the log events of other threads for later, and virtual threads
   * that it starts for a task would stay on the task's loop.
   */
  private static final class SetUp extends Thread {

    static final SetUp ONLY = new SetUp();

    static {
      ONLY.start();
    }

    private SetUp() {
      super(null, null, "weft-set-up", 0, false);
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        Log.setUp();
        Carrier.logJdk();
      } finally {
        Apart.THREAD.getQueue(); // initialises the class
      }
    }

    /** Waits for the set-up, even if the caller is interrupted meanwhile. */
    void await() {
      boolean interrupted = false;
      while (isAlive()) {
        try {
          join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final BaseEventLoop loop;

  // any thread
  private volatile long threshold = THRESHOLD;
  private volatile @Nullable Consumer<? super BlockedLoop> listener; // null for none

  // loop thread only
  private @Nullable Round round;

  Watchdog(BaseEventLoop loop) {
    this.loop = loop;
  }

  /** Begins to set up the log on another thread, if that has not begun. Any thread. */
  static void setUpLog() {
    SetUp.ONLY.getName(); // initialises the class, which starts the thread
  }

  /** Runs code later, on a thread that belongs to no loop. Any thread. */
  static ScheduledFuture<?> later(Duration delay, Runnable action) {
    return Apart.THREAD.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  long threshold() {
    return threshold;
  }

  void setThreshold(long nanos) {
    threshold = nanos;
  }

  void setListener(Consumer<? super BlockedLoop> listener) {
    this.listener = listener;
  }

  /** Begins to watch the loop, once the set-up has ended. */
  void begin(Thread carrier) {
    SetUp.ONLY.await();
    round = new Round(new Watch(loop, carrier, Clock.SYSTEM, this));
    round.schedule();
  }

  /** Stops watching the loop, which ends its run. */
  void end() {
    Objects.requireNonNull(round).end();
    round = null;
  }

  /** Returns how long one turn may take, in nanoseconds; 0 for no limit. */
  long turnLimit() {
    return threshold;
  }

  /** Returns how long a single step or callback may take, in nanoseconds; 0 for no limit. */
  long stepLimit() {
    return loop.getDebug() ? Math.max(1, loop.slowSteps().limit()) : threshold;
  }

  /** Returns how long to wait between two looks, in nanoseconds. */
  long period() {
    long limit = stepLimit();
    if (threshold > 0) {
      limit = Math.min(limit, threshold);
    }
    return limit == 0 ? LONGEST_PERIOD : Math.clamp(limit / 4, SHORTEST_PERIOD, LONGEST_PERIOD);
  }

  /** Reports to the listener first, because the loop may be blocked in the log. */
  @Override
  public void accept(BlockedLoop report) {
    Consumer<? super BlockedLoop> hearing = listener;
    if (hearing != null) {
      try {
        hearing.accept(report);
      } catch (Throwable error) {
        Logs.LOOP.error("The listener of blocked loops failed", error);
      }
    }
    // in debug mode SlowSteps knows the step and its exact time
    if (!report.over() || !loop.getDebug()) {
      Logs.LOOP.warn("{}", report);
    }
  }

  /** The looks at one run of the loop. */
  private final class Round implements Runnable {

    private final Watch watch;
    private volatile boolean ended; // by the loop

    @SuppressWarnings("NullAway.Init") // set by schedule
    private volatile Future<?> next;

    Round(Watch watch) {
      this.watch = watch;
    }

    void schedule() {
      next = Apart.THREAD.schedule(this, period(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
      try {
        watch.look();
      } finally { // a failing log does not end the watch
        if (!ended) {
          schedule();
        }
      }
      if (ended) { // end() may not have seen what this call has scheduled or reported
        next.cancel(false);
        watch.finish();
      }
    }

    void end() {
      ended = true;
      next.cancel(false);
      if (watch.hasTold()) {
        Apart.THREAD.execute(watch::finish);
      }
    }
  }
}
