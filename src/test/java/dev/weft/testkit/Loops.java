package dev.weft.testkit;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import java.time.Duration;

/** Runs test code on a new loop with a virtual clock. */
public final class Loops {

  private Loops() {}

  /** Suspends for {@code number} turns. All entries that are ready now run in the first turn. */
  public static void turns(int number) {
    for (int i = 0; i < number; i++) {
      Task.sleep(Duration.ZERO);
    }
  }

  /** Creates a task and lets it take its first step. */
  public static <T> Task<T> started(ThrowingCallable<T, ?> coroutine) {
    Task<T> task = EventLoop.getRunningLoop().createTask(coroutine);
    turns(1);
    return task;
  }

  /** Creates a task without a result and lets it take its first step. */
  public static Task<Void> started(ThrowingRunnable<?> coroutine) {
    return started(coroutine.asCallable());
  }

  /** A new loop with a virtual clock. */
  public static EventLoop newLoop() {
    return EventLoop.newEventLoop(new VirtualClock());
  }

  /** Runs a coroutine on a new loop with a virtual clock, closes the loop, and returns the result. */
  public static <T> T run(ThrowingCallable<T, ?> coroutine) {
    try (EventLoop loop = newLoop()) {
      return loop.runUntilComplete(coroutine);
    }
  }

  /** Runs a coroutine without a result on a new loop with a virtual clock, and closes the loop. */
  public static void run(ThrowingRunnable<?> coroutine) {
    run(coroutine.asCallable());
  }
}
