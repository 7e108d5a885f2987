package dev.weft.thread;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Runner;
import dev.weft.loop.ThrowingCallable;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A loop of a group, and the platform thread that runs the loop until {@link #stop} and then closes it. Any thread. */
final class LoopThread {

  private final EventLoop loop;
  private final Future<@Nullable Void> stop;
  // completes with the loop's failure, or null
  private final CompletableFuture<@Nullable Throwable> ended = new CompletableFuture<>();
  // the results of submitted coroutines
  private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
  private @Nullable Throwable told; // guarded by this

  private LoopThread(EventLoop loop) {
    this.loop = loop;
    this.stop = loop.createFuture();
  }

  static LoopThread start(EventLoop loop, String name) {
    var made = new LoopThread(Objects.requireNonNull(loop, "the loop of factory"));
    try {
      Thread.ofPlatform().name(name).start(made::run);
    } catch (Throwable error) { // too many threads
      loop.close();
      throw error;
    }
    return made;
  }

  private void run() {
    Throwable failure = null;
    try (var runner = new Runner(() -> loop)) {
      runner.run(() -> {
        stop.await();
      });
    } catch (Throwable error) {
      failure = error;
    }
    ended.complete(failure);
    pending.forEach(this::fail);
  }

  EventLoop loop() {
    return loop;
  }

  /** Throws an exception if the caller runs on this loop, because it would wait for itself. */
  void checkCaller() {
    EventLoop running;
    try {
      running = EventLoop.getRunningLoop();
    } catch (IllegalStateException none) {
      return;
    }
    if (running == loop) {
      throw new IllegalStateException("called on one of the group's own loops: " + loop);
    }
  }

  /** Runs a coroutine on the loop. The result fails if the loop has ended, or ends before the coroutine. */
  <T extends @Nullable Object> CompletableFuture<T> submit(ThrowingCallable<T, ?> coroutine) {
    CompletableFuture<T> result;
    try {
      result = loop.runCoroutineThreadsafe(coroutine);
    } catch (IllegalStateException closed) {
      return CompletableFuture.failedFuture(closed);
    }
    pending.add(result);
    result.whenComplete((value, error) -> pending.remove(result));
    if (ended.isDone()) { // perhaps before the result was added
      fail(result);
    }
    return result;
  }

  private void fail(CompletableFuture<?> result) {
    result.completeExceptionally(
        new IllegalStateException("the loop has ended: " + loop, ended.join()));
  }

  /** Runs a coroutine on the loop and waits for its result. */
  <T extends @Nullable Object> T call(ThrowingCallable<T, ?> coroutine) throws IOException {
    try {
      return submit(coroutine).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException error) {
        throw error;
      } else if (e.getCause() instanceof RuntimeException error) {
        throw error;
      } else if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  /** Makes the loop end, unless it has ended. */
  void stop() {
    try {
      loop.callSoonThreadsafe(() -> {
        if (!stop.done()) {
          stop.setResult(null);
        }
      });
    } catch (IllegalStateException closed) {
      // the loop has ended
    }
  }

  /** Waits for the end of the loop. Returns the loop's failure to the first caller; otherwise null. */
  @Nullable
  Throwable join() {
    Throwable failure = ended.join();
    synchronized (this) {
      if (failure == told) {
        return null;
      }
      told = failure;
      return failure;
    }
  }
}
