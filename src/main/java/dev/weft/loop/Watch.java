package dev.weft.loop;

import dev.weft.loop.BlockedLoop.Cause;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * The loop does almost nothing for this: it counts its turns and the batches of its driver, and it marks when it
 * sleeps. If the watchdog sees the same turn again, awake, it knows that the turn has lasted since the first look. So
 * durations are exact to one period, and are always too short, never too long.
 *
 * If the watchdog itself is late, the whole machine or JVM was stopped, not only the loop. So one look adds two periods
 * at most.
 *
 * The watchdog takes stacks while the loop may run. They count only if the loop is still in the same turn afterwards.
 */

/** Looks at a running loop and reports what takes too long, once while it lasts and once when it is over. */
final class Watch {

  // After this time the wait of a pinned task for its own loop ends, even without a report.
  private static final long PATIENCE = Duration.ofSeconds(5).toNanos();

  private final BaseEventLoop loop;
  private final Thread carrier;
  private final Clock ticker;
  private final Consumer<BlockedLoop> told;

  private final Episode turn = new Episode();
  private final Episode step = new Episode();
  private final Episode batch = new Episode();
  private long looked;
  private volatile boolean
      telling; // written by the watchdog's thread, read by the loop when it ends

  /**
   * Prepares the watch of one run.
   *
   * @param carrier the thread that runs the loop
   * @param ticker the clock
   * @param told gets the reports
   */
  Watch(BaseEventLoop loop, Thread carrier, Clock ticker, Consumer<BlockedLoop> told) {
    this.loop = loop;
    this.carrier = carrier;
    this.ticker = ticker;
    this.told = told;
    this.looked = ticker.time();
  }

  /** Looks once. Watchdog only. */
  void look() {
    long now = ticker.time();
    long passed = Math.min(now - looked, 2 * loop.turns.watchdog.period());
    looked = now;
    long current = loop.turns.currentTurn();
    long currentStep = loop.turns.currentStep();
    boolean awake = !loop.turns.ready.isAsleep();
    long callbacks = loop.turns.driver.batch();
    Thread driver = loop.turns.driver.thread();
    boolean waiting = driver != null && waits(driver);

    turn.see(awake, current, passed);
    step.see(awake, currentStep, passed);
    batch.see(waiting, callbacks, passed);
    if (!turn.isTold() && (turn.isOver(turnLimit()) || step.isOver(stepLimit()))) {
      tellTurn(current);
    }
    // a pinned thread holds its turn, and the report of the turn is enough
    if (!batch.isTold() && !turn.isTold() && batch.isOver(stepLimit())) {
      tellBatch(Objects.requireNonNull(driver), callbacks);
    }
    // last, so that the report shows the state before
    if (step.isOver(1) && (turn.isTold() || step.isOver(PATIENCE))) {
      loop.turns.wakePinned(carrier, currentStep);
    }
  }

  /** Reports that what was reported has ended, because the loop has ended its run. Watchdog only. */
  void finish() {
    turn.end();
    batch.end();
  }

  /**
   * Returns whether a blocking was reported and its end was not, so that {@link #finish} has work to do. Any thread.
   */
  boolean hasTold() {
    return telling;
  }

  private long turnLimit() {
    return loop.turns.watchdog.turnLimit();
  }

  private long stepLimit() {
    return loop.turns.watchdog.stepLimit();
  }

  private void tellTurn(long current) {
    var holders = new Holders(loop);
    Cause cause = holders.addCarried(carrier);
    if (loop.turns.currentTurn() == current && !loop.turns.ready.isAsleep()) {
      turn.tell(holders.report(cause, turn.lasted()));
    }
  }

  private void tellBatch(Thread driver, long callbacks) {
    var holders = new Holders(loop);
    holders.addWaiting(driver);
    if (loop.turns.driver.batch() == callbacks && waits(driver)) {
      batch.tell(holders.report(Cause.CALLBACK, batch.lasted()));
    }
  }

  static boolean waits(Thread thread) {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      default -> false;
    };
  }

  /** A turn, batch or wait that may last too long. */
  private final class Episode {

    private boolean busy;
    private long id;
    private long lasted;
    private @Nullable BlockedLoop report; // null if it was not reported

    void see(boolean busy, long id, long passed) {
      if (busy && this.busy && this.id == id) {
        lasted += passed;
      } else {
        end();
        this.busy = busy;
        this.id = id;
        lasted = 0;
      }
    }

    Duration lasted() {
      return Duration.ofNanos(lasted);
    }

    boolean isOver(long limit) {
      return limit > 0 && lasted >= limit;
    }

    boolean isTold() {
      return report != null;
    }

    void tell(BlockedLoop report) {
      this.report = report;
      telling = true;
      told.accept(report);
    }

    void end() {
      if (report != null) {
        BlockedLoop before = report;
        report = null;
        telling = turn.isTold() || batch.isTold();
        told.accept(before.over(lasted()));
      }
    }
  }
}
