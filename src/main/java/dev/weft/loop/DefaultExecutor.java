package dev.weft.loop;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The pool of platform threads on which a loop runs blocking code, made at first use. */
final class DefaultExecutor {

  // loop thread only
  private ExecutorService executor;
  private boolean shutdown;

  ExecutorService get() {
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
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().name("weft-executor-", 0).daemon().factory());
      pool.allowCoreThreadTimeOut(true);
      executor = pool;
    }
    return executor;
  }

  void set(ExecutorService executor) {
    this.executor = executor;
  }

  /** Refuses new work; what is queued still runs. */
  void shutdown() {
    shutdown = true;
    if (executor != null) {
      executor.shutdown();
    }
  }

  /** Parks the calling task until all threads have ended, or for as long as {@code timeout}. */
  void shutdownAndWait(BaseEventLoop loop, Duration timeout) {
    long nanos = BaseEventLoop.nanos(timeout, "timeout");
    Task.currentOrThrow("shutdownDefaultExecutor");
    shutdown();
    if (executor == null || executor.isTerminated()) {
      return;
    }
    ExecutorService pool = executor;
    Future<Boolean> ended = loop.createFuture();
    Thread.ofPlatform().name("weft-executor-shutdown").daemon().start(() -> {
      boolean done = awaitTermination(pool, nanos);
      loop.completeFromAnywhere(() -> {
        if (!ended.done()) { // else whoever waited was cancelled
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
      return false; // nobody but the JVM's end interrupts this thread
    }
  }
}
