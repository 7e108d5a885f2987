package dev.weft.task;

import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import java.util.Objects;

/** Blocking code off the loop's thread: asyncio's {@code threads}. */
public final class Threads {

  private Threads() {}

  /**
   * Runs blocking code on the default executor, in a copy of the caller's context, and waits for it ({@code
   * to_thread}). Code that has begun is not stopped by a cancellation; its result is dropped. Suspends.
   *
   * @return what the code returns
   * @throws E if the code throws it; the very object
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task, or the default executor is shut down
   * @see EventLoop#runInExecutor(ThrowingCallable)
   */
  public static <T, E extends Exception> T toThread(ThrowingCallable<? extends T, E> code)
      throws E {
    Objects.requireNonNull(code, "code");
    Context context = Context.copyContext();
    return EventLoop.getRunningLoop().<T>runInExecutor(() -> context.run(code)).await();
  }

  /** As {@link #toThread(ThrowingCallable)}, for code that returns nothing. */
  public static <E extends Exception> void toThread(ThrowingRunnable<E> code) throws E {
    Objects.requireNonNull(code, "code");
    toThread(code.asCallable());
  }
}
