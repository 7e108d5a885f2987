package dev.weft.sync;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;

/**
 * A number of permits that tasks take and give back: asyncio's {@code Semaphore}. Fair, also when there
 * are permits left. Not for other threads, which get an {@code IllegalStateException} while the loop runs.
 */
public sealed class Semaphore permits BoundedSemaphore {

  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);
  private int permits;

  /** A semaphore with one permit. */
  public Semaphore() {
    this(1);
  }

  /**
   * A semaphore with {@code permits} permits.
   *
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public Semaphore(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException("Semaphore initial value must be >= 0: " + permits);
    }
    this.permits = permits;
  }

  /**
   * Takes a permit ({@code acquire}). Suspends while there is none or others wait for one.
   *
   * @throws CancelledError if the calling task is cancelled; it has no permit then
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
        permits++; // had been granted
      }
      throw cancelled;
    } finally {
      grant();
    }
  }

  /**
   * Gives a permit back, to the first who waits for one if anybody does ({@code release}). Never suspends.
   */
  public void release() {
    bound.check("release");
    permits++;
    grantOne();
  }

  /** Whether {@link #acquire} would suspend ({@code locked}). */
  public final boolean locked() {
    return permits == 0 || waiters.hasLiveWaiters();
  }

  /** See {@link LoopBound#check}. */
  final void checkCaller(String method) {
    bound.check(method);
  }

  /** The number of permits that nobody has or has been granted. */
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
   * Runs code that has a permit ({@code async with semaphore}). Suspends while there is none.
   *
   * @throws E if the code throws it
   */
  public final <T, E extends Exception> T with(ThrowingCallable<? extends T, E> code) throws E {
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
