package dev.weft.loop;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A callback that waits for a future. It is a handle, which the future enqueues when it is done. */
final class DoneCallback<T extends @Nullable Object> extends Handle {

  private final Future<T> future;
  final Consumer<? super Future<T>> callback;

  @Nullable
  Future<?> edge; // the waiter that an AwaitEdge would hold; null for none

  DoneCallback(Future<T> future, Consumer<? super Future<T>> callback, Object context) {
    super(future.loop, null, context);
    this.future = future;
    this.callback = callback;
  }

  @Override
  void invoke() {
    callback.accept(future);
  }

  @Override
  String describe() {
    return describe(callback);
  }
}
