package dev.weft.sync;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;

/**
 * A lock between tasks: asyncio's {@code Lock}. Fair, not re-entrant, and not owned: any task may release
 * it. Not for other threads, which get an {@code IllegalStateException} while the loop runs.
 */
public final class Lock {

  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);
  private boolean locked;

  /** A lock that is free. */
  public Lock() {}

  /**
   * Takes the lock ({@code acquire}). Suspends while it is taken or others wait for it.
   *
   * @throws CancelledError if the calling task is cancelled; it does not have the lock then
   */
  public void acquire() {
    bound.check("acquire");
    if (locked || waiters.hasLiveWaiters()) {
      try {
        waiters.await();
      } catch (CancelledError cancelled) {
        if (!locked) { // we may have been the one who was woken
          waiters.wakeFirst();
        }
        throw cancelled;
      }
    }
    locked = true;
  }

  /**
   * Gives the lock back and wakes the first who waits for it ({@code release}). Never suspends.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void release() {
    bound.check("release");
    if (!locked) {
      throw new IllegalStateException("Lock is not acquired.");
    }
    locked = false;
    waiters.wakeFirst();
  }

  /** Whether the lock is taken ({@code locked}). */
  public boolean locked() {
    return locked;
  }

  /**
   * Runs code that has the lock ({@code async with lock}). Suspends while the lock is taken.
   *
   * @throws E if the code throws it
   */
  public <T, E extends Exception> T with(ThrowingCallable<? extends T, E> code) throws E {
    acquire();
    try {
      return code.call();
    } finally {
      release();
    }
  }

  /**
   * As {@link #with(ThrowingCallable)}, for code that returns nothing.
   *
   * @throws E if the code throws it
   */
  public <E extends Exception> void with(ThrowingRunnable<E> code) throws E {
    with(code.asCallable());
  }

  @Override
  public String toString() {
    return "Lock[" + (locked ? "locked" : "unlocked") + ", " + waiters.size() + " waiting]";
  }
}
