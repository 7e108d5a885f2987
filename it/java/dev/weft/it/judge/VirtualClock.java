package dev.weft.it.judge;

import dev.weft.loop.Clock;

/** Time stands still while there is work, then jumps to the next timer. */
final class VirtualClock implements Clock {

  static final long SECOND = 1_000_000_000L;

  private final Runnable idle;
  private long now;

  /**
   * @param idle called where there is no timer: finds work for the loop, or stops it
   */
  VirtualClock(Runnable idle) {
    this.idle = idle;
  }

  @Override
  public long time() {
    return now;
  }

  @Override
  public long block(long timeout) {
    if (timeout == Long.MAX_VALUE) {
      idle.run();
    } else {
      now += timeout;
    }
    return 0;
  }
}
