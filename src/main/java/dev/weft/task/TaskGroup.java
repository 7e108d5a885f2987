package dev.weft.task;

import dev.weft.loop.CallGraph;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingConsumer;
import dev.weft.loop.ThrowingFunction;
import dev.weft.loop.ThrowingRunnable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/*
 * A failing child cancels its siblings, and also its parent, which may be waiting in the body. The group itself makes
 * that request to cancel the parent. At its end it takes the request back, exactly once, and drops the CancelledError
 * that the request caused, unless other code has requested to cancel the parent as well.
 */

/**
 * A group of tasks that end together: asyncio's {@code TaskGroup}.
 *
 * <pre>{@code
 * String both = taskGroup(group -> {
 *   Task<String> a = group.createTask(() -> fetch("a"));
 *   Task<String> b = group.createTask(() -> fetch("b"));
 *   return await(a) + await(b);
 * });
 * }</pre>
 *
 * <p>{@link #run} returns when all tasks of the group have ended. If one fails, the group cancels the others and throws
 * all failures as an {@link ExceptionGroup}. A group is used once. Loop thread only.
 */
public final class TaskGroup {

  private enum State {
    CREATED,
    ENTERED,
    EXITING
  }

  private final Set<Task<?>> tasks = new LinkedHashSet<>();
  private final List<Throwable> errors = new ArrayList<>();
  private final Consumer<Future<?>> childDone = this::childDone; // one object for all children
  private State state = State.CREATED;

  @SuppressWarnings("NullAway.Init") // set by enter
  private EventLoop loop;

  @SuppressWarnings("NullAway.Init") // set by enter
  private Task<?> parent;

  private boolean aborting;
  private boolean parentCancelRequested;
  private boolean cancelOnEnter;
  private @Nullable Throwable fatal;
  private @Nullable Future<@Nullable Void> allDone;

  /** Creates a group, which {@link #run} enters. Any thread. Never suspends. */
  public TaskGroup() {}

  /**
   * Runs a body and waits for all tasks that were created in the group ({@code async with TaskGroup()}). Suspends if
   * the body does, and until all tasks of the group have ended. Loop thread only.
   *
   * @param body gets this group and creates tasks in it
   * @param <T> the type of the result
   * @return the body's result; null if {@link #cancel} ended the body
   * @throws ExceptionGroup if a task or the body fails; has the tasks' failures in the order in which they occurred,
   *     and the body's failure last
   * @throws CancelledError if the calling task is cancelled and nothing has failed
   * @throws IllegalStateException if the caller is not a task, or the group was run before
   */
  public <T extends @Nullable Object> @Nullable T run(
      ThrowingFunction<TaskGroup, ? extends T, ?> body) {
    Objects.requireNonNull(body, "body");
    enter();
    T result = null;
    Throwable failure = null;
    try {
      result = body.apply(this);
    } catch (Throwable error) {
      failure = error;
    }
    exit(failure);
    return result;
  }

  /**
   * Runs a body that returns nothing and waits for all tasks that were created in the group
   * ({@code async with TaskGroup()}). Suspends if the body does, and until all tasks of the group have ended. Loop
   * thread only.
   *
   * @param body gets this group and creates tasks in it
   * @param <C> the type of the body
   * @throws ExceptionGroup if a task or the body fails; has the tasks' failures in the order in which they occurred,
   *     and the body's failure last
   * @throws CancelledError if the calling task is cancelled and nothing has failed
   * @throws IllegalStateException if the caller is not a task, or the group was run before
   */
  public <C extends ThrowingConsumer<TaskGroup, ?>> void run(C body) {
    run(Objects.requireNonNull(body, "body").asFunction());
  }

  private void enter() {
    if (state != State.CREATED) {
      throw new IllegalStateException(this + " has already been entered");
    }
    parent = Task.current()
        .orElseThrow(() -> new IllegalStateException(this + " cannot determine the parent task"));
    loop = parent.getLoop();
    state = State.ENTERED;
    if (cancelOnEnter) {
      cancel();
    }
  }

  /**
   * Creates a task in this group, with default options ({@code create_task}). Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if the group is not entered, is finished or is shutting down
   */
  public <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine) {
    return createTask(coroutine, TaskOptions.defaults());
  }

  /**
   * Creates a task in this group, for a coroutine that returns nothing, with default options ({@code create_task}).
   * Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if the group is not entered, is finished or is shutting down
   */
  public <R extends ThrowingRunnable<?>> Task<@Nullable Void> createTask(R coroutine) {
    return createTask(coroutine.asCallable());
  }

  /**
   * Creates a task in this group ({@code create_task}). Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if the group is not entered, is finished or is shutting down
   */
  public <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine, TaskOptions options) {
    Objects.requireNonNull(coroutine, "coroutine");
    if (state == State.CREATED) {
      throw new IllegalStateException(this + " has not been entered");
    }
    if (state == State.EXITING && tasks.isEmpty()) {
      throw new IllegalStateException(this + " is finished");
    }
    if (aborting) {
      throw new IllegalStateException(this + " is shutting down");
    }
    Task<T> task = loop.createTask(coroutine, options);
    tasks.add(task);
    task.addDoneCallback(childDone);
    CallGraph.futureAddToAwaitedBy(task, parent);
    if (aborting && !task.done()) { // the task may cancel the group in an eager first step
      task.cancel();
    }
    return task;
  }

  /**
   * Creates a task in this group, for a coroutine that returns nothing ({@code create_task}). Never suspends. Loop
   * thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if the group is not entered, is finished or is shutting down
   */
  public <R extends ThrowingRunnable<?>> Task<@Nullable Void> createTask(
      R coroutine, TaskOptions options) {
    return createTask(coroutine.asCallable(), options);
  }

  /**
   * Creates a task in this group, with default options, and waits until it reports that it is ready, as {@code start}
   * of trio's nurseries does. Asyncio has no such method. Suspends unless the child is eager and ready at once. Loop
   * thread only.
   *
   * <p>From then on the child is a task of the group like any other. Before that it belongs to the caller: this method
   * throws the child's failure, and cancelling the caller cancels the child. When this method throws, the child has
   * ended. If the child fails while it is cancelled for that reason, the failure goes to the group.
   *
   * @param child the child's code
   * @param <V> the type of the value that the child reports
   * @return the value that the child gives to {@link TaskStatus#started}
   * @throws CancelledError if the caller or the child is cancelled before the child is ready
   * @throws IllegalStateException if the child ends before it is ready, if the caller is not a task, or if the group is
   *     not entered, is finished or is shutting down
   */
  public <V extends @Nullable Object> V start(TaskStatus.Starter<V> child) {
    return start(child, TaskOptions.defaults());
  }

  /**
   * Creates a task in this group and waits until it reports that it is ready, as {@code start} of trio's nurseries
   * does. Asyncio has no such method. Suspends unless the child is eager and ready at once. Loop thread only.
   *
   * <p>From then on the child is a task of the group like any other. Before that it belongs to the caller: this method
   * throws the child's failure, and cancelling the caller cancels the child. When this method throws, the child has
   * ended. If the child fails while it is cancelled for that reason, the failure goes to the group.
   *
   * @param child the child's code
   * @param options the task's name, context and start
   * @param <V> the type of the value that the child reports
   * @return the value that the child gives to {@link TaskStatus#started}
   * @throws CancelledError if the caller or the child is cancelled before the child is ready
   * @throws IllegalStateException if the child ends before it is ready, if the caller is not a task, or if the group is
   *     not entered, is finished or is shutting down
   */
  public <V extends @Nullable Object> V start(TaskStatus.Starter<V> child, TaskOptions options) {
    Objects.requireNonNull(child, "child");
    if (Task.current().isEmpty()) {
      throw new IllegalStateException("start called outside a task, in " + Thread.currentThread());
    }
    var status = new TaskStatus<V>(EventLoop.getRunningLoop());
    return status.awaitStarted(createTask(() -> status.run(child), options));
  }

  /**
   * Cancels the tasks of the group and its body ({@code cancel}). {@link #run} then returns without an error. If the
   * group is not entered yet, it is cancelled as soon as it is entered. After the end of the group the call does
   * nothing. Idempotent. Never suspends. Loop thread only.
   */
  public void cancel() {
    if (state == State.CREATED) {
      cancelOnEnter = true;
      return;
    }
    if (aborting || state == State.EXITING && tasks.isEmpty()) {
      return;
    }
    abort();
    cancelParent();
  }

  private void cancelParent() {
    if (!parentCancelRequested) {
      parentCancelRequested = true;
      parent.cancel();
    }
  }

  private void abort() {
    aborting = true;
    for (Task<?> task : List.copyOf(tasks)) {
      task.cancel();
    }
  }

  private void childDone(Future<?> task) {
    tasks.remove(task);
    if (allDone != null && tasks.isEmpty() && !allDone.done()) {
      allDone.setResult(null);
    }
    if (task.cancelled() || task.exception().isEmpty()) {
      return;
    }
    Throwable error = task.exception().get();
    errors.add(error);
    noteFatal(error);
    if (!aborting && !parentCancelRequested) {
      abort();
      cancelParent();
    }
  }

  private void noteFatal(Throwable error) {
    if (fatal == null && KeyboardInterrupt.isFatal(error)) {
      fatal = error;
    }
  }

  /** Waits for all tasks, then throws the failures. */
  private void exit(@Nullable Throwable failure) {
    state = State.EXITING;
    boolean cancelled =
        failure instanceof CancelledError || failure instanceof InterruptedException;
    Throwable cancellation = cancelled ? failure : null;
    if (failure != null) {
      noteFatal(failure);
      if (!aborting) {
        abort();
      }
    }
    Throwable whileWaiting = null;
    while (anyRuns()) {
      try {
        if (aborting) { // the group is cancelled already, so the cancellation of an outer scope
          // adds nothing
          CancelScope.shielded(this::awaitTasks);
        } else {
          awaitTasks();
        }
      } catch (CancelledError error) {
        whileWaiting = error;
        if (!aborting) {
          cancellation = error;
          abort();
        }
      }
    }
    if (fatal != null) {
      if (failure != null && !cancelled) {
        errors.add(failure);
      }
      throwFatal(fatal);
    }
    if (parentCancelRequested) {
      if (parent.uncancel() == 0) {
        cancellation = null;
      } else if (cancellation == null) {
        cancellation = whileWaiting; // the request of other code
      }
    }
    if (cancellation != null && errors.isEmpty()) {
      throw Failures.rethrow(cancellation);
    }
    if (failure != null && !cancelled) {
      errors.add(failure);
    }
    if (!errors.isEmpty()) {
      throwErrors();
    }
  }

  private boolean anyRuns() {
    // a closed loop ends its tasks, but runs no callbacks
    return !tasks.isEmpty() && !(loop.isClosed() && tasks.stream().allMatch(Task::done));
  }

  private void awaitTasks() {
    if (allDone == null) {
      allDone = loop.createFuture();
    }
    try {
      allDone.await();
    } finally {
      allDone = null;
    }
  }

  private void throwFatal(Throwable thrown) {
    for (Throwable error : errors) {
      if (error != thrown) {
        loop.callExceptionHandler(
            ExceptionContext.of("a fatal error has hidden this error of a task group")
                .withException(error));
      }
    }
    throw Failures.rethrow(thrown);
  }

  private void throwErrors() {
    if (parent.cancelling() > 0) {
      // Other code has also requested to cancel the parent: the parent's next wait throws the
      // cancellation.
      parent.uncancel();
      parent.cancel();
    }
    throw new ExceptionGroup("unhandled errors in a TaskGroup", errors);
  }

  @Override
  public String toString() {
    return "TaskGroup["
        + tasks.size()
        + " tasks"
        + (errors.isEmpty() ? "" : ", " + errors.size() + " errors")
        + (aborting ? ", cancelling" : state == State.CREATED ? "" : ", entered")
        + "]";
  }
}
