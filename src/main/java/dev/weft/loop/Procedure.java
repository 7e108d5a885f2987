package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/**
 * A {@link ThrowingRunnable} as a callable.
 *
 * @param <T> of a result that is null; unbound, so that there is one {@code call}, and one frame of it on a task's stack
 */
final class Procedure<E extends Exception> implements ThrowingCallable<@Nullable Void, E> {

  private final ThrowingRunnable<E> body;

  Procedure(ThrowingRunnable<E> body) {
    this.body = body;
  }

  @Override
  public @Nullable Void call() throws E {
    body.run();
    return null;
  }
}
