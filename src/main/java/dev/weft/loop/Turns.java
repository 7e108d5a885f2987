package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.ReadyQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/*
 * The turn. The ready queue holds handles (callbacks) and continuations (steps of tasks, and of other virtual threads
 * of this loop) in one order. A turn polls for I/O, appends the events, appends the timers that are due, and runs
 * exactly what the queue then holds. The carrier runs continuations itself; the driver runs consecutive handles in one
 * go.
 *
 * Code that makes a task runnable unparks its virtual thread. The JDK then calls Carrier.execute, which appends the
 * continuation. So a wake-up has the place in the queue that asyncio gives it.
 */

/** The turns of a loop: which code runs next, and on which thread. Loop thread only, unless a method says otherwise. */
final class Turns {

  // asyncio's MAXIMUM_SELECT_TIMEOUT, one day
  private static final long MAXIMUM_TIMEOUT = Duration.ofDays(1).toNanos();

  private static final VarHandle TURN;

  static {
    try {
      TURN = MethodHandles.lookup().findVarHandle(Turns.class, "turn", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BaseEventLoop loop;
  final Clock clock;
  final ReadyQueue<Object> ready;
  final Carrier carrier;
  final Driver driver;
  final TimerQueue timers = new TimerQueue();
  final Watchdog watchdog;
  int remaining; // entries of the current turn that have not run yet
  boolean stopping;
  private boolean
      interrupted; // the carrier was interrupted, and the caller that runs the loop must see it
  private @Nullable Throwable fatal; // leaves the loop after the current entry

  // The loop writes it once a turn, and the watchdog reads it. The write is a release: a thread
  // that sees the turn sees
  // everything before it.
  private long turn;

  // The watchdog writes the step that takes too long. The loop resets it to -1 when it has noticed.
  private volatile long stuck = -1;
  private long inVain = -1; // the step in which only the watchdog ended a park

  // written on the loop, read by any thread
  volatile boolean running;

  @Nullable
  Thread thread; // the carrier; see running

  Turns(BaseEventLoop loop, Clock clock) {
    this.loop = loop;
    this.clock = Objects.requireNonNull(clock, "clock");
    this.watchdog = new Watchdog(loop);
    this.ready = new ReadyQueue<>(new Wakeup(loop));
    this.carrier = new Carrier(ready, loop);
    this.driver = new Driver(loop, this, carrier);
  }

  /** {@link BaseEventLoop#wakeup} as an object. A lambda would add 2 ms to the start of a program. */
  private record Wakeup(BaseEventLoop loop) implements Runnable {
    @Override
    public void run() {
      loop.wakeup();
    }
  }

  /** Makes the calling thread the carrier and runs turns until the loop is stopped. */
  void run() {
    carrier.enter();
    thread = Thread.currentThread();
    running = true;
    interrupted = Thread.interrupted();
    watchdog.begin(thread);
    try {
      do {
        runOnce();
      } while (!stopping);
      if (!driver.isAvailable()) {
        awaitParkedCallback();
      }
    } finally {
      watchdog.end();
      stopping = false;
      try {
        driver.retire();
      } finally {
        running = false;
        thread = null;
        carrier.exit();
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private void runOnce() {
    beginTurn();
    while (remaining > 0) {
      runNext();
      if (fatal != null) {
        throwFatal();
      }
    }
  }

  /**
   * Runs turns until a parked callback has ended, if the loop is stopped while a callback is parked. The callbacks of
   * its turn that wait behind it also end first. Tasks and deadlines run meanwhile, because the callback may wait for
   * one of them. Other callbacks wait for the next run.
   */
  private void awaitParkedCallback() {
    var later = new ArrayDeque<Handle>();
    try {
      while (!driver.isAvailable()) {
        beginTurn();
        for (int left = remaining; left > 0 && !driver.isAvailable(); left--) {
          remaining = 1; // then the driver finds no callback behind its own
          if (ready.peek() instanceof Handle handle && handle.isOrdinary()) {
            ready.poll();
            later.add(handle);
          } else {
            runNext();
          }
          if (fatal != null) {
            throwFatal();
          }
        }
      }
    } finally {
      for (Handle last; (last = later.pollLast()) != null; ) {
        ready.putBack(last);
      }
    }
  }

  /** Polls and appends the timers that are due. The entries that are ready then make up the turn. */
  private void beginTurn() {
    long timeout = pollTimeout();
    if (timeout > 0) {
      timeout = clock.block(timeout);
    }
    if (timeout > 0 && ready.beginSleep()) {
      try {
        loop.poll(timeout);
      } finally {
        ready.endSleep();
      }
    } else {
      loop.poll(0);
    }
    TURN.setRelease(this, turn + 1);
    // While the interrupt is set, every poll ends at once; the next mount would erase it.
    interrupted |= Thread.interrupted();
    if (!timers.isEmpty()) {
      appendDueTimers();
    }
    ready.drainInbox();
    remaining = ready.size();
  }

  // ---- for the watchdog, on its thread

  /** Returns a number that is different for each turn. */
  long currentTurn() {
    return (long) TURN.getAcquire(this);
  }

  /** Returns a number that is different for each entry of each turn. A reader may see an old one. */
  long currentStep() {
    return step(currentTurn());
  }

  private long step(long turn) {
    return turn << 32 | remaining;
  }

  /**
   * Unparks a task that is pinned and therefore parked the carrier thread itself. Has no effect on others.
   *
   * @param step the step that lasts
   */
  void wakePinned(Thread carrier, long step) {
    stuck = step;
    LockSupport.unpark(carrier);
  }

  // ---- for threads of the loop

  /**
   * {@return whether the calling task is pinned, so that it would wait for a loop that it blocks itself} A task calls
   * this when its park ends before the awaited event. The result is true at the second call in one step, because an
   * earlier permit may have ended the first park.
   */
  boolean isPinned() {
    long step = step(turn);
    if (stuck != step) {
      return false;
    }
    stuck = -1; // until the watchdog looks again
    boolean again = inVain == step;
    inVain = step;
    return again;
  }

  /** {@return the failure of a wait for which {@link #isPinned} is true} */
  static IllegalStateException pinned() {
    return new IllegalStateException(Thread.currentThread()
        + " waits while it is pinned, and so stops the loop that would wake it: wait neither in a class's"
        + " initialiser nor, before JDK 24, inside synchronized");
  }

  // ---- for the loop

  private long pollTimeout() {
    if (stopping && driver.isAvailable() || !ready.isEmpty()) {
      return 0;
    }
    if (timers.isEmpty()) {
      return Long.MAX_VALUE;
    }
    return Math.clamp(timers.peek().when - clock.time(), 0, MAXIMUM_TIMEOUT);
  }

  /**
   * Returns whether this turn has nothing left to run and the next has nothing to run so far. That is so if nothing is
   * queued, no timer is due, the run does not end, no callback waits for the driver, and no interrupt is set. With
   * timers, the clock must be the system's, because any other clock may move forward before the next poll. Driver only.
   */
  boolean isIdle() {
    return ready.isEmpty()
        && !driver.hasDeferred()
        && !stopping
        && (timers.isEmpty() || clock == Clock.SYSTEM && timers.peek().when - clock.time() > 0)
        && !Thread.currentThread().isInterrupted();
  }

  /**
   * Returns the time until there is something to run, in nanoseconds, without regard to channels;
   * {@link Long#MAX_VALUE} if there is no such time.
   */
  long nanosUntilReady() {
    if (!ready.isEmpty() || driver.hasDeferred()) {
      return 0;
    }
    return timers.isEmpty() ? Long.MAX_VALUE : Math.max(0, timers.peek().when - clock.time());
  }

  private void appendDueTimers() {
    long now = clock.time();
    while (!timers.isEmpty() && timers.peek().when - now <= 0) {
      ready.add(timers.poll());
    }
  }

  @SuppressWarnings("NullAway") // the queue has as many entries as remain
  private void runNext() {
    if (!(ready.peek() instanceof Handle handle)) {
      remaining--;
      loop.runStep((Runnable) ready.poll());
    } else if (handle.runsOnCarrier()) {
      remaining--;
      ready.poll();
      if (!handle.cancelled()) {
        handle.invoke();
      }
    } else if (driver.isAvailable()) {
      driver.resume();
    } else {
      remaining--;
      ready.poll();
      if (handle.runsBesideParked()) {
        driver.runBeside(handle);
      } else {
        driver.defer(handle);
      }
    }
  }

  /** Takes the next entry of this turn if it is a callback; otherwise returns null. Driver only. */
  @Nullable
  Handle nextHandle() {
    if (remaining > 0 && ready.peek() instanceof Handle handle) {
      remaining--;
      ready.poll();
      return handle;
    }
    return null;
  }

  /** Puts a handle that did not run back at the head of the queue. Driver only. */
  void putBack(Handle handle) {
    ready.putBack(handle);
  }

  /** Makes {@code error} leave the loop as soon as the current entry has ended. */
  void unwind(Throwable error) {
    if (fatal == null) {
      fatal = error;
    } else if (fatal != error) {
      try {
        fatal.addSuppressed(error);
      } catch (OutOfMemoryError none) {
        // the first error leaves the loop
      }
    }
  }

  boolean isUnwinding() {
    return fatal != null;
  }

  /** Takes {@link #unwind} back, because the caller throws the error instead. */
  void stopUnwinding() {
    fatal = null;
  }

  void throwFatal() {
    Throwable error = fatal;
    fatal = null;
    throw Throwables.rethrow(Objects.requireNonNull(error));
  }
}
