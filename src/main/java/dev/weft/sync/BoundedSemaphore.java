package dev.weft.sync;

/**
 * A semaphore that takes back no more permits than it has given: asyncio's {@code BoundedSemaphore}.
 *
 * <p>Loop thread only: while the loop runs, every method that takes or gives back a permit throws an {@code
 * IllegalStateException} in other threads.
 */
public final class BoundedSemaphore extends Semaphore {

  private final int bound;

  /** Creates a semaphore with one permit. Any thread. Never suspends. */
  public BoundedSemaphore() {
    this(1);
  }

  /**
   * Creates a semaphore with a number of permits. Any thread. Never suspends.
   *
   * @param permits how many permits there are at most and at first, 0 or more
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public BoundedSemaphore(int permits) {
    super(permits);
    this.bound = permits;
  }

  /**
   * Gives a permit back ({@code release}). The first task that waits for a permit gets it. Never suspends. Loop thread
   * only.
   *
   * @throws IllegalStateException if no permit is taken (asyncio's {@code ValueError})
   */
  @Override
  public void release() {
    checkCaller("release");
    if (permits() >= bound) {
      throw new IllegalStateException("BoundedSemaphore released too many times");
    }
    super.release();
  }
}
