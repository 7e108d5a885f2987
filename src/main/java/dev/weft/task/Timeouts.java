package dev.weft.task;

import dev.weft.loop.CallGraph;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingConsumer;
import dev.weft.loop.ThrowingFunction;
import dev.weft.loop.ThrowingRunnable;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Time limits: asyncio's {@code timeout}, {@code timeout_at} and {@code wait_for}. {@code dev.weft.Asyncio} has the
 * same functions.
 */
public final class Timeouts {

  private Timeouts() {}

  /**
   * Runs code and cancels it if it takes longer than a time ({@code async with timeout(delay)}). Suspends if the body
   * does. Loop thread only.
   *
   * @param delay how long the body may take
   * @param body gets the timeout, which can move the deadline
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return what the body returns
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object, E extends Exception> T timeout(
      Duration delay, ThrowingFunction<Timeout, ? extends T, E> body) throws E, TimeoutException {
    return Timeout.runFor("timeout", Objects.requireNonNull(delay, "delay"), body);
  }

  /**
   * Runs code that returns nothing and cancels it if it takes longer than a time ({@code async with timeout(delay)}).
   * Suspends if the body does. Loop thread only.
   *
   * @param delay how long the body may take
   * @param body gets the timeout, which can move the deadline
   * @param <E> the type of the body's checked exceptions
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeout(
      Duration delay, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    timeout(delay, Objects.requireNonNull(body, "body").asFunction());
  }

  /**
   * Runs code and cancels it at a time ({@code async with timeout_at(when)}). Suspends if the body does. Loop thread
   * only.
   *
   * @param when the deadline by the loop's {@code time}, in nanoseconds; empty for none until the body sets one
   * @param body gets the timeout, which can move the deadline
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return what the body returns
   * @throws E if the body throws it
   * @throws TimeoutException if the time comes before the body has ended
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object, E extends Exception> T timeoutAt(
      OptionalLong when, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    return Timeout.runUntil("timeoutAt", Objects.requireNonNull(when, "when"), body);
  }

  /**
   * Runs code that returns nothing and cancels it at a time ({@code async with timeout_at(when)}). Suspends if the body
   * does. Loop thread only.
   *
   * @param when the deadline by the loop's {@code time}, in nanoseconds; empty for none until the body sets one
   * @param body gets the timeout, which can move the deadline
   * @param <E> the type of the body's checked exceptions
   * @throws E if the body throws it
   * @throws TimeoutException if the time comes before the body has ended
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeoutAt(
      OptionalLong when, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    timeoutAt(when, Objects.requireNonNull(body, "body").asFunction());
  }

  /**
   * Waits for a future, but no longer than a time ({@code wait_for}). When the time is over, the call cancels the
   * future and waits for its end. Suspends unless the future is done. Loop thread only.
   *
   * @param future the future
   * @param timeout how long to wait at most
   * @param <T> the type of the result
   * @return the future's result; a failure is thrown unwrapped
   * @throws TimeoutException if the time is over before the future is done
   * @throws CancelledError if the calling task or the future is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object> T waitFor(Future<T> future, Duration timeout)
      throws TimeoutException {
    Objects.requireNonNull(future, "future");
    if (isOver(timeout)) {
      return orCancel(future, timeout);
    }
    return Timeout.runFor("waitFor", timeout, scope -> future.await());
  }

  /**
   * Runs a coroutine in the calling task, but no longer than a time ({@code wait_for}). Suspends if the coroutine does.
   * Loop thread only.
   *
   * @param coroutine the code
   * @param timeout how long the coroutine may take; with zero or less it does not run at all
   * @param <T> the type of the result
   * @param <E> the type of the coroutine's checked exceptions
   * @return what the coroutine returns
   * @throws E if the coroutine throws it
   * @throws TimeoutException if the time is over before the coroutine has ended
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object, E extends Exception> T waitFor(
      ThrowingCallable<? extends T, E> coroutine, Duration timeout) throws E, TimeoutException {
    Objects.requireNonNull(coroutine, "coroutine");
    if (isOver(timeout)) {
      return orCancel(Timeout.currentTask().getLoop().<T>createTask(coroutine), timeout);
    }
    return Timeout.runFor("waitFor", timeout, scope -> coroutine.call());
  }

  /**
   * Runs a coroutine that returns nothing in the calling task, but no longer than a time ({@code wait_for}). Suspends
   * if the coroutine does. Loop thread only.
   *
   * @param coroutine the code
   * @param timeout how long the coroutine may take; with zero or less it does not run at all
   * @param <E> the type of the coroutine's checked exceptions
   * @throws E if the coroutine throws it
   * @throws TimeoutException if the time is over before the coroutine has ended
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <E extends Exception> void waitFor(ThrowingRunnable<E> coroutine, Duration timeout)
      throws E, TimeoutException {
    waitFor(Objects.requireNonNull(coroutine, "coroutine").asCallable(), timeout);
  }

  private static boolean isOver(Duration timeout) {
    return Objects.requireNonNull(timeout, "timeout").compareTo(Duration.ZERO) <= 0;
  }

  /** Returns the result of a future that is done. Cancels any other future and waits for its end. */
  private static <T extends @Nullable Object> T orCancel(Future<T> future, Duration timeout)
      throws TimeoutException {
    Task<?> task = Timeout.currentTask();
    if (future.done()) {
      return future.await();
    }
    Future<@Nullable Void> ended = task.getLoop().createFuture();
    future.addDoneCallback(done -> {
      if (!ended.done()) {
        ended.setResult(null);
      }
    });
    future.cancel();
    CallGraph.futureAddToAwaitedBy(future, task);
    try {
      ended.await();
    } finally {
      CallGraph.futureDiscardFromAwaitedBy(future, task);
    }
    try {
      return future.await();
    } catch (CancelledError cancelled) {
      throw (TimeoutException) Timeout.timedOut("waitFor", timeout).initCause(cancelled);
    }
  }
}
