package dev.weft.loop;

/**
 * The time a loop lives by: its timers, and how long it blocks when it has nothing to do. Replacing it
 * makes time itself part of a test.
 */
@FunctionalInterface
public interface Clock {

  /** The system's monotonic clock. */
  Clock SYSTEM = new SystemClock();

  /** Now, in nanoseconds since some fixed moment; never goes back. */
  long time();

  /**
   * Called by the loop before it blocks. A virtual clock moves itself forward here.
   *
   * @param timeout for how long the loop wants to wait, in nanoseconds, more than 0; {@link
   *     Long#MAX_VALUE} if no timer is set
   * @return for how long it shall really block; 0 for not at all
   */
  default long block(long timeout) {
    return timeout;
  }
}
