package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/*
 * A method that takes a callable as well, and does not throw what the code throws, takes a runnable by a type parameter:
 * `<R extends ThrowingRunnable<?>>`. To Java, this changes nothing. Kotlin takes a lambda for a runnable where it can, and
 * loses its value. It does not convert a lambda to a type parameter, so it takes the callable.
 */

/**
 * Code that returns nothing and may throw checked exceptions.
 *
 * @param <E> the type of the checked exceptions; the compiler infers {@link RuntimeException} if there are none
 */
@FunctionalInterface
public interface ThrowingRunnable<E extends Exception> {

  /**
   * Runs the code. Suspends if the code does.
   *
   * @throws E if it fails
   */
  void run() throws E;

  /**
   * Returns this code as a callable that returns null. Never suspends. Any thread.
   *
   * @return the callable
   */
  default ThrowingCallable<@Nullable Void, E> asCallable() {
    return new Procedure<>(this);
  }
}
