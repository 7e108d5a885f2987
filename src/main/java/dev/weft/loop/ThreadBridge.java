package dev.weft.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Joins a loop's futures to those of {@code java.util.concurrent}, both ways. */
final class ThreadBridge {

  private ThreadBridge() {}

  /** A future of the loop that ends as {@code stage} does, and whose cancel cancels it. */
  static <T extends @Nullable Object> Future<T> wrap(BaseEventLoop loop, CompletionStage<T> stage) {
    var future = new Future<T>(loop);
    future.addDoneCallback(done -> {
      if (done.cancelled()) {
        stage.toCompletableFuture().cancel(true);
      }
    });
    stage.whenComplete(
        (result, failure) -> loop.completeFromAnywhere(() -> complete(future, result, failure)));
    return future;
  }

  private static <T extends @Nullable Object> void complete(
      Future<T> future, T result, @Nullable Throwable failure) {
    if (future.done()) {
      return;
    }
    Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
    if (cause instanceof java.util.concurrent.CancellationException) {
      future.cancel();
    } else if (cause != null) {
      future.setException(cause);
    } else {
      future.setResult(result);
    }
  }

  /** Runs a coroutine on the loop for a foreign thread. */
  static <T extends @Nullable Object> CompletableFuture<T> submit(
      BaseEventLoop loop, ThrowingCallable<? extends T, ?> coroutine) {
    var result = new CompletableFuture<T>();
    loop.promise(result);
    try {
      loop.callSoonThreadsafe(() -> {
        if (result.isDone()) {
          return; // cancelled before it began
        }
        Task<T> task = loop.createTask(coroutine);
        task.link(result);
      });
    } catch (IllegalStateException closed) {
      result.cancel(false); // only the loop knows it
      throw closed;
    }
    return result;
  }
}
