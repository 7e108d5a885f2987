package dev.weft.loop;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Code that another thread runs for a loop, and its future. Cancelling the future prevents the code from starting. Code
 * that has started continues, and its result is dropped.
 */
final class ExecutorCall<T extends @Nullable Object> implements Runnable {

  private final BaseEventLoop loop;
  private final Callable<? extends T> code;
  private final Future<T> future;
  private volatile boolean abandoned;

  ExecutorCall(BaseEventLoop loop, Callable<? extends T> code) {
    this.loop = loop;
    this.code = code;
    this.future = new Future<>(loop);
  }

  /** Runs code on one of Weft's pools. */
  static <T extends @Nullable Object> Future<T> submit(
      BaseEventLoop loop, Executor pool, Callable<? extends T> code) {
    var call = new ExecutorCall<T>(loop, code);
    pool.execute(call::runInPool);
    return call.submitted();
  }

  /** Returns the future. From now on cancelling it prevents the code from starting. */
  Future<T> submitted() {
    future.addDoneCallback(done -> abandoned = done.cancelled());
    return future;
  }

  /** Runs the code on one of Weft's threads. */
  void runInPool() {
    Thread.currentThread().setContextClassLoader(loop.contextClassLoader());
    run();
  }

  @Override
  public void run() {
    if (abandoned) {
      return;
    }
    T result;
    try {
      result = code.call();
    } catch (Throwable error) {
      fail(error);
      return;
    }
    complete(() -> future.setResult(result));
  }

  /** Fails the future, because the code will not run. Any thread. */
  void fail(Throwable error) {
    complete(() -> future.setException(error));
  }

  private void complete(Runnable end) {
    loop.completeFromAnywhere(() -> {
      if (!future.done()) {
        end.run();
      }
    });
  }
}
