package dev.weft.loop;

import dev.weft.carrier.Carrier;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * Callbacks do not run on the carrier's platform thread, because a callback may have to wait for a lock that one of the
 * loop's own tasks holds, for example a logger's. If it waited on the platform thread, the only thread that can run the
 * task would sleep for ever. On a virtual thread the callback parks, the carrier continues, and the task releases the
 * lock.
 *
 * The driver runs all consecutive callbacks in one go and then hands control back. It does so by a yield whose
 * resubmission the carrier captures: the driver is always runnable, and the carrier continues it where the next
 * callback stands in the queue. While the driver is parked inside a callback, later callbacks wait behind it, in order,
 * and tasks and deadlines continue. A deadline ends a wait of Weft's own, which may be the reason why the callback is
 * parked. So while a callback is parked, a deadline runs in a virtual thread of its own.
 */

/** The virtual thread in which a loop's callbacks run, one after the other. */
final class Driver implements LoopFiber {

  private static final int BATCHES = 16;

  private final BaseEventLoop loop;
  private final Turns turns;
  private final Carrier carrier;
  private final ArrayDeque<Handle> deferred = new ArrayDeque<>();
  private @Nullable Thread thread;
  private @Nullable Runnable continuation;
  private Object given = Bindings.EMPTY; // or a Context; loop thread only
  private boolean idle;
  private boolean retired;
  private long batch; // read by the watchdog, which may see an old value

  @Nullable
  Handle current; // in debug mode only

  Driver(BaseEventLoop loop, Turns turns, Carrier carrier) {
    this.loop = loop;
    this.turns = turns;
    this.carrier = carrier;
  }

  @Override
  public Object given() {
    return given;
  }

  @Override
  public void give(Object bindingsOrContext) {
    given = bindingsOrContext;
  }

  @Override
  public BaseEventLoop loop() {
    return loop;
  }

  /** Returns whether callbacks can run now. They cannot while one is parked. Carrier only. */
  boolean isAvailable() {
    return continuation == null || idle;
  }

  /** Runs callbacks from the head of the queue until another kind of entry stands there. Carrier only. */
  void resume() {
    if (continuation == null) {
      thread = carrier.newThread(this, "weft-driver");
      continuation = carrier.startCaptured(thread);
    }
    carrier.run(continuation);
  }

  /** Keeps a callback until the parked one has ended. Carrier only. */
  void defer(Handle handle) {
    deferred.add(handle);
  }

  /** Runs a deadline while a callback is parked. Carrier only. */
  void runBeside(Handle deadline) {
    Thread beside = carrier.newThread(new BesideDriver(loop, deadline), "weft-deadline");
    carrier.run(carrier.startCaptured(beside));
  }

  /** Returns whether callbacks wait for a parked one. Carrier only. */
  boolean hasDeferred() {
    return !deferred.isEmpty();
  }

  /** Ends the virtual thread, unless it is parked inside a callback. Carrier only. */
  void retire() {
    if (idle) {
      retired = true;
      resume();
      retired = false;
      continuation = null;
      idle = false;
    }
  }

  /**
   * Ends the driver for good. It interrupts a parked callback and drops the callbacks behind it. Carrier only.
   *
   * @param discarded gets the dropped callbacks
   */
  void close(List<Handle> discarded) {
    discarded.addAll(deferred);
    deferred.clear();
    retire();
    if (continuation != null) {
      retired = true;
      Objects.requireNonNull(thread).interrupt();
    }
  }

  /** Returns a number that is different for each batch. Watchdog only. */
  long batch() {
    return batch;
  }

  /** Returns the driver's thread, or null before the first callback. Watchdog only. */
  @Nullable
  Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    try {
      while (!retired) {
        runBatches();
      }
    } finally {
      if (!retired) { // the JVM has failed: the next callback gets another thread
        continuation = null;
        idle = false;
        putBackDeferred();
      }
    }
  }

  /**
   * Runs some batches of callbacks. This is a separate method because the JVM does not compile {@link #run}, which is
   * called once. While a resumed frame is interpreted, the JVM suspends on its slow path, which costs ten times as
   * much.
   */
  private void runBatches() {
    for (int i = 0; i < BATCHES; i++) {
      batch++;
      drain();
      if (retired) { // closed while a callback was parked
        return;
      }
      idle = true;
      carrier.yieldCaptured();
      if (retired) {
        return;
      }
      idle = false;
    }
  }

  private void drain() {
    for (Handle next; (next = next()) != null; ) {
      try {
        if (loop.getDebug()) {
          loop.slowSteps().run(next, this);
        } else {
          next.run(this);
        }
      } catch (Throwable fatal) { // from an exception handler
        turns.unwind(fatal);
      }
      Thread.interrupted(); // an interrupt of one callback must not reach the next one
      if (turns.isUnwinding()) {
        putBackDeferred();
        return;
      }
    }
    given = Bindings.EMPTY;
  }

  /** Puts the deferred callbacks back into the queue, because the loop ends its run and does not resume the driver. */
  private void putBackDeferred() {
    for (Handle last; (last = deferred.pollLast()) != null; ) {
      turns.putBack(last);
    }
  }

  private @Nullable Handle next() {
    Handle waiting = deferred.pollFirst();
    return waiting != null ? waiting : turns.nextHandle();
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    turns.unwind(error);
  }
}
