package dev.weft.sync;

/**
 * A semaphore that takes back no more than it has given: asyncio's {@code BoundedSemaphore}. Not for other threads,
 * which get an {@code IllegalStateException} while the loop runs.
 */
public final class BoundedSemaphore extends Semaphore {

  private final int bound;

  /** A semaphore with one permit. */
  public BoundedSemaphore() {
    this(1);
  }

  /**
   * A semaphore with {@code permits} permits.
   *
   * @throws IllegalArgumentException if {@code permits} is negative
   */
  public BoundedSemaphore(int permits) {
    super(permits);
    this.bound = permits;
  }

  /**
   * Gives a permit back ({@code release}). Never suspends.
   *
   * @throws IllegalStateException if all permits are there already (asyncio's {@code ValueError})
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
