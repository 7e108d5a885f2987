package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/*
 * Some methods have an overload for callables and do not throw what the code throws. Such a method takes a runnable
 * through a type parameter: `<R extends ThrowingRunnable<?>>`. For Java this makes no difference. Kotlin converts a
 * lambda to a runnable where it can, and loses its value. Kotlin does not convert a lambda to a type parameter, so it
 * selects the overload for callables.
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
