package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * Until the future `ready` is done, the child's failure goes to the starter. Afterwards it goes to the group, whether
 * the child has reported that it is ready or the starter was cancelled. A failure for the starter does not reach the
 * child's task, so that the group does not get it. If the task ends without running the child (a cancellation before
 * the first step), the task's callback reports it.
 */

/**
 * The means by which a child reports to {@link TaskGroup#start} that it is ready.
 *
 * <pre>{@code
 * int port = group.start((TaskStatus<Integer> status) -> {
 *   try (Server server = startServer(handler, "127.0.0.1", 0)) {
 *     status.started(server.port());     // group.start returns the port
 *     server.serveForever();
 *   }
 * });
 * }</pre>
 *
 * @param <V> the type of the value that the child reports
 */
public final class TaskStatus<V extends @Nullable Object> {

  private final Future<V> ready;
  private boolean started;

  TaskStatus(EventLoop loop) {
    ready = loop.createFuture();
  }

  /**
   * The code of a child that reports when it is ready.
   *
   * @param <V> the type of the value that the child reports
   */
  @FunctionalInterface
  public interface Starter<V extends @Nullable Object> {

    /**
     * Does the work, in a task, and calls {@link TaskStatus#started} once on the way. May suspend.
     *
     * @param status takes the report
     * @throws Exception if the work fails: before {@code started}, {@link TaskGroup#start} throws it; afterwards it is
     *     a failure of the group
     */
    void run(TaskStatus<V> status) throws Exception;
  }

  /**
   * Reports that the child is ready, so that {@link TaskGroup#start} returns. The call does nothing if the caller of
   * {@code start} was cancelled meanwhile. Never suspends. Loop thread only.
   *
   * @param value the result of {@code start}; may be null
   * @throws IllegalStateException if the method is called a second time
   */
  public void started(V value) {
    if (started) {
      throw new IllegalStateException("started() was called before");
    }
    started = true;
    if (!ready.done()) {
      ready.setResult(value);
    }
  }

  /** Runs the child, in its task. */
  @Nullable
  Void run(Starter<V> child) throws Exception {
    try {
      child.run(this);
    } catch (Throwable failure) {
      if (ready.done()
          || KeyboardInterrupt.isFatal(failure)
          || CancelledError.isCancellation(failure)) {
        throw failure;
      }
      ready.setException(failure);
    }
    return null;
  }

  /** Waits for the child, in the starter's task. */
  V awaitStarted(Task<@Nullable Void> task) {
    task.addDoneCallback(this::ended);
    try {
      return ready.await();
    } catch (CancelledError cancelled) {
      if (ready.done() && !ready.cancelled()) {
        ready
            .exception()
            .ifPresent(cancelled::addSuppressed); // otherwise the starter would not get it
      }
      throw awaitEnd(task, cancelled);
    }
  }

  private void ended(Future<@Nullable Void> task) {
    if (ready.done()) {
      return;
    }
    if (task.cancelled()) {
      ready.cancel(Objects.requireNonNull(Outcome.failureOf(task)).getMessage());
    } else {
      ready.setException(task.exception()
          .orElseGet(() -> new IllegalStateException("the child ended without calling started()")));
    }
  }

  private static CancelledError awaitEnd(Task<?> task, CancelledError cancelled) {
    CancelledError latest = cancelled;
    if (task.cancelling() == 0) { // otherwise the group has cancelled it already
      task.cancel();
    }
    while (!task.done()) {
      try {
        CancelScope.shielded(
            () -> Wait.of(List.of(task), Optional.empty(), ReturnWhen.ALL_COMPLETED));
      } catch (CancelledError again) {
        latest = again;
      }
    }
    return latest;
  }
}
