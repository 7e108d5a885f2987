package dev.weft.thread;

import dev.weft.loop.EventLoop;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a loop for code that takes a {@link ThreadFactory} or an {@link ExecutorService}. So a server that has
 * a thread for each request or connection runs all of them on one loop. Each thread is virtual and a task, see
 * {@link EventLoop#newThread}. Asyncio has no such functions.
 *
 * <pre>{@code
 * HttpServer server = HttpServer.create(address, 0);
 * server.setExecutor(LoopThreads.executor(loop)); // each request is a task of the loop
 * }</pre>
 */
public final class LoopThreads {

  private LoopThreads() {}

  /**
   * Returns a factory of threads that have names like tasks, {@code Task-} and a number. Once the loop is closed,
   * {@code newThread} returns null, which executors treat as a rejection. Never suspends. Any thread.
   *
   * @param loop the loop
   * @return the factory
   */
  public static ThreadFactory factory(EventLoop loop) {
    Objects.requireNonNull(loop, "loop");
    return code -> newThread(loop, code, "");
  }

  /**
   * Returns a factory of threads with names. Once the loop is closed, {@code newThread} returns null, which executors
   * treat as a rejection. Never suspends. Any thread.
   *
   * @param loop the loop
   * @param prefix the beginning of the names; a number follows, from 0
   * @return the factory
   */
  public static ThreadFactory factory(EventLoop loop, String prefix) {
    Objects.requireNonNull(loop, "loop");
    Objects.requireNonNull(prefix, "prefix");
    var counter = new AtomicLong();
    return code -> newThread(loop, code, prefix + counter.getAndIncrement());
  }

  /**
   * Returns an executor that starts a thread of the loop for each task: the JDK's thread-per-task executor over
   * {@link #factory(EventLoop)}. It rejects tasks once it is shut down or the loop is closed. Its {@code close} and
   * {@code awaitTermination} wait for its threads, so the loop must run meanwhile. Never suspends. Any thread.
   *
   * @param loop the loop
   * @return the executor, which the caller closes
   */
  public static ExecutorService executor(EventLoop loop) {
    return Executors.newThreadPerTaskExecutor(factory(loop));
  }

  /**
   * Returns an executor that starts a named thread of the loop for each task: the JDK's thread-per-task executor over
   * {@link #factory(EventLoop, String)}. It rejects tasks once it is shut down or the loop is closed. Its {@code close}
   * and {@code awaitTermination} wait for its threads, so the loop must run meanwhile. Never suspends. Any thread.
   *
   * @param loop the loop
   * @param prefix the beginning of the names; a number follows, from 0
   * @return the executor, which the caller closes
   */
  public static ExecutorService executor(EventLoop loop, String prefix) {
    return Executors.newThreadPerTaskExecutor(factory(loop, prefix));
  }

  private static @Nullable Thread newThread(EventLoop loop, Runnable code, String name) {
    try {
      return loop.newThread(code, name);
    } catch (IllegalStateException e) {
      if (loop.isClosed()) {
        return null;
      }
      throw e;
    }
  }
}
