package dev.weft.task;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Handle;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingFunction;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/*
 * At the deadline the timeout cancels its own task. When the error leaves the body, the timeout takes that one request
 * back. If there was no other request meanwhile, the cancellation was the timeout's own and becomes a TimeoutException.
 * A cancellation by other code, or by an outer scope, wins over the timeout.
 */

/**
 * A time limit for a part of a task's code: asyncio's {@code Timeout}.
 *
 * <pre>{@code
 * try {
 *   timeout(Duration.ofSeconds(2), scope -> {
 *     fetch(host);
 *     scope.reschedule(getRunningLoop().time() + Duration.ofSeconds(5).toNanos());
 *     fetch(otherHost);
 *   });
 * } catch (TimeoutException late) {
 *   System.out.println("too slow");
 * }
 * }</pre>
 *
 * <p>At the deadline the timeout cancels its task once. When the error leaves the code, the timeout turns it into a
 * {@link TimeoutException}. {@link Timeouts} creates these objects. Loop thread only.
 */
public final class Timeout {

  private enum State {
    ENTERED,
    EXPIRING,
    EXPIRED,
    FINISHED
  }

  private final BaseEventLoop loop;
  private final String what; // the function that the program has called
  private final long entered;
  private final Task<?> task;
  private final int cancellingBefore;
  private State state = State.ENTERED;
  private OptionalLong when = OptionalLong.empty();
  private @Nullable Handle timer;

  private Timeout(String what, Task<?> task, long entered) {
    this.what = what;
    this.entered = entered;
    this.task = task;
    this.loop = (BaseEventLoop) task.getLoop();
    this.cancellingBefore = task.cancelling();
  }

  /**
   * Runs a body until a deadline.
   *
   * @param what the function that the program has called, for the message
   */
  static <T extends @Nullable Object, E extends Exception> T runUntil(
      String what, OptionalLong when, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    Task<?> task = currentTask();
    return run(new Timeout(what, task, task.getLoop().time()), when, body);
  }

  /**
   * Runs a body for a time.
   *
   * @param what the function that the program has called, for the message
   */
  static <T extends @Nullable Object, E extends Exception> T runFor(
      String what, Duration delay, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    Task<?> task = currentTask();
    long now = task.getLoop().time();
    return run(new Timeout(what, task, now), OptionalLong.of(now + nanos(delay)), body);
  }

  private static <T extends @Nullable Object, E extends Exception> T run(
      Timeout scope, OptionalLong when, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    Objects.requireNonNull(body, "body");
    scope.schedule(when);
    T result;
    try {
      result = body.apply(scope);
    } catch (Throwable error) {
      scope.exit(error);
      throw Failures.rethrow(error);
    }
    scope.exit(null);
    return result;
  }

  /** Creates the exception for a time that is over. */
  static TimeoutException timedOut(String what, Duration limit) {
    long nanos = Math.max(0, nanos(limit));
    String seconds = BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    return new TimeoutException(
        "timed out after " + seconds + " s (" + what + " in " + currentTask().getName() + ")");
  }

  static Task<?> currentTask() {
    return Task.current()
        .orElseThrow(() -> new IllegalStateException(
            "Timeout should be used inside a task, not in " + Thread.currentThread()));
  }

  static OptionalLong deadline(Duration delay) {
    return OptionalLong.of(currentTask().getLoop().time() + nanos(delay));
  }

  static long nanos(Duration delay) {
    long days = delay.toDays(); // a century counts as for ever and does not overflow
    return days > 36_500
        ? Long.MAX_VALUE / 2
        : days < -36_500 ? Long.MIN_VALUE / 2 : delay.toNanos();
  }

  /**
   * Returns the deadline ({@code when}). Never suspends. Loop thread only.
   *
   * @return the deadline by the loop's {@code time}, in nanoseconds; empty if there is none
   */
  public OptionalLong when() {
    return when;
  }

  /**
   * Sets or moves the deadline ({@code reschedule}). With a deadline in the past, the timeout expires in the next turn.
   * Never suspends. Loop thread only.
   *
   * @param when the deadline by the loop's {@code time}, in nanoseconds
   * @throws IllegalStateException if the timeout has expired or its code has ended
   */
  public void reschedule(long when) {
    schedule(OptionalLong.of(when));
  }

  /**
   * Removes the deadline ({@code reschedule(None)}). Never suspends. Loop thread only.
   *
   * @throws IllegalStateException if the timeout has expired or its code has ended
   */
  public void disable() {
    schedule(OptionalLong.empty());
  }

  /**
   * Returns whether the timeout has expired ({@code expired}). Never suspends. Loop thread only.
   *
   * @return true from the moment at which the timeout cancels its task
   */
  public boolean expired() {
    return state == State.EXPIRING || state == State.EXPIRED;
  }

  private void schedule(OptionalLong deadline) {
    if (state != State.ENTERED) {
      throw new IllegalStateException(
          "Cannot change state of " + state.name().toLowerCase(Locale.ROOT) + " Timeout");
    }
    when = deadline;
    cancelTimer();
    if (deadline.isPresent()) {
      long now = loop.time();
      long due = BaseEventLoop.comparable(deadline.getAsLong(), now);
      timer = due - now <= 0
          ? loop.callPassedDeadline(this::expire)
          : loop.callDeadline(due, this::expire);
    }
  }

  private void expire() {
    task.cancel();
    state = State.EXPIRING;
    timer = null;
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /**
   * Leaves the timeout.
   *
   * @param error the failure of the body; null if the body returned
   * @throws TimeoutException in place of the cancellation that this timeout caused
   */
  private void exit(@Nullable Throwable error) throws TimeoutException {
    cancelTimer();
    if (state == State.ENTERED) {
      state = State.FINISHED;
      return;
    }
    state = State.EXPIRED;
    boolean cancelled =
        CancelledError.isCancellation(error); // before uncancel clears the interrupt
    if (task.uncancel() > cancellingBefore || error == null || CancelScope.isCurrentCancelled()) {
      return;
    }
    TimeoutException timeout = timedOut(what, Duration.ofNanos(when.orElse(entered) - entered));
    if (cancelled) {
      timeout.initCause(error);
      throw timeout;
    }
    error.addSuppressed(timeout);
  }
}
