package dev.weft.task;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.CancelRegion;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Handle;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingConsumer;
import dev.weft.loop.ThrowingFunction;
import dev.weft.loop.ThrowingRunnable;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A part of a task's code that can be cancelled as a whole and stays cancelled: the cancel scope of trio and anyio.
 * Asyncio has no such class.
 *
 * <pre>{@code
 * Optional<Page> page = moveOnAfter(Duration.ofSeconds(2), scope -> {
 *   Connection connection = openConnection(host, port);
 *   try {
 *     return fetch(connection);
 *   } finally {
 *     shielded(() -> sayGoodbye(connection));
 *   }
 * });
 * }</pre>
 *
 * <p>While a scope is cancelled, <em>every</em> wait in it throws {@link CancelledError}, not only the first one. Code
 * that catches the error and waits again does not wait for ever. A blocking call of the JDK is interrupted; if the code
 * then waits in other such calls, it is interrupted again at intervals. A wait that has ended when the scope is
 * cancelled keeps its outcome, and the next wait throws. The error ends at the scope, which returns normally. Cleanup
 * code that waits needs a {@link #shielded} scope, as in the example.
 *
 * <p>A scope belongs to one task. A {@link TaskGroup} inside the scope is cancelled with it, and waits for its
 * children, each of which gets one {@link Task#cancel}. A scope does not count in {@link Task#cancelling}. A
 * {@code Task.cancel} passes through shields, and leaves a scope even if that scope is cancelled too. The error of an
 * outer scope leaves an inner one in the same way.
 *
 * <p>A scope is used once. Loop thread only, but any task or callback of the loop may cancel a scope.
 */
public final class CancelScope extends CancelRegion {

  private enum State {
    CREATED,
    ENTERED,
    FINISHED
  }

  private State state = State.CREATED;
  private boolean caught;
  private OptionalLong deadline = OptionalLong.empty();

  @SuppressWarnings("NullAway.Init") // set by begin
  private BaseEventLoop loop;

  private @Nullable Handle timer;

  /** Creates a scope without a deadline and without a shield, which {@link #run} enters. Any thread. Never suspends. */
  public CancelScope() {}

  // ---- common uses

  /**
   * Runs code, cancels it if it takes longer than a time, and then continues ({@code move_on_after} of trio and anyio).
   * Asyncio has no such function. Suspends if the body does. Loop thread only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return the body's result, even if it comes too late; empty if the body was cancelled or returned null
   * @throws E if the body throws it
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> Optional<T> moveOnAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    Objects.requireNonNull(body, "body");
    return after(delay).run(body);
  }

  /**
   * Runs code that returns nothing, cancels it if it takes longer than a time, and then continues
   * ({@code move_on_after} of trio and anyio). Asyncio has no such function. Suspends if the body does. Loop thread
   * only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope
   * @param <E> the type of the body's checked exceptions
   * @return whether the body ran to its end; false if it was cancelled
   * @throws E if the body throws it
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> boolean moveOnAfter(
      Duration delay, ThrowingConsumer<CancelScope, E> body) throws E {
    Objects.requireNonNull(body, "body");
    CancelScope scope = after(delay);
    scope.call(body.asFunction());
    return !scope.caught;
  }

  /**
   * Runs code that does not need the scope, cancels it if it takes longer than a time, and then continues
   * ({@code move_on_after} of trio and anyio). Asyncio has no such function. Suspends if the code does. Loop thread
   * only.
   *
   * @param delay how long the code may take; with zero or less its first wait is cancelled
   * @param code the code
   * @param <E> the type of the code's checked exceptions
   * @return whether the code ran to its end; false if it was cancelled
   * @throws E if the code throws it
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <E extends Exception> boolean moveOnAfter(Duration delay, ThrowingRunnable<E> code)
      throws E {
    Objects.requireNonNull(code, "code");
    return moveOnAfter(delay, (CancelScope scope) -> {
      code.run();
    });
  }

  /**
   * Runs code and cancels it if it takes longer than a time ({@code fail_after} of trio and anyio). Unlike with {@link
   * Timeouts#timeout}, the code stays cancelled. Asyncio has no such function. Suspends if the body does. Loop thread
   * only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return the body's result, even if it comes too late
   * @throws E if the body throws it
   * @throws TimeoutException if the body was cancelled, by the deadline or by {@link #cancel}
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object, E extends Exception> @Nullable T failAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body)
      throws E, TimeoutException {
    Objects.requireNonNull(body, "body");
    CancelScope scope = after(delay);
    long entered = scope.deadline.getAsLong() - Timeout.nanos(delay);
    T result = scope.call(body);
    if (scope.caught) {
      throw scope.failed(entered);
    }
    return result;
  }

  /**
   * Runs code that returns nothing and cancels it if it takes longer than a time ({@code fail_after} of trio and
   * anyio). Unlike with {@link Timeouts#timeout}, the code stays cancelled. Asyncio has no such function. Suspends if
   * the body does. Loop thread only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope
   * @param <E> the type of the body's checked exceptions
   * @throws E if the body throws it
   * @throws TimeoutException if the body was cancelled, by the deadline or by {@link #cancel}
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void failAfter(
      Duration delay, ThrowingConsumer<CancelScope, E> body) throws E, TimeoutException {
    failAfter(delay, Objects.requireNonNull(body, "body").asFunction());
  }

  private TimeoutException failed(long entered) {
    boolean over = deadline.isPresent() && deadline.getAsLong() - loop.time() <= 0;
    return over
        ? Timeout.timedOut("failAfter", Duration.ofNanos(deadline.getAsLong() - entered))
        : new TimeoutException("cancelled before the time was over (failAfter in "
            + Timeout.currentTask().getName() + ")");
  }

  private static CancelScope after(Duration delay) {
    Objects.requireNonNull(delay, "delay");
    if (Task.current().isEmpty()) {
      throw new IllegalStateException(
          "a cancel scope must be used inside a task, not in " + Thread.currentThread());
    }
    var scope = new CancelScope();
    scope.deadline = Timeout.deadline(delay);
    return scope;
  }

  // ---- a scope

  /**
   * Runs a body in this scope. Suspends if the body does. Loop thread only.
   *
   * @param body gets this scope
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return the body's result; empty if this scope cancelled the body, or the body returned null
   * @throws E if the body throws it
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task, or the scope was run before
   */
  public <T, E extends Exception> Optional<T> run(
      ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    return Optional.ofNullable(call(Objects.requireNonNull(body, "body")));
  }

  /** Returns the body's result, or null if it is cancelled. */
  private <T extends @Nullable Object, E extends Exception> @Nullable T call(
      ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    begin();
    T result = null;
    Throwable failure = null;
    try {
      result = body.apply(this);
    } catch (Throwable error) {
      failure = error;
    }
    state = State.FINISHED;
    cancelTimer();
    caught = exit(failure);
    if (failure != null && !caught) {
      throw Failures.rethrow(failure);
    }
    return result;
  }

  private void begin() {
    if (state != State.CREATED) {
      throw new IllegalStateException("the cancel scope has already been entered");
    }
    enter("a cancel scope");
    state = State.ENTERED;
    loop = (BaseEventLoop) EventLoop.getRunningLoop();
    setTimer();
  }

  /**
   * Cancels the scope for good. A scope that is not entered yet is cancelled from its beginning. After the end of the
   * scope the call does nothing. Idempotent. Never suspends. Loop thread only.
   */
  public void cancel() {
    if (state != State.FINISHED && !isCancelled()) {
      cancelRegion();
      cancelTimer();
    }
  }

  /**
   * Returns whether the scope is cancelled, by {@link #cancel} or by its deadline. Never suspends. Loop thread only.
   *
   * @return true even if the body does not notice the cancellation
   */
  public boolean cancelCalled() {
    return isCancelled();
  }

  /**
   * Returns whether the scope's own cancellation ended the body. Never suspends. Loop thread only.
   *
   * @return false while the body runs, and if the body ran to its end
   */
  public boolean cancelledCaught() {
    return caught;
  }

  /**
   * Returns the deadline. Never suspends. Loop thread only.
   *
   * @return the deadline by {@link EventLoop#time}, in nanoseconds; empty if there is none
   */
  public OptionalLong deadline() {
    return deadline;
  }

  /**
   * Sets or moves the deadline. A deadline in the past cancels the scope at once, or when it is entered. Never
   * suspends. Loop thread only.
   *
   * @param when the deadline by {@link EventLoop#time}, in nanoseconds
   * @throws IllegalStateException if the scope is cancelled or has ended
   */
  public void reschedule(long when) {
    schedule(OptionalLong.of(when));
  }

  /**
   * Removes the deadline. Never suspends. Loop thread only.
   *
   * @throws IllegalStateException if the scope is cancelled or has ended
   */
  public void disable() {
    schedule(OptionalLong.empty());
  }

  private void schedule(OptionalLong when) {
    if (state == State.FINISHED || isCancelled()) {
      throw new IllegalStateException("Cannot change the deadline of a "
          + (isCancelled() ? "cancelled" : "finished")
          + " cancel scope");
    }
    checkCanChange();
    cancelTimer();
    deadline = when;
    if (state == State.ENTERED) {
      setTimer();
    }
  }

  private void setTimer() {
    if (deadline.isPresent() && !isCancelled()) {
      long now = loop.time();
      long due = BaseEventLoop.comparable(deadline.getAsLong(), now);
      if (due - now <= 0) {
        cancel();
      } else {
        timer = loop.callDeadline(due, this::cancel);
      }
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /**
   * Returns whether the scope is shielded. Never suspends. Loop thread only.
   *
   * @return true if the cancellation of outer scopes does not reach the code in this one
   */
  public boolean shield() {
    return isShielded();
  }

  /**
   * Switches the shield on or off. Behind a shield, the cancellation of outer scopes does not reach the code in this
   * one; the scope's own cancellation and {@link Task#cancel} do. If an outer scope is cancelled, removing the shield
   * cancels the current wait at once. Never suspends. Loop thread only.
   *
   * @param shield whether to shield the code from the cancellation of outer scopes
   */
  public void setShield(boolean shield) {
    setShielded(shield);
  }

  /** Returns whether a scope around the caller cancels the calling task's next wait. */
  static boolean isCurrentCancelled() {
    return isCurrentReached();
  }

  @Override
  public String toString() {
    return "CancelScope["
        + state.name().toLowerCase(java.util.Locale.ROOT)
        + (isCancelled() ? ", cancelled" : "")
        + (isShielded() ? ", shielded" : "")
        + "]";
  }
}
