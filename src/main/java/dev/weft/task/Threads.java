package dev.weft.task;

import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs blocking code on other threads than the loop's: asyncio's module {@code threads}. {@code dev.weft.Asyncio} has
 * the same functions.
 */
public final class Threads {

  private Threads() {}

  /**
   * Runs blocking code on the default executor, in a copy of the caller's context, and waits for it
   * ({@code to_thread}). A cancellation does not stop code that has begun; its result is dropped. Suspends. Loop thread
   * only.
   *
   * @param code the blocking code
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it; not wrapped
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task, or the default executor is shut down
   */
  public static <T extends @Nullable Object, E extends Exception> T toThread(
      ThrowingCallable<? extends T, E> code) throws E {
    Objects.requireNonNull(code, "code");
    Context context = Context.copyContext();
    return EventLoop.getRunningLoop().<T>runInExecutor(() -> context.run(code)).await();
  }

  /**
   * Runs blocking code that returns nothing on the default executor, in a copy of the caller's context, and waits for
   * it ({@code to_thread}). A cancellation does not stop code that has begun. Suspends. Loop thread only.
   *
   * @param code the blocking code
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it; not wrapped
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task, or the default executor is shut down
   */
  public static <E extends Exception> void toThread(ThrowingRunnable<E> code) throws E {
    Objects.requireNonNull(code, "code");
    toThread(code.asCallable());
  }
}
