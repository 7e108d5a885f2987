package dev.weft.loop;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The virtual thread of a task: the code that it runs, and the mark that identifies it. */
final class Coroutine<T extends @Nullable Object> extends Strand {

  final Task<T> task;
  private @Nullable Callable<? extends T> body;

  Coroutine(Task<T> task, Callable<? extends T> body, Object context) {
    super(context);
    this.task = task;
    this.body = body;
  }

  @Override
  BaseEventLoop loop() {
    return task.loop;
  }

  @Override
  @SuppressWarnings("NullAway") // runs once, with its body
  public void run() {
    Callable<? extends T> code = body;
    body = null;
    T result = null;
    Throwable failure = task.begin();
    if (failure == null) {
      try {
        result = code.call();
      } catch (Throwable error) {
        failure = error;
      }
    }
    task.end(result, failure);
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    task.loop.unwind(error);
  }
}
