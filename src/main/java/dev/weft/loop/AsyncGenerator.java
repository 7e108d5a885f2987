package dev.weft.loop;

import java.lang.ref.Reference;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An iterator whose body creates the values one by one, when a task asks for them: Python's asynchronous generator. The
 * body may suspend.
 *
 * <pre>{@code
 * try (var lines = AsyncGenerator.<String>of(out -> {
 *   try (var connection = openConnection(host, port)) {
 *     for (String line : connection.reader().lines()) {
 *       out.yield(line);
 *     }
 *   }
 * })) {
 *   for (String line : lines) {
 *     System.out.println(line);
 *   }
 * }
 * }</pre>
 *
 * <p>The body runs in a task of its own, in a copy of the context of the first {@link #next}.
 * {@link EventLoop#allTasks} does not list that task. The body runs only while a task waits in {@code next}. In between
 * it is suspended in {@code yield}. Cancelling the task that waits in {@code next} cancels the body's wait. Code that
 * does not iterate to the end should {@link #close} the generator. Otherwise the loop closes it when the generator is
 * collected or the {@link Runner} is closed.
 *
 * <p>A generator belongs to the loop of the first {@code next}. Loop thread only.
 *
 * @param <T> the type of the values
 */
public final class AsyncGenerator<T extends @Nullable Object>
    implements Iterator<T>, Iterable<T>, AutoCloseable {

  /**
   * The code that creates the values.
   *
   * @param <T> the type of the values
   */
  @FunctionalInterface
  public interface Body<T extends @Nullable Object> {

    /**
     * Creates the values. The generator ends when this method returns. May suspend. Runs in a task.
     *
     * @param out takes the values
     * @throws Exception if the work fails; {@code next} throws it
     */
    void run(Yielder<T> out) throws Exception;
  }

  /**
   * Takes a generator's values from its body.
   *
   * @param <T> the type of the values
   */
  public sealed interface Yielder<T extends @Nullable Object> permits GeneratorState {

    /**
     * Passes a value to the task that asked for it ({@code yield}). Suspends until a task asks for another value. Only
     * the generator's body may call this.
     *
     * @param value the value; may be null
     * @throws GeneratorExit if the generator is closed instead
     * @throws IllegalStateException if the caller is not the generator's body
     */
    void yield(T value);
  }

  private final GeneratorState<T> state;
  private @Nullable Object next = GeneratorState.NONE;

  private AsyncGenerator(Body<T> body) {
    state = new GeneratorState<>(body);
  }

  /**
   * Creates a generator. Its body begins when a task asks for the first value. Never suspends. Any thread.
   *
   * @param body creates the values
   * @param <T> the type of the values
   * @return the generator, which the caller closes
   */
  public static <T extends @Nullable Object> AsyncGenerator<T> of(Body<T> body) {
    return new AsyncGenerator<>(Objects.requireNonNull(body, "body"));
  }

  /**
   * Returns whether there is another value, which the body creates if needed. Suspends and throws as {@link #next}
   * does. Loop thread only.
   *
   * @return false if the body has ended
   */
  @Override
  public boolean hasNext() {
    try {
      if (next == GeneratorState.NONE) {
        next = state.next(this);
      }
      return next != GeneratorState.NONE;
    } finally {
      Reference.reachabilityFence(this); // a waiting caller still uses the generator
    }
  }

  /**
   * Returns the next value ({@code anext}). Suspends until the body yields it. Loop thread only.
   *
   * @return the value
   * @throws NoSuchElementException if the body has ended
   * @throws CancelledError if the calling task is cancelled and the body does not catch it
   * @throws IllegalStateException if another task waits for a value, or the caller is not a task
   */
  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // the value is a T
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Object value = next;
    next = GeneratorState.NONE;
    return (T) value;
  }

  /**
   * Returns this generator, for {@code for} statements. Never suspends. Any thread.
   *
   * @return this generator
   */
  @Override
  public Iterator<T> iterator() {
    return this;
  }

  /**
   * Ends the body and waits for its end ({@code aclose}). In the body, {@code yield} throws a {@link GeneratorExit}.
   * This method throws what the body then throws. Idempotent. Suspends unless the body has not begun or has ended. Loop
   * thread only.
   *
   * @throws IllegalStateException if the body yields once more, or a task waits for a value
   * @throws CancelledError if the calling task is cancelled and the body does not catch it
   * @throws NoSuchElementException if the body yielded once more when it was closed before
   */
  @Override
  public void close() {
    try {
      next = GeneratorState.NONE;
      state.close();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public String toString() {
    return "AsyncGenerator[" + state + "]";
  }
}
