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

/*
 * A failing child cancels its siblings, and its parent too, which may be waiting for something in the body.
 * That request to cancel the parent is the group's own: on the way out it is taken back, exactly once, and
 * the CancelledError it caused is dropped, unless someone else has asked to cancel the parent as well.
 */

/**
 * Tasks that end together: asyncio's {@code TaskGroup}. {@link #run} returns when all have ended; if one
 * fails, the others are cancelled, and all failures are thrown as an {@link ExceptionGroup}. Used once;
 * belongs to its loop's thread.
 */
public final class TaskGroup {

  private enum State {
    CREATED,
    ENTERED,
    EXITING
  }

  private final Set<Task<?>> tasks = new LinkedHashSet<>();
  private final List<Throwable> errors = new ArrayList<>();
  private final Consumer<Future<?>> childDone = this::childDone; // one for all
  private State state = State.CREATED;
  private EventLoop loop;
  private Task<?> parent;
  private boolean aborting;
  private boolean parentCancelRequested;
  private boolean cancelOnEnter;
  private Throwable fatal;
  private Future<Void> allDone;

  /** A group that is not entered yet. */
  public TaskGroup() {}

  /**
   * Runs a body and waits for all tasks that were created in the group ({@code async with TaskGroup()}).
   * Suspends while tasks of the group run.
   *
   * @return the body's result; null if the group was cancelled by {@link #cancel} before there was one
   * @throws ExceptionGroup if a task or the body fails: the tasks' failures in the order in which they
   *     came, the body's last
   * @throws CancelledError if the calling task is cancelled and nothing has failed
   * @throws IllegalStateException if the caller is not a task, or the group was run before
   */
  public <T> T run(ThrowingFunction<TaskGroup, ? extends T, ?> body) {
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
   * As {@link #run(ThrowingFunction)}, for a body that returns nothing. Suspends while tasks of the group run.
   *
   * @throws ExceptionGroup if a task or the body fails
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
   * Creates a task in this group ({@code create_task}). Never suspends.
   *
   * @throws IllegalStateException if the group is not entered, is finished or is shutting down
   */
  public <T> Task<T> createTask(ThrowingCallable<? extends T, ?> coroutine) {
    return createTask(coroutine, TaskOptions.defaults());
  }

  /** As {@link #createTask(ThrowingCallable)}, for a coroutine that returns nothing. */
  public <R extends ThrowingRunnable<?>> Task<Void> createTask(R coroutine) {
    return createTask(coroutine.asCallable());
  }

  /** As {@link #createTask(ThrowingCallable)}, with options. */
  public <T> Task<T> createTask(ThrowingCallable<? extends T, ?> coroutine, TaskOptions options) {
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
    CallGraph.futureAddToAwaitedBy(task, parent);
    task.addDoneCallback(childDone);
    if (aborting && !task.done()) { // it may have cancelled the group in an eager first step
      task.cancel();
    }
    return task;
  }

  /** As {@link #createTask(ThrowingCallable, TaskOptions)}, for a coroutine that returns nothing. */
  public <R extends ThrowingRunnable<?>> Task<Void> createTask(R coroutine, TaskOptions options) {
    return createTask(coroutine.asCallable(), options);
  }

  /**
   * Creates a task in this group and waits until it says that it is ready, as {@code start} of trio's
   * nurseries; asyncio has no such thing. From then on it is a task of the group like any other. Before, it
   * is the caller's: if it fails, that is thrown here and not the group's failure, and if the caller is
   * cancelled, it is cancelled, too. Whenever this throws, the child has ended; a child that fails while it
   * is being cancelled for that reason is the group's failure again. Suspends, unless the child is eager and
   * ready at once.
   *
   * @return what the child has given to {@link TaskStatus#started}
   * @throws CancelledError if the caller or the child is cancelled before the child is ready
   * @throws IllegalStateException if the child ends without having been ready, if the caller is not a task,
   *     or as {@link #createTask(ThrowingCallable)}
   */
  public <V> V start(TaskStatus.Starter<V> child) {
    return start(child, TaskOptions.defaults());
  }

  /** As {@link #start(TaskStatus.Starter)}, with options. */
  public <V> V start(TaskStatus.Starter<V> child, TaskOptions options) {
    Objects.requireNonNull(child, "child");
    if (Task.current().isEmpty()) {
      throw new IllegalStateException("start called outside a task, in " + Thread.currentThread());
    }
    var status = new TaskStatus<V>(EventLoop.getRunningLoop());
    return status.awaitStarted(createTask(() -> status.run(child), options));
  }

  /**
   * Cancels the tasks of the group and its body, and has {@link #run} return without an error ({@code
   * cancel}). Before the group is entered, it is cancelled when it is; after its end, nothing happens.
   * Idempotent. Never suspends.
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

  /** Waits for all tasks, then throws what there is to throw. */
  private void exit(Throwable failure) {
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
        if (aborting) { // a cancelled scope around has no more to say
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
      throwFatal();
    }
    if (parentCancelRequested) {
      if (parent.uncancel() == 0) {
        cancellation = null;
      } else if (cancellation == null) {
        cancellation = whileWaiting; // somebody else's
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

  private void throwFatal() {
    for (Throwable error : errors) {
      if (error != fatal) {
        loop.callExceptionHandler(
            ExceptionContext.of("a fatal error has hidden this error of a task group")
                .withException(error));
      }
    }
    throw Failures.rethrow(fatal);
  }

  private void throwErrors() {
    if (parent.cancelling() > 0) {
      // Someone else has asked to cancel the parent: let its next wait throw that.
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
