package dev.weft.sync;

import dev.weft.loop.CancelRegion;
import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Waiting for what others change under a lock: asyncio's {@code Condition}. Its {@code wait} and {@code
 * notify}, names that {@code Object} has taken, are {@link #await} and {@link #signal}. Not for other threads,
 * which get an {@code IllegalStateException} while the loop runs.
 */
public final class Condition {

  private final Lock lock;
  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);

  /** A condition with a lock of its own. */
  public Condition() {
    this(new Lock());
  }

  /** A condition over a lock that others use, too. */
  public Condition(Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
  }

  /**
   * Takes the lock ({@code acquire}). Suspends while it is taken.
   *
   * @throws CancelledError if the calling task is cancelled; it does not have the lock then
   */
  public void acquire() {
    lock.acquire();
  }

  /**
   * Gives the lock back ({@code release}). Never suspends.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void release() {
    lock.release();
  }

  /** Whether the lock is taken ({@code locked}). */
  public boolean locked() {
    return lock.locked();
  }

  /**
   * Runs code that has the lock ({@code async with condition}). Suspends while the lock is taken.
   *
   * @throws E if the code throws it
   */
  public <T, E extends Exception> T with(ThrowingCallable<? extends T, E> code) throws E {
    return lock.with(code);
  }

  /**
   * As {@link #with(ThrowingCallable)}, for code that returns nothing.
   *
   * @throws E if the code throws it
   */
  public <E extends Exception> void with(ThrowingRunnable<E> code) throws E {
    lock.with(code);
  }

  /**
   * Gives the lock back, waits for a signal, and takes the lock again ({@code wait}), also if it is
   * cancelled meanwhile. May return without a signal; see {@link #waitFor}. Suspends.
   *
   * @throws IllegalStateException if the lock is free
   * @throws CancelledError if the calling task is cancelled; it has the lock then
   */
  public void await() {
    bound.check("await");
    checkLocked("wait");
    WaitQueue.Waiter waiter = waiters.newWaiter(); // fails while the lock is still had
    lock.release();
    try {
      awaitSignal(waiter);
    } catch (Throwable error) {
      // It may have been signalled before it was cancelled: let another one have the signal.
      waiters.wakeNext();
      throw error;
    }
  }

  private void awaitSignal(WaitQueue.Waiter waiter) {
    CancelledError cancelled = null;
    try {
      waiters.await(waiter);
    } catch (CancelledError error) {
      cancelled = error;
    }
    while (true) {
      try {
        if (cancelled == null) {
          lock.acquire();
        } else { // a cancelled scope would cancel each try
          CancelRegion.shielded(lock::acquire);
        }
        break;
      } catch (CancelledError error) {
        cancelled = error; // the latest one is thrown
      }
    }
    if (cancelled != null) {
      throw cancelled;
    }
  }

  /**
   * Waits until something is true ({@code wait_for}), which is looked at after each signal. Suspends,
   * unless it is.
   *
   * @throws IllegalStateException if the lock is free
   * @throws CancelledError if the calling task is cancelled; it has the lock then
   */
  public void waitFor(BooleanSupplier predicate) {
    Objects.requireNonNull(predicate, "predicate");
    bound.check("waitFor");
    while (!predicate.getAsBoolean()) {
      await();
    }
  }

  /**
   * Wakes the first who waits ({@code notify}); it goes on when it gets the lock. Never suspends.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void signal() {
    signal(1);
  }

  /**
   * Wakes the first {@code n} who wait ({@code notify(n)}). Never suspends.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void signal(int n) {
    bound.check("signal");
    checkLocked("notify");
    for (int woken = 0; woken < n && waiters.wakeNext(); woken++) {
      // wakeNext does it
    }
  }

  /**
   * Wakes all who wait ({@code notify_all}). Never suspends.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void signalAll() {
    bound.check("signalAll");
    checkLocked("notify");
    waiters.wakeAll();
  }

  private void checkLocked(String what) {
    if (!lock.locked()) {
      throw new IllegalStateException("cannot " + what + " on un-acquired lock");
    }
  }

  @Override
  public String toString() {
    return "Condition[" + (locked() ? "locked" : "unlocked") + ", " + waiters.size() + " waiting]";
  }
}
