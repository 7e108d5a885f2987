package dev.weft.loop;

import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * Values made one by one, when they are asked for, by code that may suspend: Python's asynchronous
 * generator.
 *
 * <pre>{@code
 * try (var lines = AsyncGenerator.<String>of(out -> {
 *     try (var connection = openConnection(host, port)) {
 *         for (String line : connection.reader().lines()) {
 *             out.yield(line);
 *         }
 *     }
 * })) {
 *     for (String line : lines) { ... }
 * }
 * }</pre>
 *
 * <p>The body runs in a task of its own, which {@link EventLoop#allTasks} does not list, in a copy of the
 * context of the first {@link #next}; only while someone waits in {@code next}, and it stands still in
 * {@code yield} between two of them. Cancelling the task that waits in {@code next} cancels what the body
 * waits for. Whoever does not iterate to the end should {@link #close}; otherwise the loop does, when the
 * generator is collected or the {@link Runner} closed.
 *
 * <p>Belongs to the loop of the first {@code next}.
 *
 * @param <T> the type of the values
 */
public final class AsyncGenerator<T> implements Iterator<T>, Iterable<T>, AutoCloseable {

  /**
   * What makes the values.
   *
   * @param <T> the type of the values
   */
  @FunctionalInterface
  public interface Body<T> {

    /**
     * Makes the values. Returning ends the generator.
     *
     * @param out takes them
     * @throws Exception what {@code next} is to throw
     */
    void run(Yielder<T> out) throws Exception;
  }

  /**
   * Takes a generator's values from its body.
   *
   * @param <T> the type of the values
   */
  public sealed interface Yielder<T> permits Production {

    /**
     * Hands a value to the one who asked for it ({@code yield}). Suspends until another is asked for.
     *
     * @throws GeneratorExit if the generator is closed instead
     * @throws IllegalStateException if the caller is not the generator's body
     */
    void yield(T value);
  }

  private final Production<T> production;
  private Object next = Production.NONE;

  private AsyncGenerator(Body<T> body) {
    production = new Production<>(body);
  }

  /** A generator; its body begins when the first value is asked for. Never suspends. */
  public static <T> AsyncGenerator<T> of(Body<T> body) {
    return new AsyncGenerator<>(Objects.requireNonNull(body, "body"));
  }

  /**
   * Whether there is another value; has the body make it. Suspends as {@link #next} does, and throws what
   * it throws.
   */
  @Override
  public boolean hasNext() {
    try {
      if (next == Production.NONE) {
        next = production.next(this);
      }
      return next != Production.NONE;
    } finally {
      Reference.reachabilityFence(this); // who waits has not dropped it
    }
  }

  /**
   * The next value ({@code anext}). Suspends until the body has yielded it.
   *
   * @throws NoSuchElementException if the body has ended
   * @throws CancelledError if the calling task is cancelled, and the body lets it pass
   * @throws IllegalStateException if another task waits for a value, or the caller is not a task
   */
  @Override
  @SuppressWarnings("unchecked")
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Object value = next;
    next = Production.NONE;
    return (T) value;
  }

  /** Itself. */
  @Override
  public Iterator<T> iterator() {
    return this;
  }

  /**
   * Ends the body, by a {@link GeneratorExit} where it stands in {@code yield}, and waits for its end
   * ({@code aclose}). Throws what the body throws then. Idempotent. Suspends, unless the body has not begun
   * or has ended.
   *
   * @throws IllegalStateException if the body yields once more, or a task waits for a value
   * @throws NoSuchElementException if the body has yielded once more when it was closed before
   */
  @Override
  public void close() {
    try {
      next = Production.NONE;
      production.close();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public String toString() {
    return "AsyncGenerator[" + production + "]";
  }
}
