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

/** Bounds in time; {@code dev.weft.Asyncio} has the same under asyncio's names. */
public final class Timeouts {

  private Timeouts() {}

  /**
   * Runs code that is cancelled after a time ({@code async with timeout(delay)}). Suspends if the body
   * does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> T timeout(
      Duration delay, ThrowingFunction<Timeout, ? extends T, E> body) throws E, TimeoutException {
    return Timeout.runFor("timeout", Objects.requireNonNull(delay, "delay"), body);
  }

  /**
   * As {@link #timeout(Duration, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeout(
      Duration delay, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    timeout(delay, Objects.requireNonNull(body, "body").asFunction());
  }

  /**
   * Runs code that is cancelled at a time ({@code async with timeout_at(when)}). Suspends if the body
   * does.
   *
   * @param when by the loop's time, in nanoseconds; empty for no limit until the scope sets one
   * @throws E if the body throws it
   * @throws TimeoutException if the time comes before the body has ended
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> T timeoutAt(
      OptionalLong when, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    return Timeout.runUntil("timeoutAt", Objects.requireNonNull(when, "when"), body);
  }

  /**
   * As {@link #timeoutAt(OptionalLong, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeoutAt(
      OptionalLong when, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    timeoutAt(when, Objects.requireNonNull(body, "body").asFunction());
  }

  /**
   * Waits for a future no longer than a time ({@code wait_for}). If it takes longer, the future is
   * cancelled and its end waited for. Suspends, unless the future is done.
   *
   * @throws TimeoutException if the time is over before
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T> T waitFor(Future<T> future, Duration timeout) throws TimeoutException {
    Objects.requireNonNull(future, "future");
    if (isOver(timeout)) {
      return orCancel(future, timeout);
    }
    return Timeout.runFor("waitFor", timeout, scope -> future.await());
  }

  /**
   * Runs a coroutine in the calling task no longer than a time ({@code wait_for}); with a time of zero or
   * less it is not run at all. Suspends if the coroutine does.
   *
   * @throws TimeoutException if the time is over before
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> T waitFor(
      ThrowingCallable<? extends T, E> coroutine, Duration timeout) throws E, TimeoutException {
    Objects.requireNonNull(coroutine, "coroutine");
    if (isOver(timeout)) {
      return orCancel(Timeout.currentTask().getLoop().<T>createTask(coroutine), timeout);
    }
    return Timeout.runFor("waitFor", timeout, scope -> coroutine.call());
  }

  /**
   * As {@link #waitFor(ThrowingCallable, Duration)}, for a coroutine that returns nothing. Suspends if the coroutine
   * does.
   *
   * @throws E if the coroutine throws it
   * @throws TimeoutException if the time is over before
   */
  public static <E extends Exception> void waitFor(ThrowingRunnable<E> coroutine, Duration timeout)
      throws E, TimeoutException {
    waitFor(Objects.requireNonNull(coroutine, "coroutine").asCallable(), timeout);
  }

  private static boolean isOver(Duration timeout) {
    return Objects.requireNonNull(timeout, "timeout").compareTo(Duration.ZERO) <= 0;
  }

  /** The result of a future that is done; cancels any other and waits for the end of it. */
  private static <T> T orCancel(Future<T> future, Duration timeout) throws TimeoutException {
    Task<?> task = Timeout.currentTask();
    if (future.done()) {
      return future.await();
    }
    Future<Void> ended = task.getLoop().createFuture();
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
