package dev.weft.sync;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingRunnable;
import java.util.concurrent.Callable;

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
   * @throws Exception what the code throws
   */
  public <T> T with(Callable<? extends T> code) throws Exception {
    acquire();
    try {
      return code.call();
    } finally {
      release();
    }
  }

  /**
   * As {@link #with(Callable)}, for code that returns nothing.
   *
   * @throws Exception what the code throws
   */
  public void with(ThrowingRunnable code) throws Exception {
    with(code.asCallable());
  }

  @Override
  public String toString() {
    return "Lock[" + (locked ? "locked" : "unlocked") + ", " + waiters.size() + " waiting]";
  }
}
