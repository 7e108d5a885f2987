package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The end of a future as a value: an element of asyncio's {@code gather(return_exceptions=True)}. Any thread may use
 * it. Its methods never suspend.
 *
 * @param <T> the type of the result
 */
public final class Outcome<T extends @Nullable Object> {

  private final @Nullable T result;
  private final boolean cancelled;
  private final @Nullable String cancelMessage;
  // After a cancellation, the first use creates it, in any thread: few programs use it, and an
  // error costs more than a
  // task.
  private volatile @Nullable Throwable failure;

  private Outcome(
      @Nullable T result,
      @Nullable Throwable failure,
      boolean cancelled,
      @Nullable String cancelMessage) {
    this.result = result;
    this.failure = failure;
    this.cancelled = cancelled;
    this.cancelMessage = cancelMessage;
  }

  /** Returns the outcome of a future that is done. The future's failure counts as retrieved. */
  static <T extends @Nullable Object> Outcome<T> of(Future<? extends T> done) {
    Throwable failure = failureOf(done);
    return new Outcome<T>(failure == null ? done.result() : null, failure, false, null);
  }

  /**
   * Returns the outcome of a cancelled future.
   *
   * @param message the message of the error; null for none
   */
  static <T extends @Nullable Object> Outcome<T> cancelled(@Nullable String message) {
    return new Outcome<T>(null, null, true, message);
  }

  /**
   * Returns the failure of a future that is done, a {@code CancelledError} if it was cancelled, or null if it has a
   * result.
   */
  static @Nullable Throwable failureOf(Future<?> done) {
    try {
      return done.exception().orElse(null);
    } catch (CancelledError cancelled) {
      return cancelled;
    }
  }

  /**
   * Returns the result, or throws the failure, unwrapped, checked or not. Never suspends. Any thread.
   *
   * @return the result; null if that is the result
   * @throws CancelledError if the future was cancelled
   */
  @SuppressWarnings("NullAway") // without a failure, the result is a T
  public T get() {
    Throwable thrown = failureOrNull();
    if (thrown != null) {
      throw Failures.rethrow(thrown);
    }
    return result;
  }

  /**
   * Returns the failure. Never suspends. Any thread.
   *
   * @return the failure, or a {@link CancelledError} if the future was cancelled; empty if there is a result
   */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failureOrNull());
  }

  private @Nullable Throwable failureOrNull() {
    if (cancelled && failure == null) {
      synchronized (this) { // all readers get the same error
        if (failure == null) {
          failure = new CancelledError(cancelMessage);
        }
      }
    }
    return failure;
  }

  @Override
  public String toString() {
    Throwable seen = failureOrNull();
    return seen == null ? "Outcome[" + result + "]" : "Outcome[failed with " + seen + "]";
  }
}
