package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.ReadyQueue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/*
 * The turn. The ready queue holds handles (callbacks) and continuations (steps of tasks, and of any other
 * virtual thread that lives on this loop) in one order. A turn polls for I/O, appends what became ready,
 * appends the timers that are due, and runs exactly what the queue then holds. Continuations are run by
 * the carrier itself; consecutive handles are run by the driver (see there) in one go.
 *
 * Whatever makes a task runnable unparks its virtual thread; the JDK then calls Carrier.execute, which
 * appends the continuation. So a wake-up stands in the queue where asyncio's would.
 */

/** The turns of a loop: what runs next, and who runs it. Loop thread only, but for what says otherwise. */
abstract class Turns {

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

  final Clock clock;
  final ReadyQueue<Object> ready;
  final Carrier carrier;
  final Driver driver;
  final TimerQueue timers = new TimerQueue();
  final Watchdog watchdog = new Watchdog((BaseEventLoop) this);
  int remaining; // entries of the current turn that have not run yet
  boolean stopping;
  private boolean interrupted; // the carrier was, and whoever runs the loop is to see it
  private Throwable fatal; // leaves the loop after the current entry

  // Written on the loop, once a turn, read by the watchdog. A release, so that whoever sees the
  // turn sees what was done before it.
  private long turn;

  // written by the watchdog, a step that has lasted, and by the loop, which has noticed
  private volatile long stuck = -1;
  private long inVain = -1; // the step in which a park has ended by nothing but the watchdog

  // written on the loop, read by anyone
  volatile boolean running;
  Thread thread; // the carrier; see running

  Turns(Clock clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.ready = new ReadyQueue<>(new Wakeup());
    this.carrier = new Carrier(ready, this);
    this.driver = new Driver((BaseEventLoop) this, carrier);
  }

  /**
   * Waits for I/O and passes a handle to {@link BaseEventLoop#append} for each event, on the carrier.
   *
   * @param timeout how long to wait at most, in nanoseconds; 0 for not at all; {@link Long#MAX_VALUE}
   *     for as long as it takes
   */
  protected abstract void poll(long timeout);

  /** Ends a {@link #poll} that waits, or the next one. Any thread; must not block. */
  protected abstract void wakeup();

  /** {@link #wakeup} as an object; as a lambda it would take a program's start 2 ms. */
  private final class Wakeup implements Runnable {
    @Override
    public void run() {
      wakeup();
    }
  }

  /** Runs a continuation; debug mode watches it. */
  abstract void runStep(Runnable continuation);

  /** Makes the calling thread the carrier and runs turns until the loop is stopped. */
  final void runTurns() {
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
   * The loop is stopped, and a callback is parked: it ends first, and those of its turn that wait behind it. Tasks and
   * deadlines go on meanwhile, as it waits for one of them. Other callbacks are for the next run.
   */
  private void awaitParkedCallback() {
    var later = new ArrayDeque<Handle>();
    try {
      while (!driver.isAvailable()) {
        beginTurn();
        for (int left = remaining; left > 0 && !driver.isAvailable(); left--) {
          remaining = 1; // the driver finds no callback behind its own
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
        poll(timeout);
      } finally {
        ready.endSleep();
      }
    } else {
      poll(0);
    }
    TURN.setRelease(this, turn + 1);
    // While set it would end every poll at once; later, the next mount would erase it.
    interrupted |= Thread.interrupted();
    if (!timers.isEmpty()) {
      appendDueTimers();
    }
    ready.drainInbox();
    remaining = ready.size();
  }

  // ---- for the watchdog, on its thread

  /** Tells one turn from another. */
  long currentTurn() {
    return (long) TURN.getAcquire(this);
  }

  /** Tells one entry of a turn from another, and from all others. Read as it happens to be seen. */
  long currentStep() {
    return step(currentTurn());
  }

  private long step(long turn) {
    return turn << 32 | remaining;
  }

  /**
   * Has who is parked on the carrier itself, as it is pinned, return from its park; nobody else notices.
   *
   * @param step the one that lasts
   */
  void wakePinned(Thread carrier, long step) {
    stuck = step;
    LockSupport.unpark(carrier);
  }

  // ---- for threads of the loop

  /**
   * To be asked when a park has ended before what it was for: whether the caller is pinned, so that it would wait for
   * a loop that it stops itself. True at the second time in one step: the first may be by a permit from before.
   */
  protected final boolean isPinned() {
    long step = step(turn);
    if (stuck != step) {
      return false;
    }
    stuck = -1; // until the watchdog has looked again
    boolean again = inVain == step;
    inVain = step;
    return again;
  }

  /** What a wait fails with that {@link #isPinned}. */
  protected static IllegalStateException pinned() {
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
   * Whether this turn has nothing left to run and the next has nothing to do so far: nothing queued and no timer due,
   * no end of the run, no callback that waits for the driver, no interrupt that the next would see. A clock of the
   * program's own would move before the next poll. Driver only.
   */
  final boolean isIdle() {
    return ready.isEmpty()
        && !driver.hasDeferred()
        && !stopping
        && (timers.isEmpty() || clock == Clock.SYSTEM && timers.peek().when - clock.time() > 0)
        && !Thread.currentThread().isInterrupted();
  }

  /** How long until there is something to run, without a look at channels; {@link Long#MAX_VALUE} for ever. */
  final long nanosUntilReady() {
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

  private void runNext() {
    if (!(ready.peek() instanceof Handle handle)) {
      remaining--;
      runStep((Runnable) ready.poll());
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

  /** The next entry of this turn if it is a callback, taken from the queue; else null. Driver only. */
  Handle nextHandle() {
    if (remaining > 0 && ready.peek() instanceof Handle handle) {
      remaining--;
      ready.poll();
      return handle;
    }
    return null;
  }

  /** Puts a handle that was not run back to the head of the queue. Driver only. */
  void putBack(Handle handle) {
    ready.putBack(handle);
  }

  /** Has {@code error} leave the loop as soon as the current entry has ended. */
  void unwind(Throwable error) {
    if (fatal == null) {
      fatal = error;
    } else if (fatal != error) {
      try {
        fatal.addSuppressed(error);
      } catch (OutOfMemoryError none) {
        // the first error is what leaves the loop
      }
    }
  }

  boolean isUnwinding() {
    return fatal != null;
  }

  /** Takes back what {@link #unwind} began: whoever called this throws the error instead. */
  void stopUnwinding() {
    fatal = null;
  }

  final void throwFatal() {
    Throwable error = fatal;
    fatal = null;
    throw Throwables.rethrow(error);
  }
}
