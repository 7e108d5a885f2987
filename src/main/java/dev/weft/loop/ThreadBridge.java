package dev.weft.loop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Connects a loop's futures with those of {@code java.util.concurrent}, in both directions. */
final class ThreadBridge {

  private ThreadBridge() {}

  /** Returns a future of the loop that ends as a stage does. Cancelling the future cancels the stage. */
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
      result.cancel(false); // which removes it from the loop's record
      throw closed;
    }
    return result;
  }
}
