package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import java.util.Optional;

/**
 * How a future has ended, as a value: what asyncio's {@code gather} puts into its list with {@code
 * return_exceptions=True}. Never suspends.
 *
 * @param <T> the type of the result
 */
public final class Outcome<T> {

  private final T result;
  private final Throwable failure;

  private Outcome(T result, Throwable failure) {
    this.result = result;
    this.failure = failure;
  }

  /** The outcome of a future that is done; its failure counts as retrieved. */
  static <T> Outcome<T> of(Future<? extends T> done) {
    Throwable failure = failureOf(done);
    return new Outcome<>(failure == null ? done.result() : null, failure);
  }

  static <T> Outcome<T> failed(Throwable failure) {
    return new Outcome<>(null, failure);
  }

  /** What a future that is done has failed with, a {@code CancelledError} if it was cancelled, or null. */
  static Throwable failureOf(Future<?> done) {
    try {
      return done.exception().orElse(null);
    } catch (CancelledError cancelled) {
      return cancelled;
    }
  }

  /**
   * The result, or throws the failure: the very object, checked or not; a {@link CancelledError} if the
   * future was cancelled.
   *
   * @return null if that was the result
   */
  public T get() {
    if (failure != null) {
      throw Failures.rethrow(failure);
    }
    return result;
  }

  /** The failure, a {@link CancelledError} if the future was cancelled; empty if there is a result. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  @Override
  public String toString() {
    return failure == null ? "Outcome[" + result + "]" : "Outcome[failed with " + failure + "]";
  }
}
