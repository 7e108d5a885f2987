package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/**
 * A {@link ThrowingRunnable} as a callable that returns null. It is a class, so that {@link CallGraph} recognises its
 * frame on a task's stack.
 *
 * @param <E> the type of the checked exceptions
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
