package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.Daemons;
import dev.weft.log.Log;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Has a loop watched while it runs, and tells what the watch has found. One daemon thread serves all loops; it
 * is there while one of them runs, and a second longer.
 *
 * <p>The thread reports, too: code that blocks a loop and holds the log's lock stops it until it lets go.
 */
final class Watchdog implements Consumer<BlockedLoop> {

  // Longer than a collection of garbage, the loading of many classes, or a slow disk take;
  // shorter than those who wait for an answer do, and than what checks whether a server is
  // alive.
  private static final long THRESHOLD = Duration.ofSeconds(5).toNanos();

  private static final long SHORTEST_PERIOD = Duration.ofMillis(10).toNanos();
  private static final long LONGEST_PERIOD = Duration.ofSeconds(1).toNanos();

  /** What looks. */
  private static final class Apart {

    static final ScheduledThreadPoolExecutor THREAD = new ScheduledThreadPoolExecutor(
        1, Daemons.builder().name("weft-watchdog").factory());

    static {
      THREAD.setRemoveOnCancelPolicy(true); // a loop that has ended can be collected
      THREAD.setKeepAliveTime(1, TimeUnit.SECONDS);
      THREAD.allowCoreThreadTimeOut(true);
    }
  }

  /**
   * Sets up, while the first loop is made, what takes a while. SLF4J, if it has a provider, must be there before a task
   * logs: while it is set up it keeps what others log for later, and the virtual threads that a provider might start for
   * a task would stay on its loop.
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
        Apart.THREAD.getQueue(); // by its initialiser
      }
    }

    /** Waits for it, whatever interrupts the caller meanwhile. */
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
  private volatile Consumer<? super BlockedLoop> listener; // null for none

  // loop thread only
  private Round round;

  Watchdog(BaseEventLoop loop) {
    this.loop = loop;
  }

  /** Has the log set up beside what the caller does next, if that has not begun. Any thread. */
  static void setUpLog() {
    SetUp.ONLY.getName(); // by its initialiser
  }

  /** Does something later, apart from all loops. Any thread. */
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

  /** The loop begins to run. */
  void begin(Thread carrier) {
    SetUp.ONLY.await();
    round = new Round(new Watch(loop, carrier, Clock.SYSTEM, this));
    round.schedule();
  }

  /** The loop ends its run. */
  void end() {
    round.end();
    round = null;
  }

  /** How long one turn may take; 0 for any time. */
  long turnLimit() {
    return threshold;
  }

  /** How long a single step or callback may take. */
  long stepLimit() {
    return loop.getDebug() ? Math.max(1, loop.slowSteps().limit()) : threshold;
  }

  /** How long to wait between two looks, in nanoseconds. */
  long period() {
    long limit = stepLimit();
    if (threshold > 0) {
      limit = Math.min(limit, threshold);
    }
    return limit == 0 ? LONGEST_PERIOD : Math.clamp(limit / 4, SHORTEST_PERIOD, LONGEST_PERIOD);
  }

  /** The listener first: the log may be what the loop is blocked in. */
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
    // in debug mode SlowSteps knows better what it was, and how long exactly
    if (!report.over() || !loop.getDebug()) {
      Logs.LOOP.warn("{}", report);
    }
  }

  /** The looks at one run of the loop. */
  private final class Round implements Runnable {

    private final Watch watch;
    private volatile boolean ended; // by the loop
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
      } finally { // a log that fails does not end the watch
        if (!ended) {
          schedule();
        }
      }
      if (ended) { // perhaps only now, and has not seen what was scheduled, or told
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
