package dev.weft.loop;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The executor of a loop's blocking code. It is a pool of platform threads, created at first use, or an executor that
 * the program has set.
 */
final class DefaultExecutor {

  private final BaseEventLoop loop;

  // loop thread only
  private @Nullable ExecutorService executor;
  private boolean own; // whether executor is Weft's pool
  private boolean shutdown;

  DefaultExecutor(BaseEventLoop loop) {
    this.loop = loop;
  }

  <T extends @Nullable Object> Future<T> run(Callable<? extends T> code) {
    if (shutdown) {
      throw new IllegalStateException("Executor shutdown has been called");
    }
    if (executor == null) {
      // as many threads as concurrent.futures.ThreadPoolExecutor takes
      int threads = Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
      var pool = new ThreadPoolExecutor(
          threads,
          threads,
          10,
          TimeUnit.SECONDS,
          new LinkedTransferQueue<>(),
          Thread.ofPlatform()
              .name("weft-executor-", 0)
              .daemon()
              .inheritInheritableThreadLocals(false)
              .factory());
      pool.allowCoreThreadTimeOut(true);
      executor = pool;
      own = true;
    }
    return own
        ? ExecutorCall.submit(loop, executor, code)
        : Submission.submit(loop, executor, code);
  }

  void set(ExecutorService executor) {
    this.executor = executor;
    own = false;
  }

  /** Makes the executor refuse new work. Queued work still runs. */
  void shutdown() {
    shutdown = true;
    if (executor != null) {
      executor.shutdown();
    }
  }

  /** Parks the calling task until all threads have ended, or the time is over. */
  void shutdownAndWait(Duration timeout) {
    long nanos = BaseEventLoop.nanos(timeout, "timeout");
    Task.currentOrThrow("shutdownDefaultExecutor");
    shutdown();
    if (executor == null || executor.isTerminated()) {
      return;
    }
    ExecutorService pool = executor;
    Future<Boolean> ended = loop.createFuture();
    Thread.ofPlatform()
        .name("weft-executor-shutdown")
        .daemon()
        .inheritInheritableThreadLocals(false)
        .start(() -> {
          boolean done = awaitTermination(pool, nanos);
          loop.completeFromAnywhere(() -> {
            if (!ended.done()) { // otherwise the waiting task was cancelled
              ended.setResult(done);
            }
          });
        });
    if (!ended.await()) {
      Logs.LOOP.warn("The executor did not finish its work within {}", timeout);
    }
  }

  private static boolean awaitTermination(ExecutorService pool, long nanos) {
    try {
      return pool.awaitTermination(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false; // only the end of the JVM interrupts this thread
    }
  }
}
