package dev.weft.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/**
 * Code that an executor runs for a loop, and the future for it. Cancelling the future keeps the code
 * from being begun; code that has begun goes on, and its result is dropped.
 */
final class ExecutorCall<T> implements Runnable {

  private final BaseEventLoop loop;
  private final Callable<? extends T> code;
  private final Future<T> future;
  private volatile boolean abandoned;

  private ExecutorCall(BaseEventLoop loop, Callable<? extends T> code) {
    this.loop = loop;
    this.code = code;
    this.future = new Future<>(loop);
  }

  static <T> Future<T> submit(BaseEventLoop loop, Executor executor, Callable<? extends T> code) {
    var call = new ExecutorCall<T>(loop, code);
    executor.execute(call);
    call.future.addDoneCallback(done -> call.abandoned = done.cancelled());
    return call.future;
  }

  @Override
  public void run() {
    if (abandoned) {
      return;
    }
    T result = null;
    Throwable failure = null;
    try {
      result = code.call();
    } catch (Throwable error) {
      failure = error;
    }
    complete(result, failure);
  }

  private void complete(T result, Throwable failure) {
    loop.completeFromAnywhere(() -> {
      if (future.done()) {
        return;
      }
      if (failure == null) {
        future.setResult(result);
      } else {
        future.setException(failure);
      }
    });
  }
}
