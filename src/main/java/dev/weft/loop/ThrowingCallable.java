package dev.weft.loop;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A callable that declares the type of its exceptions, so that its caller need not catch {@link Exception}. It is a
 * {@link ThrowingRunnable} as well, so that the compiler takes {@code () -> fetch()} for a callable where both are
 * allowed. A {@link Callable} becomes one by {@code callable::call}.
 *
 * @param <T> the type of the result
 * @param <E> the type of the checked exceptions; the compiler infers {@link RuntimeException} if there are none
 */
@FunctionalInterface
public interface ThrowingCallable<T extends @Nullable Object, E extends Exception>
    extends Callable<T>, ThrowingRunnable<E> {

  /**
   * Runs the code. Suspends if the code does.
   *
   * @return the result
   * @throws E if it fails
   */
  @Override
  T call() throws E;

  @Override
  default void run() throws E {
    call();
  }
}
