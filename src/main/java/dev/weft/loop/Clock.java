package dev.weft.loop;

/** The time by which a loop's timers run. A test replaces it to control time. */
@FunctionalInterface
public interface Clock {

  /** The system's monotonic clock. */
  Clock SYSTEM = new SystemClock();

  /**
   * Returns the time. Any thread calls this.
   *
   * @return nanoseconds since some fixed moment; never goes back
   */
  long time();

  /**
   * Returns how long the loop may block. The loop calls this on its thread before it blocks. A virtual clock moves
   * itself forward here.
   *
   * @param timeout how long the loop wants to wait, in nanoseconds, more than 0; {@link Long#MAX_VALUE} if no timer is
   *     set
   * @return how long the loop blocks, in nanoseconds; 0 for not at all
   */
  default long block(long timeout) {
    return timeout;
  }
}
