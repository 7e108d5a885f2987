package dev.weft.sync;

import dev.weft.loop.CancelledError;

/**
 * A flag that tasks wait for: asyncio's {@code Event}. Not for other threads, which get an {@code
 * IllegalStateException} while the loop runs: they reach it by {@code loop.callSoonThreadsafe(event::set)}.
 */
public final class Event {

  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);
  private boolean set;

  /** An event that is not set. */
  public Event() {}

  /**
   * Waits until the event is set ({@code wait}, a name that {@code Object} has taken). Suspends, unless it
   * is. Returns also if the event was cleared again meanwhile.
   *
   * @throws CancelledError if the calling task is cancelled
   */
  public void await() {
    bound.check("await");
    if (!set) {
      waiters.await();
    }
  }

  /** Sets the event and wakes all who wait for it ({@code set}). Never suspends. */
  public void set() {
    bound.check("set");
    if (!set) {
      set = true;
      waiters.wakeAll();
    }
  }

  /** Unsets the event ({@code clear}). Never suspends. */
  public void clear() {
    bound.check("clear");
    set = false;
  }

  /** Whether the event is set ({@code is_set}). */
  public boolean isSet() {
    return set;
  }

  @Override
  public String toString() {
    return "Event[" + (set ? "set" : "unset") + ", " + waiters.size() + " waiting]";
  }
}
