package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/**
 * A function that may throw checked exceptions. It is a consumer as well, so that the compiler takes {@code scope ->
 * fetch(scope)} for a function where both are allowed.
 *
 * @param <A> the type of the value, for instance a scope
 * @param <T> the type of the result
 * @param <E> the type of the checked exceptions; the compiler infers {@link RuntimeException} if there are none
 */
@FunctionalInterface
public interface ThrowingFunction<A, T extends @Nullable Object, E extends Exception>
    extends ThrowingConsumer<A, E> {

  /**
   * Runs the code. Suspends if the code does.
   *
   * @param value the value
   * @return the result
   * @throws E if it fails
   */
  T apply(A value) throws E;

  @Override
  default void accept(A value) throws E {
    apply(value);
  }
}
