package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/** A callback that a loop will run at a certain time: asyncio's {@code TimerHandle}. */
public class TimerHandle extends Handle {

  final long when;
  final long sequence;
  int heapIndex = TimerQueue.ABSENT;

  TimerHandle(BaseEventLoop loop, long when, @Nullable Runnable callback, Object context) {
    super(loop, callback, context);
    this.when = when;
    this.sequence = loop.nextTimerSequence();
  }

  /**
   * Returns the time at which the callback is due ({@code when}). Never suspends. Any thread.
   *
   * @return the time by {@link EventLoop#time}, in nanoseconds
   */
  public long when() {
    return when;
  }

  @Override
  public void cancel() {
    super.cancel();
    loop.removeTimer(this);
  }

  @Override
  public String toString() {
    return super.toString() + "@" + when;
  }
}
