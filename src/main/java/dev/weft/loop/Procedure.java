package dev.weft.loop;

import java.util.concurrent.Callable;

/**
 * A {@link ThrowingRunnable} as a callable.
 *
 * @param <T> of a result that is null; unbound, so that there is one {@code call}, and one frame of it on a task's stack
 */
final class Procedure<T> implements Callable<T> {

  private final ThrowingRunnable body;

  Procedure(ThrowingRunnable body) {
    this.body = body;
  }

  @Override
  public T call() throws Exception {
    body.run();
    return null;
  }
}
