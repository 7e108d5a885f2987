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

/**
 * A stretch of a task's code that can be cancelled as a whole and stays cancelled: the cancel scope of trio and
 * anyio, which asyncio lacks.
 *
 * <p>While a scope is cancelled, <em>every</em> wait in it throws {@link CancelledError}, not only the first: code
 * that catches the error and waits again cannot get stuck. A blocking call of the JDK is interrupted; one that
 * waits again and again without heeding that is interrupted at intervals only. A wait that is over already when
 * the scope is cancelled keeps its outcome, as the next one will be cancelled anyway. The error ends at the scope,
 * which returns normally. Cleaning up that waits needs a {@link #shielded} scope:
 *
 * <pre>{@code
 * Optional<Page> page = moveOnAfter(Duration.ofSeconds(2), scope -> {
 *     Connection connection = openConnection(host, port);
 *     try {
 *         return fetch(connection);
 *     } finally {
 *         shielded(() -> sayGoodbye(connection));
 *     }
 * });
 * }</pre>
 *
 * <p>A scope is its task's alone. A {@link TaskGroup} in it is cancelled with it and waits for its children, each
 * of which gets one {@link Task#cancel}, as ever. A scope does not count in {@link Task#cancelling}. A {@code
 * Task.cancel} passes through shields, and leaves a scope also if that is cancelled, too; so does the error that a
 * scope further out has caused.
 *
 * <p>Used once. Belongs to its loop's thread, but any task and callback there may cancel it.
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
  private BaseEventLoop loop;
  private Handle timer;

  /** A scope that is not entered yet, without a deadline and a shield. */
  public CancelScope() {}

  // ---- common uses

  /**
   * Runs code that is cancelled after a time, and then goes on ({@code move_on_after} of trio and anyio). With a
   * time of zero or less the first wait is cancelled. Suspends if the body does.
   *
   * @return the body's result, also if it comes too late; empty if the body was cancelled, or has returned null
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> Optional<T> moveOnAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    Objects.requireNonNull(body, "body");
    return after(delay).run(body);
  }

  /**
   * As {@link #moveOnAfter(Duration, ThrowingFunction)}, for code that returns nothing.
   *
   * @return whether the code has come to its end; false if it was cancelled
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
   * As {@link #moveOnAfter(Duration, ThrowingConsumer)}, for code that does not need the scope.
   *
   * @return whether the code has come to its end; false if it was cancelled
   * @throws E if the code throws it
   */
  public static <E extends Exception> boolean moveOnAfter(Duration delay, ThrowingRunnable<E> code)
      throws E {
    Objects.requireNonNull(code, "code");
    return moveOnAfter(delay, (CancelScope scope) -> {
      code.run();
    });
  }

  /**
   * Runs code that is cancelled after a time ({@code fail_after} of trio and anyio). Unlike {@link
   * Timeouts#timeout}, it stays cancelled. Suspends if the body does.
   *
   * @return the body's result, also if it comes too late
   * @throws TimeoutException if the body was cancelled, be it by {@link #cancel}
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> T failAfter(
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
   * As {@link #failAfter(Duration, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the body was cancelled, be it by {@link #cancel}
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
   * Runs a body in this scope. Suspends if the body does.
   *
   * @return the body's result; empty if this scope has cancelled it, or it has returned null
   * @throws CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task, or the scope was run before
   */
  public <T, E extends Exception> Optional<T> run(
      ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    return Optional.ofNullable(call(Objects.requireNonNull(body, "body")));
  }

  /** Returns the body's result, or null if it is cancelled. */
  private <T, E extends Exception> T call(ThrowingFunction<CancelScope, ? extends T, E> body)
      throws E {
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
   * Cancels the scope, for good; before it is entered, from its beginning; after its end without effect.
   * Idempotent. Never suspends.
   */
  public void cancel() {
    if (state != State.FINISHED && !isCancelled()) {
      cancelRegion();
      cancelTimer();
    }
  }

  /** Whether the scope is cancelled, by {@link #cancel} or at its deadline. */
  public boolean cancelCalled() {
    return isCancelled();
  }

  /** Whether the scope has ended by the error that it has caused itself. */
  public boolean cancelledCaught() {
    return caught;
  }

  /** The deadline by the loop's time, in nanoseconds; empty if there is none. */
  public OptionalLong deadline() {
    return deadline;
  }

  /**
   * Moves the deadline. One that is past cancels the scope at once, or when it is entered.
   *
   * @param when by the loop's time, in nanoseconds
   * @throws IllegalStateException if the scope is cancelled or has ended
   */
  public void reschedule(long when) {
    schedule(OptionalLong.of(when));
  }

  /**
   * Takes the deadline away.
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

  /** Whether the cancellation of scopes around this one is kept from the code in it. */
  public boolean shield() {
    return isShielded();
  }

  /**
   * Keeps the cancellation of scopes around this one from the code in it, or no longer: then a wait is cancelled
   * at once if a scope around is. Its own cancellation and {@link Task#cancel} come through a shield. Never
   * suspends.
   */
  public void setShield(boolean shield) {
    setShielded(shield);
  }

  /** Whether the next wait of the calling task will be cancelled by a scope around it. */
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
