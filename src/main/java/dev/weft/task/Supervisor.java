package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingConsumer;
import dev.weft.loop.ThrowingFunction;
import dev.weft.loop.ThrowingRunnable;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Tasks that end together but do not pull one another down: a group in which a child's failure is
 * reported to the loop's exception handler and ends that child only. If the body fails or the calling task
 * is cancelled, all children are cancelled, as in a {@link TaskGroup}.
 */
public final class Supervisor {

  private final TaskGroup group;

  private Supervisor(TaskGroup group) {
    this.group = group;
  }

  /**
   * Runs a body and waits for all tasks that were created in it. Suspends while they run.
   *
   * @return the body's result
   * @throws dev.weft.loop.ExceptionGroup if the body fails; has that failure
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T> T supervise(ThrowingFunction<Supervisor, ? extends T, ?> body) {
    Objects.requireNonNull(body, "body");
    return new TaskGroup().run(group -> body.apply(new Supervisor(group)));
  }

  /**
   * As {@link #supervise(ThrowingFunction)}, for a body that returns nothing. Suspends while tasks run.
   *
   * @throws dev.weft.loop.ExceptionGroup if the body fails; has that failure
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <C extends ThrowingConsumer<Supervisor, ?>> void supervise(C body) {
    supervise(Objects.requireNonNull(body, "body").asFunction());
  }

  /**
   * Creates a task whose failure concerns nobody else. Never suspends.
   *
   * @throws IllegalStateException if all has ended or is being cancelled
   */
  public Task<Void> createTask(ThrowingRunnable<?> coroutine) {
    return createTask(coroutine, TaskOptions.defaults());
  }

  /** As {@link #createTask(ThrowingRunnable)}, with options. */
  public Task<Void> createTask(ThrowingRunnable<?> coroutine, TaskOptions options) {
    Objects.requireNonNull(coroutine, "coroutine");
    return group.createTask(() -> runContained(coroutine.asCallable()), options);
  }

  private static void runContained(Callable<?> coroutine) throws Exception {
    try {
      coroutine.call();
    } catch (CancelledError | InterruptedException cancelled) {
      throw cancelled;
    } catch (Throwable failure) {
      if (KeyboardInterrupt.isFatal(failure)) {
        throw failure;
      }
      EventLoop.getRunningLoop()
          .callExceptionHandler(ExceptionContext.of("a supervised task has failed")
              .withException(failure)
              .with(ExceptionContext.TASK, Task.current().orElseThrow()));
    }
  }

  /** Cancels all tasks and the body, and has the call return without an error. Never suspends. */
  public void cancel() {
    group.cancel();
  }
}
