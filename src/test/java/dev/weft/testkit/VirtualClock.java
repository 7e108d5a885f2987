package dev.weft.testkit;

import dev.weft.loop.Clock;
import java.time.Duration;

/**
 * A clock that stands still while the loop has work, and jumps to the next timer when it has none. A loop that waits
 * for I/O or another thread, without a timer, blocks in real time.
 */
public final class VirtualClock implements Clock {

  private long now;

  @Override
  public long time() {
    return now;
  }

  @Override
  public long block(long timeout) {
    if (timeout == Long.MAX_VALUE) {
      return timeout;
    }
    now += timeout;
    return 0;
  }

  /** Moves the time forward, as if the running code took that long. */
  public void advance(Duration duration) {
    now += duration.toNanos();
  }
}
