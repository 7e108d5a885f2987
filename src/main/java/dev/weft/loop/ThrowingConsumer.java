package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/**
 * Code that takes a value, returns nothing and may throw checked exceptions.
 *
 * @param <A> the type of the value, for instance a scope
 * @param <E> the type of the checked exceptions; the compiler infers {@link RuntimeException} if there are none
 */
@FunctionalInterface
public interface ThrowingConsumer<A, E extends Exception> {

  /**
   * Runs the code. Suspends if the code does.
   *
   * @param value the value
   * @throws E if it fails
   */
  void accept(A value) throws E;

  /**
   * Returns this code as a function that returns null. Never suspends. Any thread.
   *
   * @return the function
   */
  default ThrowingFunction<A, @Nullable Void, E> asFunction() {
    return value -> {
      accept(value);
      return null;
    };
  }
}
