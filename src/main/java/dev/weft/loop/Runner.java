package dev.weft.loop;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs coroutines one after the other on one loop and in one context, and cleans up: asyncio's {@code Runner}.
 *
 * <pre>{@code
 * try (Runner runner = new Runner()) {
 *   String a = runner.run(() -> fetch("a"));
 *   String b = runner.run(() -> fetch("b"));      // on the same loop
 * }
 * }</pre>
 *
 * <p>The runner creates its loop at first use. Its methods must not be called on a loop.
 *
 * <p>While {@link #run} runs in the program's main thread, SIGINT (Ctrl-C) and SIGTERM cancel the coroutine, unless the
 * program handles them already. If the coroutine ends by that, {@code run} throws {@link KeyboardInterrupt}. A second
 * signal while the coroutine still ends makes {@code run} throw {@code KeyboardInterrupt} without waiting for it, and a
 * third ends the process. If code blocks the loop, so that the loop cannot act on the first signal, the second ends the
 * process, and the log says where the coroutine was. If {@code run}, or {@link #close} after it, has not ended one
 * second after a signal, the log says what it waits for and what the next signal does.
 *
 * <p>A {@code KeyboardInterrupt} that leaves the main thread ends the process, unless the program has set a handler of
 * uncaught exceptions for that thread. It prints no stack trace, unless another failure came with it. If a signal ends
 * the process, in whatever way, the exit code is the JVM's: 130 after SIGINT, 143 after SIGTERM. In other threads the
 * signals have the same effect as without Weft. A signal that the process was started to ignore ({@code nohup},
 * {@code trap ''}) stays ignored.
 */
public final class Runner implements AutoCloseable {

  /** How long closing waits for the default executor: THREAD_JOIN_TIMEOUT. */
  private static final Duration EXECUTOR_TIMEOUT = Duration.ofMinutes(5);

  /** How long closing takes at most after a failure of the JVM. */
  private static final Duration FATAL_LIMIT = Duration.ofSeconds(10);

  /** How often closing looks for tasks that were created while others were being cancelled. */
  private static final int CANCEL_ROUNDS = 100;

  private final @Nullable Supplier<? extends EventLoop>
      loopFactory; // null for the program's policy
  private final Optional<Boolean> debug;
  private final Signals signals;
  private @Nullable EventLoop loop;

  @SuppressWarnings("NullAway.Init") // set with the loop
  private Context context;

  private boolean closed;
  private @Nullable Interruption interruption; // of the last run
  private @Nullable Throwable thrown; // by the last run, whose caller gets it

  /**
   * Creates a runner with a loop of the program's {@link AbstractEventLoopPolicy}. The loop becomes the current loop of
   * the thread that first uses the runner; closing the runner leaves the thread without one. Never suspends. Any
   * thread.
   */
  public Runner() {
    this(Optional.empty(), ProcessSignals.INSTANCE, null);
  }

  /**
   * Creates a runner with a loop of the program's {@link AbstractEventLoopPolicy}, in debug mode or not. The loop
   * becomes the current loop of the thread that first uses the runner; closing the runner leaves the thread without
   * one. Never suspends. Any thread.
   *
   * @param debug whether the loop is in debug mode, see {@link EventLoop#setDebug}
   */
  public Runner(boolean debug) {
    this(Optional.of(debug), ProcessSignals.INSTANCE, null);
  }

  /**
   * Creates a runner that uses a loop supplied by the caller and closes it. The loop does not become the current loop
   * of a thread. Never suspends. Any thread.
   *
   * @param loopFactory creates the loop; called once, at first use
   */
  public Runner(Supplier<? extends EventLoop> loopFactory) {
    this(loopFactory, Optional.empty(), ProcessSignals.INSTANCE);
  }

  /**
   * Creates a runner that uses a loop supplied by the caller, in debug mode or not, and closes it. The loop does not
   * become the current loop of a thread. Never suspends. Any thread.
   *
   * @param loopFactory creates the loop; called once, at first use
   * @param debug whether the loop is in debug mode, see {@link EventLoop#setDebug}
   */
  public Runner(Supplier<? extends EventLoop> loopFactory, boolean debug) {
    this(loopFactory, Optional.of(debug), ProcessSignals.INSTANCE);
  }

  Runner(Supplier<? extends EventLoop> loopFactory, Optional<Boolean> debug, Signals signals) {
    this(debug, signals, Objects.requireNonNull(loopFactory, "loopFactory"));
  }

  private Runner(
      Optional<Boolean> debug,
      Signals signals,
      @Nullable Supplier<? extends EventLoop> loopFactory) {
    this.loopFactory = loopFactory;
    this.debug = debug;
    this.signals = signals;
    Watchdog.setUpLog();
  }

  /**
   * Returns the runner's loop and creates it if needed ({@code get_loop}). Never suspends. Any thread, one at a time.
   *
   * @return the loop, which the runner closes
   * @throws IllegalStateException if the runner is closed
   */
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
   * Runs a coroutine as a task, in the runner's context, until it ends ({@code run}). The calling thread carries the
   * loop; if it is virtual, a new platform thread does. The call returns when the coroutine has ended. Blocks its
   * caller; any thread that runs no loop may call it.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @param <E> the type of the coroutine's checked exceptions
   * @return the coroutine's result
   * @throws E if the coroutine throws it; not wrapped
   * @throws IllegalStateException if the caller runs on a loop, or the runner is closed
   * @throws KeyboardInterrupt if SIGINT or SIGTERM ends the coroutine
   */
  public <T extends @Nullable Object, E extends Exception> T run(
      ThrowingCallable<? extends T, E> coroutine) throws E {
    return run(coroutine, null);
  }

  /**
   * Runs a coroutine that returns nothing as a task, in the runner's context, until it ends ({@code run}). The calling
   * thread carries the loop; if it is virtual, a new platform thread does. The call returns when the coroutine has
   * ended. Blocks its caller; any thread that runs no loop may call it.
   *
   * @param coroutine the task's code
   * @param <E> the type of the coroutine's checked exceptions
   * @throws E if the coroutine throws it; not wrapped
   * @throws IllegalStateException if the caller runs on a loop, or the runner is closed
   * @throws KeyboardInterrupt if SIGINT or SIGTERM ends the coroutine
   */
  public <E extends Exception> void run(ThrowingRunnable<E> coroutine) throws E {
    run(coroutine.asCallable());
  }

  /**
   * Runs a coroutine as a task, in a given context, until it ends ({@code run(context=...)}). The calling thread
   * carries the loop; if it is virtual, a new platform thread does. The call returns when the coroutine has ended.
   * Blocks its caller; any thread that runs no loop may call it.
   *
   * @param context the context in which the coroutine runs; shared, not copied
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @param <E> the type of the coroutine's checked exceptions
   * @return the coroutine's result
   * @throws E if the coroutine throws it; not wrapped
   * @throws IllegalStateException if the caller runs on a loop, or the runner is closed
   * @throws KeyboardInterrupt if SIGINT or SIGTERM ends the coroutine
   */
  public <T extends @Nullable Object, E extends Exception> T runIn(
      Context context, ThrowingCallable<? extends T, E> coroutine) throws E {
    return run(coroutine, Objects.requireNonNull(context, "context"));
  }

  private <T extends @Nullable Object> T run(
      ThrowingCallable<? extends T, ?> coroutine, @Nullable Context given) {
    Objects.requireNonNull(coroutine, "coroutine");
    if (BaseEventLoop.runningOrNull() != null) {
      throw new IllegalStateException("Runner.run() cannot be called from a running event loop");
    }
    EventLoop own = getLoop();
    Task<T> task = own.createTask(
        coroutine, TaskOptions.defaults().withContext(given == null ? context : given));
    interruption = new Interruption(own, task);
    interruption.begin(signals);
    Throwable failure = null;
    try {
      own.runUntilComplete(task);
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
    return task.result();
  }

  /**
   * Cancels all tasks and waits for them, closes the asynchronous generators, shuts the default executor down, and
   * closes the loop ({@code close}). The calling thread carries the loop and waits for the end. Idempotent. Blocks its
   * caller; any thread that runs no loop may call it.
   *
   * <p>Tasks that end with a failure are reported to the exception handler. A fatal failure is thrown when all is
   * closed, unless the last {@code run} threw it: otherwise a try-with-resources statement would throw an {@code
   * IllegalArgumentException} in its place.
   *
   * @throws IllegalStateException if the caller runs on a loop
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    EventLoop own = loop;
    if (own == null) {
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
        cleanUpAfter((VirtualMachineError) thrown, own);
      } else {
        cleanUp(own);
      }
    } catch (Throwable error) {
      failure = error;
    }
    try {
      own.close();
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
   * Cleans up after a failure of the JVM. What the failure left undone may keep tasks from ending, and cleaning up may
   * fail in the same way. So the failure is logged first, and the loop gives up after a time.
   */
  private void cleanUpAfter(VirtualMachineError fatal, EventLoop own) {
    Logs.RUNNER.error("The run has failed, its tasks are cancelled now", fatal);
    var base = (BaseEventLoop) own;
    TimerHandle limit = base.callDeadline(
        FATAL_LIMIT,
        () -> base.turns.unwind(new IllegalStateException(
            "the loop has not cleaned up within " + FATAL_LIMIT + " of a fatal error", fatal)));
    try {
      cleanUp(own);
    } finally {
      limit.cancel();
    }
  }

  private void cleanUp(EventLoop own) {
    try {
      cancelAllTasks(own);
      own.runUntilComplete(() -> own.shutdownAsyncgens());
      own.runUntilComplete(() -> own.shutdownDefaultExecutor(EXECUTOR_TIMEOUT));
    } finally {
      if (loopFactory == null) {
        AbstractEventLoopPolicy.getEventLoopPolicy().resetEventLoop();
      }
    }
  }

  private static void cancelAllTasks(EventLoop own) {
    List<Task<?>> tasks = own.allTasks();
    for (int round = 0; !tasks.isEmpty() && round < CANCEL_ROUNDS; round++) {
      List<Task<?>> pending = tasks;
      pending.forEach(Task::cancel);
      own.runUntilComplete(whenAllAreDone(own, pending));
      pending.forEach(task -> reportFailure(own, task));
      tasks = own.allTasks();
    }
  }

  /**
   * Returns a future that is done when all tasks are done. It is not a task, so tasks that done callbacks create still
   * begin, as they do after asyncio's gather.
   */
  private static Future<@Nullable Void> whenAllAreDone(EventLoop own, List<Task<?>> tasks) {
    Future<@Nullable Void> ended = own.createFuture();
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

  private static void reportFailure(EventLoop own, Task<?> task) {
    if (!task.cancelled() && task.exception().isPresent()) {
      own.callExceptionHandler(ExceptionContext.of("unhandled exception during run() shutdown")
          .withException(task.exception().get())
          .with(ExceptionContext.TASK, task));
    }
  }
}
