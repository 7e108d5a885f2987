package dev.weft.sync;

import dev.weft.loop.CancelledError;

/**
 * A flag that tasks wait for: asyncio's {@code Event}.
 *
 * <pre>{@code
 * Event ready = new Event();
 * createTask(() -> {
 *   ready.await();                  // parks this task until the flag is set
 *   System.out.println("go");
 * });
 * ready.set();
 * }</pre>
 *
 * <p>Loop thread only: while the loop runs, every method that sets, clears or waits throws an {@code
 * IllegalStateException} in other threads. Another thread sets the event by {@code
 * loop.callSoonThreadsafe(event::set)}.
 */
public final class Event {

  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);
  private boolean set;

  /** Creates an event that is not set. Any thread. Never suspends. */
  public Event() {}

  /**
   * Waits until the event is set. This is asyncio's {@code wait}, a name that {@code Object} uses already. Suspends
   * unless the event is set. A task that {@link #set} wakes returns even if the event is cleared before the task runs.
   * Loop thread only.
   *
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the event is not set and the caller is not a task
   */
  public void await() {
    bound.check("await");
    if (!set) {
      waiters.await();
    }
  }

  /**
   * Sets the event and wakes all tasks that wait for it ({@code set}). Idempotent. Never suspends. Loop thread only.
   */
  public void set() {
    bound.check("set");
    if (!set) {
      set = true;
      waiters.wakeAll();
    }
  }

  /** Clears the event ({@code clear}). Idempotent. Never suspends. Loop thread only. */
  public void clear() {
    bound.check("clear");
    set = false;
  }

  /**
   * Returns whether the event is set ({@code is_set}). Never suspends. Loop thread only.
   *
   * @return true from {@link #set} to {@link #clear}
   */
  public boolean isSet() {
    return set;
  }

  @Override
  public String toString() {
    return "Event[" + (set ? "set" : "unset") + ", " + waiters.size() + " waiting]";
  }
}
