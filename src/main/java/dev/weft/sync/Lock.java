package dev.weft.sync;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * A lock that one task holds at a time: asyncio's {@code Lock}.
 *
 * <pre>{@code
 * Lock lock = new Lock();
 * String page = lock.with(() -> fetch(connection));   // one task at a time uses the connection
 * }</pre>
 *
 * <p>The lock is fair: tasks get it in the order in which they ask for it. It is not re-entrant: a task that acquires
 * it twice waits for ever. It has no owner: any task may release it.
 *
 * <p>Loop thread only: while the loop runs, every method that takes or releases the lock throws an {@code
 * IllegalStateException} in other threads.
 *
 * <p>{@code java.util.concurrent.locks} has a type of this name, too.
 * Where a file imports that package, {@code import dev.weft.sync.Lock;} selects this one.
 */
public final class Lock {

  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);
  private boolean locked;

  /** Creates a free lock. Any thread. Never suspends. */
  public Lock() {}

  /**
   * Takes the lock ({@code acquire}). Suspends while the lock is taken or other tasks wait for it. Loop thread only.
   *
   * @throws CancelledError if the calling task is cancelled; the task does not hold the lock then
   * @throws IllegalStateException if the lock is taken and the caller is not a task
   */
  public void acquire() {
    bound.check("acquire");
    if (locked || waiters.hasLiveWaiters()) {
      try {
        waiters.await();
      } catch (CancelledError cancelled) {
        if (!locked) { // this task may be the one that release() woke
          waiters.wakeFirst();
        }
        throw cancelled;
      }
    }
    locked = true;
  }

  /**
   * Releases the lock and wakes the first task that waits for it ({@code release}). Never suspends. Loop thread only.
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

  /**
   * Returns whether the lock is taken ({@code locked}). Never suspends. Loop thread only.
   *
   * @return true from {@link #acquire} to {@link #release}
   */
  public boolean locked() {
    return locked;
  }

  /**
   * Runs code while the calling task holds the lock, and releases the lock at the end ({@code async with lock}).
   * Suspends while the lock is taken or other tasks wait for it, and if the code suspends. Loop thread only.
   *
   * @param code runs with the lock held
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it
   * @throws CancelledError if the calling task is cancelled; if it waits for the lock, the code does not run
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public <T extends @Nullable Object, E extends Exception> T with(
      ThrowingCallable<? extends T, E> code) throws E {
    acquire();
    try {
      return code.call();
    } finally {
      release();
    }
  }

  /**
   * Runs code that returns nothing while the calling task holds the lock, and releases the lock at the end ({@code
   * async with lock}). Suspends while the lock is taken or other tasks wait for it, and if the code suspends. Loop
   * thread only.
   *
   * @param code runs with the lock held
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it
   * @throws CancelledError if the calling task is cancelled; if it waits for the lock, the code does not run
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public <E extends Exception> void with(ThrowingRunnable<E> code) throws E {
    with(code.asCallable());
  }

  @Override
  public String toString() {
    return "Lock[" + (locked ? "locked" : "unlocked") + ", " + waiters.size() + " waiting]";
  }
}
