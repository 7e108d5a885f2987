package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.Daemons;
import dev.weft.carrier.LateCarrier;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Everything in a loop except its I/O: asyncio's {@code BaseEventLoop}. A subclass waits for I/O in {@link #poll}. */
public abstract non-sealed class BaseEventLoop implements EventLoop {

  static final Cleaner CLEANER =
      Cleaner.create(Daemons.builder().name("weft-cleaner").factory());

  /** The interval, in ms, at which a thread that waits to read the loop's state checks whether the loop still runs. */
  private static final long READ_PATIENCE = 50;

  /** The maximum distance from now at which a deadline is comparable, in nanoseconds: 146 years. */
  private static final long FAR = Long.MAX_VALUE / 2;

  final Turns turns;
  private final ExceptionReporter reporter = new ExceptionReporter(this);
  private final PeerFailures peerFailures = new PeerFailures(this);
  private final DefaultExecutor executor = new DefaultExecutor(this);
  private final ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

  // loop thread only
  private final TaskList tasks = new TaskList();
  private final Set<Runnable> beforeClose = new LinkedHashSet<>();
  private final Generators generators = new Generators(this);
  private final LoopSignals signals = new LoopSignals(this);
  private TaskFactory taskFactory = TaskFactory.DEFAULT;
  private long timerSequence;
  private @Nullable Submitters submitters; // null until the program uses an executor of its own
  private @Nullable Unwinding unwinding; // while closing

  // written on the loop, read by any thread
  private volatile boolean closed;

  // any thread; the one field of debug mode that is read when it is off
  private volatile boolean debug = Boolean.getBoolean("weft.debug");
  private final Origins origins = new Origins();
  private final SlowSteps slowSteps = new SlowSteps(this);

  private final UnretrievedFailures unretrieved = new UnretrievedFailures(this);
  private final Set<CompletableFuture<?>> promised = ConcurrentHashMap.newKeySet();

  /**
   * Creates a loop. Never suspends. Any thread.
   *
   * @param clock the time by which the loop's timers run
   */
  @SuppressWarnings("this-escape") // no method of a subclass is called before it is complete
  protected BaseEventLoop(Clock clock) {
    turns = new Turns(this, clock);
  }

  // ---- what a subclass does

  /**
   * Waits for I/O and passes a handle to {@link #append} for each event, on the carrier.
   *
   * @param timeout how long to wait at most, in nanoseconds; 0 for not at all; {@link Long#MAX_VALUE} for no limit
   */
  protected abstract void poll(long timeout);

  /** Ends a {@link #poll} that waits, or the next one. Any thread; must not block. */
  protected abstract void wakeup();

  /** Releases the subclass's resources when the loop is closed. */
  protected abstract void release();

  /**
   * Runs an action when this loop is garbage collected, on a thread of its own. Never suspends. Any thread.
   *
   * @param action must not refer to the loop
   */
  protected final void whenCollected(Runnable action) {
    CLEANER.register(this, action);
  }

  // ---- lifecycle

  @Override
  public final void runForever() {
    checkCanRun();
    if (Thread.currentThread().isVirtual()) {
      PlatformThread.call("weft-loop", turns::run);
    } else {
      turns.run();
    }
  }

  @Override
  public final <T extends @Nullable Object> T runUntilComplete(Future<T> future) {
    Objects.requireNonNull(future, "future");
    checkCanRun();
    if (future.loop != this) {
      throw new IllegalArgumentException("the future belongs to another loop: " + future.loop);
    }
    Consumer<Future<T>> stop = done -> {
      // A fatal failure leaves the loop without a stop, which would end the next run.
      if (done.cancelled()
          || done.exception().filter(KeyboardInterrupt::isFatal).isEmpty()) {
        stop();
      }
    };
    future.addDoneCallback(stop);
    try {
      runForever();
    } finally {
      if (!future.done()) {
        future.removeDoneCallback(stop);
      }
    }
    if (!future.done()) {
      throw new IllegalStateException("Event loop stopped before Future completed.");
    }
    return future.result();
  }

  @Override
  public final <T extends @Nullable Object> T runUntilComplete(ThrowingCallable<T, ?> coroutine) {
    Objects.requireNonNull(coroutine, "coroutine");
    checkCanRun();
    Task<T> task = createTask(coroutine);
    try {
      return runUntilComplete(task);
    } catch (Throwable error) {
      if (task.done()) {
        task.markRetrieved(); // the caller gets the failure
      } else {
        task.forgetIfPending();
      }
      throw error;
    }
  }

  @Override
  public final void stop() {
    turns.stopping = true;
  }

  @Override
  public final boolean isRunning() {
    return turns.running;
  }

  @Override
  public final boolean isClosed() {
    return closed;
  }

  private void checkCanRun() {
    checkClosed();
    if (turns.running) {
      throw new IllegalStateException("This event loop is already running");
    }
    EventLoop other = runningOrNull();
    if (other != null) {
      throw new IllegalStateException(
          "Cannot run the event loop while another loop is running: " + other);
    }
  }

  private void checkClosed() {
    if (closed) {
      throw new IllegalStateException("Event loop is closed");
    }
  }

  @Override
  public final void close() {
    if (turns.running) {
      throw new IllegalStateException("Cannot close a running event loop");
    }
    if (closed) {
      return;
    }
    if (Thread.currentThread().isVirtual() || runningOrNull() != null) {
      PlatformThread.call("weft-loop", this::closeHere);
    } else {
      closeHere();
    }
  }

  /**
   * Runs code at the beginning of {@link #close}. Never suspends. Loop thread only.
   *
   * @param code must neither suspend nor throw
   */
  public final void beforeClose(Runnable code) {
    beforeClose.add(code);
  }

  /**
   * Removes code that {@link #beforeClose} registered. Never suspends. Loop thread only.
   *
   * @param code the code
   */
  public final void forgetBeforeClose(Runnable code) {
    beforeClose.remove(code);
  }

  private void closeHere() {
    boolean interrupted = Thread.interrupted(); // mounting a virtual thread would clear it
    List.copyOf(beforeClose).forEach(Runnable::run);
    closed = true; // from now on other threads are refused
    signals.removeAll(); // first, because a closed loop does not run their handlers
    turns.timers.clear();
    List<Task<?>> left = new ArrayList<>(tasks.toList());
    left.addAll(generators.tasks());
    List<Handle> discarded = new ArrayList<>();
    unwinding = new Unwinding(this, turns.carrier, turns.ready, left, discarded);
    turns.carrier.enter();
    try {
      turns.remaining = 0; // a fatal error may have left entries
      turns.driver.close(discarded);
      unwinding.run();
    } finally {
      turns.carrier.exit();
    }
    for (Object entry : turns.ready.close()) {
      if (entry instanceof Handle handle) {
        discarded.add(handle);
      } else {
        LateCarrier.run((Runnable) entry);
      }
    }
    for (Handle handle : discarded) {
      handle.cancel();
    }
    executor.shutdown();
    release();
    peerFailures.tell();
    // last, because the tasks that end above may still complete them
    for (CompletableFuture<?> each : promised) {
      each.cancel(false);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (turns.isUnwinding()) {
      turns.throwFatal();
    }
  }

  // ---- callbacks and time

  @Override
  public final Handle callSoon(Runnable callback) {
    return appended(new Handle(this, callback(callback), Context.bindings()));
  }

  @Override
  public final Handle callSoon(Runnable callback, Context context) {
    return appended(new Handle(this, callback(callback), context(context)));
  }

  @Override
  public final Handle callSoonThreadsafe(Runnable callback) {
    return offered(new ThreadSafeHandle(this, callback(callback), Context.bindings()));
  }

  @Override
  public final Handle callSoonThreadsafe(Runnable callback, Context context) {
    return offered(new ThreadSafeHandle(this, callback(callback), context(context)));
  }

  @Override
  public final TimerHandle callLater(Duration delay, Runnable callback) {
    return addedTimer(deadline(nanos(delay, "delay")), callback, Context.bindings());
  }

  @Override
  public final TimerHandle callLater(Duration delay, Runnable callback, Context context) {
    return addedTimer(deadline(nanos(delay, "delay")), callback, context(context));
  }

  @Override
  public final TimerHandle callAt(long when, Runnable callback) {
    return addedTimer(comparable(when, turns.clock.time()), callback, Context.bindings());
  }

  @Override
  public final TimerHandle callAt(long when, Runnable callback, Context context) {
    return addedTimer(comparable(when, turns.clock.time()), callback, context(context));
  }

  @Override
  public final Optional<Duration> timeUntilReady() {
    checkOnLoop("timeUntilReady");
    long nanos = turns.nanosUntilReady();
    return nanos == Long.MAX_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(nanos));
  }

  @Override
  public final long time() {
    return turns.clock.time();
  }

  /**
   * Appends a handle to the ready queue. Never suspends. Loop thread only.
   *
   * @param handle a handle of this loop
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  protected final void append(Handle handle) {
    if (turns.carrier.isCurrent()) {
      turns.ready.add(handle);
    } else {
      checkOnLoop("callSoon");
      offered(handle);
    }
  }

  /**
   * Creates a handle that can be appended many times, for example for I/O events. Never suspends. Loop thread only.
   *
   * @param callback the code
   * @param context the context in which it runs; shared, not copied
   * @return the handle
   */
  protected final Handle newHandle(Runnable callback, Context context) {
    return new Handle(this, callback(callback), context(context));
  }

  /**
   * Returns whether the next turn, if it came now, would run only the events that its poll finds. A callback for I/O
   * may then do the work of that turn itself. Never suspends. Driver only.
   *
   * @return false in debug mode, which times each callback
   */
  protected final boolean wouldOnlyPoll() {
    return !debug && turns.isIdle();
  }

  /**
   * Returns whether a callback that is queued now would run in its turn. Never suspends. Carrier only.
   *
   * @return false while a callback is parked
   */
  protected final boolean canRunCallbacks() {
    return turns.driver.isAvailable();
  }

  /**
   * Throws if the calling task, whose park has ended in vain, is pinned: it would wait for a loop that it blocks itself.
   * Never suspends. Loop thread only.
   *
   * @throws IllegalStateException if the task is pinned
   */
  public final void checkNotPinned() {
    if (turns.isPinned()) {
      throw Turns.pinned();
    }
  }

  private Handle appended(Handle handle) {
    append(handle);
    return handle;
  }

  private Handle offered(Handle handle) {
    checkClosed();
    if (!turns.ready.offer(handle)) {
      throw new IllegalStateException("Event loop is closed");
    }
    return handle;
  }

  private TimerHandle addedTimer(long when, Runnable callback, Object context) {
    checkOnLoop("callLater");
    var timer = new TimerHandle(this, when, callback(callback), context);
    turns.timers.add(timer);
    return timer;
  }

  /**
   * Schedules the end of a wait at a time. It does not wait behind a parked callback, as {@link #callAt} does. Never
   * suspends. Loop thread only.
   *
   * @param when the time by the loop's clock, in nanoseconds; must be {@link #comparable}
   * @param expire Weft's own code: it completes, cancels or marks, and does not call the program's code
   * @return the timer, which can cancel the deadline
   */
  public final TimerHandle callDeadline(long when, Runnable expire) {
    checkOnLoop("callDeadline");
    var timer = new DeadlineTimer(this, when, expire);
    turns.timers.add(timer);
    return timer;
  }

  /**
   * Schedules the end of a wait after a time. It does not wait behind a parked callback, as {@link #callLater} does.
   * Never suspends. Loop thread only.
   *
   * @param delay how long; a negative time has passed
   * @param expire Weft's own code: it completes, cancels or marks, and does not call the program's code
   * @return the timer, which can cancel the deadline
   */
  public final TimerHandle callDeadline(Duration delay, Runnable expire) {
    return callDeadline(deadline(nanos(delay, "delay")), expire);
  }

  /**
   * Schedules the end of a wait whose deadline has passed, in the next turn, as {@link #callSoon} does. It does not
   * wait behind a parked callback. Never suspends. Loop thread only.
   *
   * @param expire Weft's own code: it completes, cancels or marks, and does not call the program's code
   * @return the timer, which can cancel the deadline
   */
  public final TimerHandle callPassedDeadline(Runnable expire) {
    var passed = new DeadlineTimer(this, turns.clock.time(), expire);
    append(passed);
    return passed;
  }

  final void addTimer(TimerHandle timer) {
    turns.timers.add(timer);
  }

  final void removeTimer(TimerHandle timer) {
    turns.timers.remove(timer);
  }

  final long nextTimerSequence() {
    return timerSequence++;
  }

  /** Returns the time {@code delay} nanoseconds from now. */
  final long deadline(long delay) {
    return turns.clock.time() + delay;
  }

  /**
   * Returns a time that can be compared with the loop's time, and with other timers' times, by their difference, as
   * {@link System#nanoTime} requires. A time that is too far from now is replaced by one that is long past, or that
   * never comes. Never suspends. Any thread.
   *
   * @param when the time by the loop's clock, in nanoseconds
   * @param now the loop's time, in nanoseconds
   * @return {@code when}, or a time 146 years from {@code now}
   */
  public static long comparable(long when, long now) {
    long distance = when - now;
    if (-FAR <= distance && distance <= FAR) { // also across the overflow of the clock
      return when;
    }
    return when < now ? now - FAR / 2 : now + FAR;
  }

  /** Returns a duration in nanoseconds, limited so that deadlines stay comparable. */
  static long nanos(Duration duration, String parameter) {
    long seconds = Objects.requireNonNull(duration, parameter).getSeconds();
    long limit = FAR / 1_000_000_000L;
    return seconds >= limit ? FAR : seconds < -limit ? Long.MIN_VALUE / 2 : duration.toNanos();
  }

  private static Runnable callback(Runnable callback) {
    return Objects.requireNonNull(callback, "callback");
  }

  private static Context context(Context context) {
    return Objects.requireNonNull(context, "context");
  }

  // ---- which thread

  static @Nullable EventLoop runningOrNull() {
    EventLoop loop = LoopFiber.currentLoop();
    return loop != null ? loop : (EventLoop) Carrier.currentOwner();
  }

  /**
   * Returns the loop that runs the caller ({@code _get_running_loop}). Never suspends. Any thread.
   *
   * @return the loop; empty if no loop runs the caller
   */
  public static Optional<BaseEventLoop> current() {
    return Optional.ofNullable((BaseEventLoop) runningOrNull());
  }

  /**
   * Returns whether the caller runs on the loop. Never suspends. Any thread.
   *
   * @return true on the loop's carrier, and in a virtual thread that it carries
   */
  public final boolean isOnLoop() {
    return turns.carrier.isCurrent();
  }

  /**
   * Checks that the caller may use the loop's state. Never suspends. Any thread.
   *
   * @param call the method that the program has called, for the message
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  public final void checkOnLoop(String call) {
    if (turns.carrier.isCurrent()) {
      return;
    }
    checkClosed();
    if (turns.running) {
      throw new IllegalStateException(call
          + " called from "
          + Thread.currentThread()
          + ", but the loop runs on "
          + turns.thread
          + ": use callSoonThreadsafe");
    }
  }

  /** Checks that the caller may change a future. While the loop does not run, every thread may. */
  final void checkCanUse(String call, Future<?> future) {
    if (!turns.carrier.isCurrent() && turns.running) {
      checkOnLoop(call + future);
    }
  }

  /** Checks that a task may park, which it may not while the loop closes. */
  final void checkCanSuspend(Task<?> task) {
    if (unwinding != null) {
      unwinding.refuse(task);
    }
  }

  // ---- futures and tasks

  @Override
  public final <T extends @Nullable Object> Future<T> createFuture() {
    return new Future<>(this);
  }

  @Override
  public final <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine, TaskOptions options) {
    Objects.requireNonNull(coroutine, "coroutine");
    Objects.requireNonNull(options, "options");
    checkClosed();
    checkOnLoop("createTask");
    return taskFactory.create(this, coroutine, options);
  }

  /** Creates a task as the default task factory does. */
  final <T extends @Nullable Object> Task<T> newTask(
      Callable<? extends T> coroutine, TaskOptions options) {
    var task = new Coroutine<T>(this, coroutine, options);
    tasks.add(task);
    try {
      if (options.eagerStart().orElse(false) && Thread.currentThread().isVirtual()) {
        task.startInPlace(turns.carrier);
      } else {
        task.start();
      }
    } catch (Throwable notStarted) {
      tasks.remove(task); // no code would ever end it
      throw notStarted;
    }
    return task;
  }

  // ---- asynchronous generators

  /** Creates a task that only a generator knows. {@link #allTasks} does not list it. */
  final <T extends @Nullable Object> Task<T> newUnlistedTask(Callable<T> code) {
    var task = new Coroutine<T>(this, code, TaskOptions.defaults());
    task.forgetIfPending();
    return task;
  }

  final Generators generators() {
    return generators;
  }

  @Override
  public final void shutdownAsyncgens() {
    checkOnLoop("shutdownAsyncgens");
    generators.shutDown();
  }

  @Override
  public final void setTaskFactory(TaskFactory factory) {
    taskFactory = Objects.requireNonNull(factory, "factory");
  }

  @Override
  public final TaskFactory getTaskFactory() {
    return taskFactory;
  }

  @Override
  public final List<Task<?>> allTasks() {
    if (!turns.carrier.isCurrent()) {
      checkClosed();
    }
    return read(tasks::toList);
  }

  /** Reads the loop's state. If the loop runs and the caller is not on it, a callback reads it. */
  final <T extends @Nullable Object> T read(Supplier<T> reader) {
    if (turns.carrier.isCurrent() || !turns.running) {
      return reader.get();
    }
    var result = CompletableFuture.supplyAsync(reader, this::callSoonThreadsafe);
    boolean wasInterrupted = false;
    try {
      while (true) {
        try {
          return result.get(READ_PATIENCE, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          if (!turns.running) { // the loop will not run the callback
            return reader.get();
          }
        } catch (InterruptedException e) {
          wasInterrupted = true;
        } catch (ExecutionException e) {
          throw Throwables.rethrow(Objects.requireNonNullElse(e.getCause(), e));
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  final Thread newThread(Coroutine<?> coroutine, String name) {
    return turns.carrier.newThread(coroutine, name);
  }

  final void remove(Task<?> task) {
    tasks.remove(task);
  }

  // ---- threads

  /** Records a future for which another thread may wait. Closing the loop cancels it. Any thread. */
  final void promise(CompletableFuture<?> future) {
    future.whenComplete((result, failure) -> promised.remove(future));
    promised.add(future);
  }

  @Override
  public final Thread newThread(Runnable code, String name) {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(name, "name");
    checkClosed();
    var options = TaskOptions.defaults();
    return new Coroutine<>(
            this, new ThreadBody(this, code), name.isEmpty() ? options : options.withName(name))
        .thread();
  }

  /** Adds a task to {@link #allTasks} in its first step, because any thread may have created it. */
  final void enlist(Task<?> task) {
    tasks.add(task);
  }

  @Override
  public final List<Thread> guestThreads() {
    if (!turns.carrier.isCurrent()) {
      checkClosed();
    }
    return read(turns.carrier::guests);
  }

  @Override
  public final <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
      ThrowingCallable<? extends T, ?> coroutine) {
    return ThreadBridge.submit(this, Objects.requireNonNull(coroutine, "coroutine"));
  }

  @Override
  public final <T extends @Nullable Object> Future<T> wrapFuture(CompletionStage<T> stage) {
    Objects.requireNonNull(stage, "stage");
    checkOnLoop("wrapFuture");
    return ThreadBridge.wrap(this, stage);
  }

  @Override
  public final <T extends @Nullable Object> Future<T> runInExecutor(
      ThrowingCallable<? extends T, ?> code) {
    Objects.requireNonNull(code, "code");
    checkOnLoop("runInExecutor");
    return executor.run(code);
  }

  @Override
  public final <T extends @Nullable Object> Future<T> runInExecutor(
      Executor executor, ThrowingCallable<? extends T, ?> code) {
    Objects.requireNonNull(executor, "executor");
    Objects.requireNonNull(code, "code");
    checkOnLoop("runInExecutor");
    return Submission.submit(this, executor, code);
  }

  /**
   * Runs blocking code on one of Weft's pools. Its threads are platform threads that inherit nothing, so the caller
   * hands the code to the pool directly. Cancelling the future prevents code from starting. Never suspends. Loop thread
   * only.
   *
   * @param pool the pool
   * @param code the blocking code
   * @param <T> the type of the result
   * @return a future of the code's result
   */
  public final <T extends @Nullable Object> Future<T> runInPool(
      Executor pool, Callable<? extends T> code) {
    return ExecutorCall.submit(this, pool, code);
  }

  /**
   * Runs code on an executor of the program. If the executor runs code in its caller, the code runs on the loop.
   * Cancelling the future prevents code from starting. Never suspends. Loop thread only.
   *
   * @param executor runs the code
   * @param code the code
   * @param <T> the type of the result
   * @return a future of the code's result
   */
  public final <T extends @Nullable Object> Future<T> runInExecutorOrHere(
      Executor executor, Callable<? extends T> code) {
    return Submission.submitOrRun(this, executor, code);
  }

  final Submitters submitters() {
    if (submitters == null) {
      submitters = new Submitters();
    }
    return submitters;
  }

  /**
   * Returns the context class loader of the thread that created the loop. Weft's threads have it while they run the
   * program's code.
   */
  final ClassLoader contextClassLoader() {
    return contextClassLoader;
  }

  /**
   * Runs code that blocks for a short time on the caller's platform thread. No other code of the loop runs meanwhile.
   */
  final void standStillFor(Runnable code) {
    if (turns.carrier.isCurrent() && Thread.currentThread().isVirtual()) {
      turns.carrier.standStillFor(code);
    } else {
      code.run();
    }
  }

  @Override
  public final void setDefaultExecutor(ExecutorService executor) {
    checkOnLoop("setDefaultExecutor");
    this.executor.set(Objects.requireNonNull(executor, "executor"));
  }

  @Override
  public final void shutdownDefaultExecutor(Duration timeout) {
    executor.shutdownAndWait(timeout);
  }

  /** Runs {@code completion} on the loop. A closed loop ignores it, because no task waits there. */
  final void completeFromAnywhere(Runnable completion) {
    turns.ready.offer(new Handle(this, completion, Bindings.EMPTY));
  }

  // ---- signals

  @Override
  public final void addSignalHandler(String signal, Runnable callback) {
    addSignalHandler(ProcessSignal.of(signal), callback);
  }

  @Override
  public final void addSignalHandler(int signal, Runnable callback) {
    addSignalHandler(ProcessSignal.of(signal), callback);
  }

  private void addSignalHandler(ProcessSignal signal, Runnable callback) {
    callback(callback);
    checkClosed(); // also on the loop, while it closes
    checkOnLoop("addSignalHandler");
    signals.add(signal, callback);
  }

  @Override
  public final boolean removeSignalHandler(String signal) {
    return removeSignalHandler(ProcessSignal.of(signal));
  }

  @Override
  public final boolean removeSignalHandler(int signal) {
    return removeSignalHandler(ProcessSignal.of(signal));
  }

  private boolean removeSignalHandler(ProcessSignal signal) {
    if (closed) {
      return false;
    }
    checkOnLoop("removeSignalHandler");
    return signals.remove(signal);
  }

  /** Appends a handle, which may have run before. A closed loop does not run it. Any thread. */
  final void offerAgain(Handle handle) {
    turns.ready.offer(handle);
  }

  // ---- debug mode

  final void runStep(Runnable continuation) {
    if (debug) {
      slowSteps.run(continuation, turns.carrier);
    } else {
      turns.carrier.run(continuation);
    }
  }

  @Override
  public final boolean getDebug() {
    return debug;
  }

  @Override
  public final void setDebug(boolean enabled) {
    debug = enabled;
  }

  @Override
  public final Duration getSlowCallbackDuration() {
    return Duration.ofNanos(slowSteps.limit());
  }

  @Override
  public final void setSlowCallbackDuration(Duration duration) {
    slowSteps.setLimit(nanos(duration, "duration"));
  }

  @Override
  public final void setSlowCallbackListener(Consumer<? super SlowCallback> listener) {
    slowSteps.setListener(Objects.requireNonNull(listener, "listener"));
  }

  final Origins origins() {
    return origins;
  }

  final SlowSteps slowSteps() {
    return slowSteps;
  }

  /** Returns the tasks that are parked in a blocking call of other code than Weft's. */
  final List<Task<?>> tasksInBlockingCalls() {
    return tasks.toList().stream().filter(Task::isInBlockingCall).toList();
  }

  // ---- watchdog

  @Override
  public final Duration getBlockedThreshold() {
    return Duration.ofNanos(turns.watchdog.threshold());
  }

  @Override
  public final void setBlockedThreshold(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration must not be negative: " + duration);
    }
    turns.watchdog.setThreshold(nanos(duration, "duration"));
  }

  @Override
  public final void setBlockedListener(Consumer<? super BlockedLoop> listener) {
    turns.watchdog.setListener(Objects.requireNonNull(listener, "listener"));
  }

  /** Returns at most {@code most} tasks of a kind that are not done. Watchdog only. */
  final List<Task<?>> findTasks(Predicate<Task<?>> kind, int most) {
    return tasks.find(kind, most);
  }

  /**
   * Returns the thread of this loop that has a thread id, or null if there is none. Watchdog only, while the loop is
   * blocked.
   */
  final @Nullable Thread findThread(long threadId) {
    Thread callbacks = turns.driver.thread();
    return callbacks != null && callbacks.threadId() == threadId ? callbacks : tasks.find(threadId);
  }

  // ---- errors

  @Override
  public final void callExceptionHandler(ExceptionContext context) {
    Objects.requireNonNull(context, "context");
    if (turns.running && Thread.currentThread() == turns.thread) {
      // The carrier never runs a handler and never logs.
      turns.ready.add(new Handle(this, () -> reporter.report(context), Bindings.EMPTY));
    } else {
      reporter.report(context);
    }
  }

  /**
   * Reports a failure that a peer of a server has caused. In debug mode it goes to {@link #callExceptionHandler}.
   * Otherwise it is counted, and the log has one warning for all failures with the same message, 10 s after the first,
   * or when the loop is closed. Never suspends. Loop thread only.
   *
   * @param context has the exception, and the transport if there is one
   */
  public final void reportPeerFailure(ExceptionContext context) {
    Objects.requireNonNull(context, "context");
    checkOnLoop("reportPeerFailure");
    if (debug) {
      callExceptionHandler(context);
    } else {
      peerFailures.add(context);
    }
  }

  @Override
  public final void setExceptionHandler(ExceptionHandler handler) {
    reporter.setHandler(Objects.requireNonNull(handler, "handler"));
  }

  @Override
  public final void resetExceptionHandler() {
    reporter.setHandler(null);
  }

  @Override
  public final Optional<ExceptionHandler> getExceptionHandler() {
    return reporter.handler();
  }

  @Override
  public void defaultExceptionHandler(ExceptionContext context) {
    reporter.log(context);
  }

  /** Runs a report on the loop, or in the caller if the loop is closed. Any thread. */
  final void reportFromAnywhere(Runnable report) {
    if (!turns.ready.offer(new Handle(this, report, Bindings.EMPTY))) {
      report.run();
    }
  }

  final UnretrievedFailures unretrieved() {
    return unretrieved;
  }

  @Override
  public String toString() {
    String state = closed ? "closed" : turns.running ? "running" : "stopped";
    return getClass().getSimpleName() + "@" + Integer.toHexString(hashCode()) + "[" + state + "]";
  }
}
