package dev.weft.loop;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs coroutines one after the other on one loop and in one context, and cleans up: asyncio's {@code
 * Runner}. The loop is made at first use. Not for use on a loop.
 *
 * <p>While {@link #run} runs in the program's main thread, SIGINT (Ctrl-C) and SIGTERM, unless somebody
 * handles them already, cancel the coroutine; if it ends by that, {@code run} throws {@link
 * KeyboardInterrupt}. A second of them, while the coroutine is still ending, throws {@code KeyboardInterrupt}
 * from {@code run} without waiting for it, and a third ends the process. If code blocks the loop, so that it
 * cannot even begin to act on the first, the second ends the process and says in the log where the coroutine
 * was. When a second after a signal {@code run}, or {@link #close} after it, has not ended, the log says what it waits
 * for, and what the next signal will do. A {@code KeyboardInterrupt} that leaves the main thread, which no code has set
 * a handler of uncaught exceptions for, ends the process, without a trace unless another failure came with it. However
 * it ends by a signal, its exit code is the
 * JVM's: 130 after SIGINT, 143 after SIGTERM. Elsewhere the signals do what they do without Weft, and a signal
 * that the process has been started to ignore ({@code nohup}, {@code trap ''}) stays ignored.
 */
public final class Runner implements AutoCloseable {

  /** How long closing waits for the default executor: THREAD_JOIN_TIMEOUT. */
  private static final Duration EXECUTOR_TIMEOUT = Duration.ofMinutes(5);

  /** How long closing takes at most after a failure of the JVM. */
  private static final Duration FATAL_LIMIT = Duration.ofSeconds(10);

  /** How often closing looks for tasks that were created while others were being cancelled. */
  private static final int CANCEL_ROUNDS = 100;

  private final Supplier<? extends EventLoop> loopFactory; // null for the program's policy
  private final Optional<Boolean> debug;
  private final Signals signals;
  private EventLoop loop;
  private Context context;
  private boolean closed;
  private Interruption interruption; // of the last run
  private Throwable thrown; // by the last run, whose caller has it

  /**
   * A runner with a loop of the program's {@link AbstractEventLoopPolicy}. It becomes the current loop of
   * the thread that first uses the runner; closing the runner leaves the thread without one.
   */
  public Runner() {
    this(Optional.empty(), ProcessSignals.INSTANCE, null);
  }

  /** As {@link #Runner()}; the loop's debug mode is set to {@code debug} when it is made. */
  public Runner(boolean debug) {
    this(Optional.of(debug), ProcessSignals.INSTANCE, null);
  }

  /**
   * A runner with a loop of the caller's making, which it will close. It becomes no thread's current loop.
   *
   * @param loopFactory called once, at first use
   */
  public Runner(Supplier<? extends EventLoop> loopFactory) {
    this(loopFactory, Optional.empty(), ProcessSignals.INSTANCE);
  }

  /** As {@link #Runner(Supplier)}; the loop's debug mode is set to {@code debug} when it is made. */
  public Runner(Supplier<? extends EventLoop> loopFactory, boolean debug) {
    this(loopFactory, Optional.of(debug), ProcessSignals.INSTANCE);
  }

  Runner(Supplier<? extends EventLoop> loopFactory, Optional<Boolean> debug, Signals signals) {
    this(debug, signals, Objects.requireNonNull(loopFactory, "loopFactory"));
  }

  private Runner(
      Optional<Boolean> debug, Signals signals, Supplier<? extends EventLoop> loopFactory) {
    this.loopFactory = loopFactory;
    this.debug = debug;
    this.signals = signals;
    Watchdog.setUpLog();
  }

  /** The loop ({@code get_loop}), made if it is not yet. */
  public EventLoop getLoop() {
    if (closed) {
      throw new IllegalStateException("Runner is closed");
    }
    if (loop == null) {
      if (loopFactory == null) {
        AbstractEventLoopPolicy policy = AbstractEventLoopPolicy.getEventLoopPolicy();
        loop = Objects.requireNonNull(policy.newEventLoop(), "the loop of the policy");
        policy.setEventLoop(loop);
      } else {
        loop = Objects.requireNonNull(loopFactory.get(), "the loop of loopFactory");
      }
      if (debug.isPresent()) {
        loop.setDebug(debug.get());
      }
      context = Context.copyContext();
    }
    return loop;
  }

  /**
   * Runs a coroutine as a task until it ends ({@code run}). The calling thread carries the loop, unless
   * it is virtual: then a platform thread does, and the caller waits.
   *
   * @return the coroutine's result
   * @throws IllegalStateException if the caller runs on a loop, or the runner is closed
   * @throws KeyboardInterrupt if SIGINT or SIGTERM has ended the coroutine, see above
   */
  public <T, E extends Exception> T run(ThrowingCallable<? extends T, E> coroutine) throws E {
    return run(coroutine, null);
  }

  /** As {@link #run(ThrowingCallable)}, for a coroutine that returns nothing. */
  public <E extends Exception> void run(ThrowingRunnable<E> coroutine) throws E {
    run(coroutine.asCallable());
  }

  /** As {@link #run(ThrowingCallable)}, in a context other than the runner's. */
  public <T, E extends Exception> T runIn(
      Context context, ThrowingCallable<? extends T, E> coroutine) throws E {
    return run(coroutine, Objects.requireNonNull(context, "context"));
  }

  private <T> T run(ThrowingCallable<? extends T, ?> coroutine, Context given) {
    Objects.requireNonNull(coroutine, "coroutine");
    if (BaseEventLoop.runningOrNull() != null) {
      throw new IllegalStateException("Runner.run() cannot be called from a running event loop");
    }
    EventLoop own = getLoop();
    Task<T> task = own.createTask(
        coroutine, TaskOptions.defaults().withContext(given == null ? context : given));
    interruption = new Interruption(own, task);
    interruption.begin(signals);
    T result = null;
    Throwable failure = null;
    try {
      result = own.runUntilComplete(task);
    } catch (Throwable error) {
      failure = error;
    }
    failure = interruption.end(failure);
    if (failure instanceof KeyboardInterrupt) {
      UncaughtInterrupt.watch();
    }
    thrown = failure;
    if (failure != null) {
      throw Throwables.rethrow(failure);
    }
    return result;
  }

  /**
   * Cancels all tasks and waits for them, closes asynchronous generators, shuts the default executor down, and closes the loop ({@code
   * close}). Idempotent. Tasks that end with a failure are reported to the exception handler; a fatal one is thrown, once
   * all is closed. One that the last {@code run} has thrown is not thrown again: with the runner in a
   * try-with-resources statement, Java would throw an {@code IllegalArgumentException} in its place.
   *
   * @throws IllegalStateException if the caller runs on a loop
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (loop == null) {
      closed = true;
      return;
    }
    if (BaseEventLoop.runningOrNull() != null) {
      throw new IllegalStateException("Runner.close() cannot be called from a running event loop");
    }
    closed = true;
    Throwable failure = null;
    if (interruption != null) {
      interruption.closing();
    }
    try {
      if (thrown instanceof VirtualMachineError) {
        cleanUpAfter((VirtualMachineError) thrown);
      } else {
        cleanUp();
      }
    } catch (Throwable error) {
      failure = error;
    }
    try {
      loop.close();
    } catch (Throwable error) {
      if (failure == null) {
        failure = error;
      } else if (error != failure) { // several tasks may have failed with one exception
        failure.addSuppressed(error);
      }
    }
    if (interruption != null) {
      interruption.closed();
    }
    if (failure != null && failure != thrown) {
      throw Throwables.rethrow(failure);
    }
  }

  /**
   * Whatever the JVM's failure has left undone may keep tasks from ending, and cleaning up may fail by the same lack: so
   * the failure is shown first, and the loop gives up at a time.
   */
  private void cleanUpAfter(VirtualMachineError fatal) {
    Logs.RUNNER.error("The run has failed, its tasks are cancelled now", fatal);
    var base = (BaseEventLoop) loop;
    TimerHandle limit = base.callDeadline(
        FATAL_LIMIT,
        () -> base.unwind(new IllegalStateException(
            "the loop has not cleaned up within " + FATAL_LIMIT + " of a fatal error", fatal)));
    try {
      cleanUp();
    } finally {
      limit.cancel();
    }
  }

  private void cleanUp() {
    try {
      cancelAllTasks();
      loop.runUntilComplete(() -> loop.shutdownAsyncgens());
      loop.runUntilComplete(() -> loop.shutdownDefaultExecutor(EXECUTOR_TIMEOUT));
    } finally {
      if (loopFactory == null) {
        AbstractEventLoopPolicy.getEventLoopPolicy().resetEventLoop();
      }
    }
  }

  private void cancelAllTasks() {
    List<Task<?>> tasks = loop.allTasks();
    for (int round = 0; !tasks.isEmpty() && round < CANCEL_ROUNDS; round++) {
      List<Task<?>> pending = tasks;
      pending.forEach(Task::cancel);
      loop.runUntilComplete(whenAllAreDone(pending));
      pending.forEach(this::reportFailure);
      tasks = loop.allTasks();
    }
  }

  /** A future and no task: what the tasks' callbacks spawn still begins, as after asyncio's gather. */
  private Future<Void> whenAllAreDone(List<Task<?>> tasks) {
    Future<Void> ended = loop.createFuture();
    var left = new HashSet<>(tasks);
    for (Task<?> task : tasks) {
      task.addDoneCallback(done -> {
        left.remove(done);
        if (left.isEmpty()) {
          ended.setResult(null);
        }
      });
    }
    return ended;
  }

  private void reportFailure(Task<?> task) {
    if (!task.cancelled() && task.exception().isPresent()) {
      loop.callExceptionHandler(ExceptionContext.of("unhandled exception during run() shutdown")
          .withException(task.exception().get())
          .with(ExceptionContext.TASK, task));
    }
  }
}
