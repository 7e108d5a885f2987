package dev.weft.testkit;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Runs test code on a loop of its own with a virtual clock. */
public final class Loops {

  private Loops() {}

  /** Lets that number of turns pass: all entries that are ready now have run after the first. */
  public static void turns(int number) {
    for (int i = 0; i < number; i++) {
      Task.sleep(Duration.ZERO);
    }
  }

  /** A task that has taken its first step. */
  public static <T> Task<T> started(ThrowingCallable<T, ?> coroutine) {
    Task<T> task = EventLoop.getRunningLoop().createTask(coroutine);
    turns(1);
    return task;
  }

  /** As {@link #started(Callable)}, for a coroutine that returns nothing. */
  public static Task<Void> started(ThrowingRunnable<?> coroutine) {
    return started(coroutine.asCallable());
  }

  /** A new loop with a virtual clock. */
  public static EventLoop newLoop() {
    return EventLoop.newEventLoop(new VirtualClock());
  }

  /** Runs a coroutine on a new loop with a virtual clock, closes the loop, returns the result. */
  public static <T> T run(ThrowingCallable<T, ?> coroutine) {
    try (EventLoop loop = newLoop()) {
      return loop.runUntilComplete(coroutine);
    }
  }

  /** As {@link #run(Callable)}, for a coroutine that returns nothing. */
  public static void run(ThrowingRunnable<?> coroutine) {
    run(coroutine.asCallable());
  }
}
