package dev.weft.sync;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * A number of permits that tasks take and give back: asyncio's {@code Semaphore}.
 *
 * <pre>{@code
 * Semaphore limit = new Semaphore(10);
 * String page = limit.with(() -> fetch(url));   // at most ten tasks fetch at the same time
 * }</pre>
 *
 * <p>The semaphore is fair: tasks get permits in the order in which they ask for them, even if there are permits left.
 *
 * <p>Loop thread only: while the loop runs, every method that takes or gives back a permit throws an {@code
 * IllegalStateException} in other threads.
 *
 * <p>{@code java.util.concurrent} has a type of this name, too.
 * Where a file imports that package, {@code import dev.weft.sync.Semaphore;} selects this one.
 */
public sealed class Semaphore permits BoundedSemaphore {

  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);
  private int permits;

  /** Creates a semaphore with one permit. Any thread. Never suspends. */
  public Semaphore() {
    this(1);
  }

  /**
   * Creates a semaphore with a number of permits. Any thread. Never suspends.
   *
   * @param permits how many permits there are at first, 0 or more
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException("Semaphore initial value must be >= 0: " + permits);
    }
    this.permits = permits;
  }

  /**
   * Takes a permit ({@code acquire}). Suspends while there is no permit or other tasks wait for one. Loop thread only.
   *
   * @throws CancelledError if the calling task is cancelled; the task has no permit then
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public final void acquire() {
    bound.check("acquire");
    if (!locked()) {
      permits--;
      return;
    }
    WaitQueue.Waiter waiter = waiters.newWaiter();
    try {
      waiters.await(waiter);
    } catch (CancelledError cancelled) {
      if (waiter.woken()) {
        permits++; // release() had given it to this task
      }
      throw cancelled;
    } finally {
      grant();
    }
  }

  /**
   * Gives a permit back ({@code release}). The first task that waits for a permit gets it. A semaphore takes back more
   * permits than it has given; {@link BoundedSemaphore} does not. Never suspends. Loop thread only.
   */
  public void release() {
    bound.check("release");
    permits++;
    grantOne();
  }

  /**
   * Returns whether {@link #acquire} would suspend ({@code locked}). Never suspends. Loop thread only.
   *
   * @return true if there is no permit, or if tasks wait for one
   */
  public final boolean locked() {
    return permits == 0 || waiters.hasLiveWaiters();
  }

  /** Checks that the caller may use the semaphore, see {@link LoopBound#check}. */
  final void checkCaller(String method) {
    bound.check(method);
  }

  /** Returns the number of free permits, which no task holds or is about to hold. */
  final int permits() {
    return permits;
  }

  private void grant() {
    while (permits > 0 && grantOne()) {
      // grantOne does it
    }
  }

  private boolean grantOne() {
    boolean granted = waiters.wakeNext();
    if (granted) {
      permits--;
    }
    return granted;
  }

  /**
   * Runs code while the calling task holds a permit, and gives the permit back at the end ({@code async with
   * semaphore}). Suspends while there is no permit or other tasks wait for one, and if the code suspends. Loop thread
   * only.
   *
   * @param code runs with a permit
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it
   * @throws CancelledError if the calling task is cancelled; if it waits for a permit, the code does not run
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public final <T extends @Nullable Object, E extends Exception> T with(
      ThrowingCallable<? extends T, E> code) throws E {
    acquire();
    try {
      return code.call();
    } finally {
      release();
    }
  }

  /**
   * Runs code that returns nothing while the calling task holds a permit, and gives the permit back at the end ({@code
   * async with semaphore}). Suspends while there is no permit or other tasks wait for one, and if the code suspends.
   * Loop thread only.
   *
   * @param code runs with a permit
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it
   * @throws CancelledError if the calling task is cancelled; if it waits for a permit, the code does not run
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public final <E extends Exception> void with(ThrowingRunnable<E> code) throws E {
    with(code.asCallable());
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "["
        + (locked() ? "locked" : "unlocked, value " + permits)
        + ", "
        + waiters.size()
        + " waiting]";
  }
}
