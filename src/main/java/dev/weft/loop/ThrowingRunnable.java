package dev.weft.loop;

/**
 * Code that returns nothing and may throw checked exceptions.
 *
 * <p>Methods that do not throw the code's exceptions have a type parameter for them as well. Kotlin takes every lambda for
 * this type if it may, and loses the lambda's result. As it cannot infer the parameter, it refuses instead.
 *
 * @param <E> the type of the checked exceptions; the compiler infers {@link RuntimeException} if there are none
 */
@FunctionalInterface
public interface ThrowingRunnable<E extends Exception> {

  /**
   * Does the work.
   *
   * @throws E if it fails
   */
  void run() throws E;

  /** The same as a callable, whose result is null. */
  default ThrowingCallable<Void, E> asCallable() {
    return new Procedure<>(this);
  }
}
