package dev.weft.loop;

/**
 * A {@link ThrowingRunnable} as a callable.
 *
 * @param <T> of a result that is null; unbound, so that there is one {@code call}, and one frame of it on a task's stack
 */
final class Procedure<T, E extends Exception> implements ThrowingCallable<T, E> {

  private final ThrowingRunnable<E> body;

  Procedure(ThrowingRunnable<E> body) {
    this.body = body;
  }

  @Override
  public T call() throws E {
    body.run();
    return null;
  }
}
