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
import org.jspecify.annotations.Nullable;

/**
 * A group of tasks in which a failure ends its own task alone. The failure is reported to the loop's exception handler,
 * and the other tasks continue.
 *
 * <pre>{@code
 * Supervisor.supervise(supervisor -> {
 *   supervisor.createTask(() -> refreshCache());     // its failure does not stop the other task
 *   supervisor.createTask(() -> sendHeartbeats());
 * });
 * }</pre>
 *
 * <p>The call of {@code supervise} returns when all tasks have ended. If its body fails or the calling task is
 * cancelled, all tasks are cancelled, as in a {@link TaskGroup}. Asyncio has no such class. Loop thread only.
 */
public final class Supervisor {

  private final TaskGroup group;

  private Supervisor(TaskGroup group) {
    this.group = group;
  }

  /**
   * Runs a body and waits for all tasks that were created in it. Suspends if the body does, and until all tasks have
   * ended. Loop thread only.
   *
   * @param body gets the supervisor and creates tasks with it
   * @param <T> the type of the result
   * @return the body's result; null if {@link #cancel} ended the body
   * @throws dev.weft.loop.ExceptionGroup if the body fails; has that failure
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object> @Nullable T supervise(
      ThrowingFunction<Supervisor, ? extends T, ?> body) {
    Objects.requireNonNull(body, "body");
    return new TaskGroup().run(group -> body.apply(new Supervisor(group)));
  }

  /**
   * Runs a body that returns nothing and waits for all tasks that were created in it. Suspends if the body does, and
   * until all tasks have ended. Loop thread only.
   *
   * @param body gets the supervisor and creates tasks with it
   * @param <C> the type of the body
   * @throws dev.weft.loop.ExceptionGroup if the body fails; has that failure
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <C extends ThrowingConsumer<Supervisor, ?>> void supervise(C body) {
    supervise(Objects.requireNonNull(body, "body").asFunction());
  }

  /**
   * Creates a task whose failure affects no other task, with default options. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @return the task
   * @throws IllegalStateException if all tasks have ended or are being cancelled
   */
  public Task<@Nullable Void> createTask(ThrowingRunnable<?> coroutine) {
    return createTask(coroutine, TaskOptions.defaults());
  }

  /**
   * Creates a task whose failure affects no other task. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @return the task
   * @throws IllegalStateException if all tasks have ended or are being cancelled
   */
  public Task<@Nullable Void> createTask(ThrowingRunnable<?> coroutine, TaskOptions options) {
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

  /**
   * Cancels all tasks and the body. The call of {@code supervise} then returns without an error. Idempotent. Never
   * suspends. Loop thread only.
   */
  public void cancel() {
    group.cancel();
  }
}
