package dev.weft.loop;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Creates the tasks of {@link EventLoop#createTask}, see {@link EventLoop#setTaskFactory}. A program's own factory
 * changes the coroutine or the options and passes them on to {@link #DEFAULT}.
 */
@FunctionalInterface
public interface TaskFactory {

  /** Creates tasks as a loop does without a factory. */
  TaskFactory DEFAULT = new TaskFactory() {
    @Override
    public <T extends @Nullable Object> Task<T> create(
        EventLoop loop, Callable<? extends T> coroutine, TaskOptions options) {
      return ((BaseEventLoop) loop).newTask(coroutine, options);
    }
  };

  /**
   * Creates tasks that run their first step at once, unless the options say otherwise: asyncio's {@code
   * eager_task_factory}.
   */
  TaskFactory EAGER = new TaskFactory() {
    @Override
    public <T extends @Nullable Object> Task<T> create(
        EventLoop loop, Callable<? extends T> coroutine, TaskOptions options) {
      boolean eager = options.eagerStart().orElse(true);
      return DEFAULT.create(loop, coroutine, options.withEagerStart(eager));
    }
  };

  /**
   * Creates a task. Never suspends. Loop thread only.
   *
   * @param loop the loop
   * @param coroutine the task's code
   * @param options the options that {@code createTask} was given
   * @param <T> the type of the result
   * @return the task
   */
  <T extends @Nullable Object> Task<T> create(
      EventLoop loop, Callable<? extends T> coroutine, TaskOptions options);
}
