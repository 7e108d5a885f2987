package dev.weft.loop;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The code of the threads of {@link EventLoop#newThread}, which need not know of the loop. */
final class ThreadBody implements Callable<@Nullable Void> {

  private final BaseEventLoop loop;
  private final Runnable code;

  ThreadBody(BaseEventLoop loop, Runnable code) {
    this.loop = loop;
    this.code = code;
  }

  @Override
  public Void call() {
    Task<?> task = Task.currentOrThrow("thread");
    if (loop.isClosed()) {
      // The code that started the thread may wait for its end. So the thread runs, but interrupted.
      Thread.currentThread().interrupt();
    } else {
      loop.enlist(task);
    }
    try {
      code.run();
    } catch (Throwable error) {
      if (CancelledError.isCancellation(error) || KeyboardInterrupt.isFatal(error)) {
        throw error;
      }
      loop.callExceptionHandler(
          ExceptionContext.of("Uncaught exception in thread " + task.getName())
              .withException(error)
              .with(ExceptionContext.TASK, task));
    }
    return null;
  }
}
