package dev.weft.loop;

import java.util.concurrent.Callable;

/**
 * A callable that keeps the type of its exceptions, so that who calls it need not catch {@link Exception}.
 *
 * @param <T> the type of the result
 * @param <E> the type of the checked exceptions; the compiler infers {@link RuntimeException} if there are none
 */
@FunctionalInterface
public interface ThrowingCallable<T, E extends Exception> extends Callable<T> {

  /**
   * Does the work.
   *
   * @throws E if it fails
   */
  @Override
  T call() throws E;
}
