package dev.weft.loop;

import dev.weft.selector.SelectorEventLoop;
import dev.weft.transport.AddressInfoOptions;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Connected;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.Datagram;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.NameInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;
import dev.weft.transport.SendfileNotAvailableException;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
import dev.weft.transport.SubprocessTransport;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An event loop: asyncio's {@code AbstractEventLoop}.
 *
 * <pre>{@code
 * run(() -> {
 *   EventLoop loop = getRunningLoop();
 *   loop.callSoon(() -> System.out.println("in the next turn"));
 *   loop.callLater(Duration.ofMillis(100), () -> System.out.println("later"));
 *   sleep(Duration.ofSeconds(1));
 * });
 * }</pre>
 *
 * <p>One platform thread, the carrier, runs all callbacks of a loop and the steps of all its tasks, one at a time, in
 * the order in which they became ready.
 *
 * <p>"Loop thread only" means that the loop's own code may call a method: its tasks, callbacks and protocols. While the
 * loop does not run, the one thread that sets it up may call the method. A method that suspends may be called in a task
 * alone. "Any thread" means that all threads may call a method at all times.
 *
 * <p>Only Weft implements a loop. A policy that supplies loops of its own makes them by {@link #newEventLoop} and
 * changes their settings.
 */
public sealed interface EventLoop extends AutoCloseable permits BaseEventLoop {

  /**
   * Creates a loop with the system's clock ({@code new_event_loop}). The loop does not run yet and is not the current
   * loop of any thread. Never suspends. Any thread.
   *
   * @return the loop, which the caller closes
   * @throws IllegalStateException if Weft cannot work on this JVM; the message says what to do
   */
  static EventLoop newEventLoop() {
    return newEventLoop(Clock.SYSTEM);
  }

  /**
   * Creates a loop with a given clock, for example for tests. The loop does not run yet and is not the current loop of
   * any thread. Never suspends. Any thread.
   *
   * @param clock the time by which the loop's timers run
   * @return the loop, which the caller closes
   * @throws IllegalStateException if Weft cannot work on this JVM; the message says what to do
   */
  static EventLoop newEventLoop(Clock clock) {
    return new SelectorEventLoop(clock);
  }

  /**
   * Returns the loop that runs the caller ({@code get_running_loop}). Never suspends. Any thread.
   *
   * @return the loop
   * @throws IllegalStateException if no loop runs the caller
   */
  static EventLoop getRunningLoop() {
    EventLoop running = BaseEventLoop.runningOrNull();
    if (running == null) {
      throw new IllegalStateException("no running event loop in " + Thread.currentThread());
    }
    return running;
  }

  /**
   * Returns the loop that runs the caller, or else the calling thread's current loop by the program's {@link
   * AbstractEventLoopPolicy} ({@code get_event_loop}). Never suspends. Any thread.
   *
   * @return the loop
   * @throws IllegalStateException if there is neither
   */
  static EventLoop getEventLoop() {
    EventLoop running = BaseEventLoop.runningOrNull();
    return running != null
        ? running
        : AbstractEventLoopPolicy.getEventLoopPolicy().getEventLoop();
  }

  // ---- lifecycle

  /**
   * Runs the loop until {@link #stop} is called ({@code run_forever}). If {@code stop} was called before, the loop runs
   * one turn without blocking. The calling thread becomes the carrier and does not return until the loop stops. If the
   * caller is a virtual thread, the loop runs on a new platform thread and the caller waits for it. Blocks its caller;
   * any thread that runs no loop may call it.
   *
   * @throws IllegalStateException if the loop is running or closed, or the caller runs on a loop
   */
  void runForever();

  /**
   * Runs the loop until a future is done ({@code run_until_complete}). The calling thread becomes the carrier; if it is
   * virtual, a new platform thread does. The caller returns when the loop stops. Blocks its caller; any thread that
   * runs no loop may call it.
   *
   * @param future a future of this loop
   * @param <T> the type of the result
   * @return the future's result; a failure is thrown unwrapped
   * @throws IllegalStateException if the loop is running or closed, if the caller runs on a loop, or if the loop stops
   *     before the future is done
   */
  <T extends @Nullable Object> T runUntilComplete(Future<T> future);

  /**
   * Runs the loop until a coroutine, which becomes a task, is done ({@code run_until_complete}). The calling thread
   * becomes the carrier; if it is virtual, a new platform thread does. The caller returns when the loop stops. Blocks
   * its caller; any thread that runs no loop may call it.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return the coroutine's result; a failure is thrown unwrapped
   * @throws IllegalStateException if the loop is running or closed, if the caller runs on a loop, or if the loop stops
   *     before the coroutine is done
   */
  <T extends @Nullable Object> T runUntilComplete(ThrowingCallable<T, ?> coroutine);

  /**
   * Runs the loop until a coroutine that returns nothing, and becomes a task, is done ({@code run_until_complete}). The
   * calling thread becomes the carrier; if it is virtual, a new platform thread does. The caller returns when the loop
   * stops. Blocks its caller; any thread that runs no loop may call it.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @throws IllegalStateException if the loop is running or closed, if the caller runs on a loop, or if the loop stops
   *     before the coroutine is done
   */
  default <R extends ThrowingRunnable<?>> void runUntilComplete(R coroutine) {
    runUntilComplete(coroutine.asCallable());
  }

  /** Ends {@link #runForever} at the end of the current turn ({@code stop}). Never suspends. Loop thread only. */
  void stop();

  /**
   * Returns whether the loop is running ({@code is_running}). Never suspends. Any thread.
   *
   * @return true while {@link #runForever} or {@link #runUntilComplete} runs
   */
  boolean isRunning();

  /**
   * Returns whether the loop is closed ({@code is_closed}). Never suspends. Any thread.
   *
   * @return true after {@link #close}
   */
  boolean isClosed();

  /**
   * Closes the loop for good ({@code close}). Idempotent. Never suspends. Any thread, while the loop does not run.
   *
   * <p>Callbacks that have not run do not run, and the handles of those that were ready are cancelled. Tasks that are
   * not done are reported to the exception handler and unwound: their current wait and every further wait throws a
   * {@link CancelledError}, so that their {@code finally} blocks run. (CPython closes the coroutines when it collects
   * them.) It is better to cancel and await the tasks before, as {@link Runner} does.
   *
   * <p>Other virtual threads on the loop, see {@link #guestThreads}, are reported and continue on another carrier.
   * Failures that were not retrieved are reported. The default executor is shut down, and the call does not wait for
   * it. At the end, the futures of {@link #runCoroutineThreadsafe} that are not done are cancelled.
   *
   * @throws IllegalStateException if the loop is running
   */
  @Override
  void close();

  // ---- callbacks and time

  /**
   * Runs a callback in the next turn, behind everything that is ready, in a copy of the current context
   * ({@code call_soon}). The callback must not block. Never suspends. Loop thread only.
   *
   * @param callback the code; what it throws goes to the exception handler
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  Handle callSoon(Runnable callback);

  /**
   * Runs a callback in the next turn, behind everything that is ready, in a given context ({@code call_soon}). The
   * callback must not block. Never suspends. Loop thread only.
   *
   * @param callback the code; what it throws goes to the exception handler
   * @param context the context in which the callback runs; shared, not copied
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  Handle callSoon(Runnable callback, Context context);

  /**
   * Runs a callback in the next turn, for another thread, in a copy of the caller's context
   * ({@code call_soon_threadsafe}). Any thread may also cancel the handle: once its {@code cancel} returns, the
   * callback does not run or has ended. Never suspends. Any thread.
   *
   * @param callback the code; what it throws goes to the exception handler
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed
   */
  Handle callSoonThreadsafe(Runnable callback);

  /**
   * Runs a callback in the next turn, for another thread, in a given context ({@code call_soon_threadsafe}). Any thread
   * may also cancel the handle: once its {@code cancel} returns, the callback does not run or has ended. Never
   * suspends. Any thread.
   *
   * @param callback the code; what it throws goes to the exception handler
   * @param context the context in which the callback runs; shared, not copied
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed
   */
  Handle callSoonThreadsafe(Runnable callback, Context context);

  /**
   * Runs a callback after a time, in a copy of the current context ({@code call_later}). Callbacks for the same time
   * run in the order of the calls. Never suspends. Loop thread only.
   *
   * @param delay how long; with zero or less, the callback runs after everything that is ready and after the events of
   *     the next poll
   * @param callback the code; what it throws goes to the exception handler
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  TimerHandle callLater(Duration delay, Runnable callback);

  /**
   * Runs a callback after a time, in a given context ({@code call_later}). Callbacks for the same time run in the order
   * of the calls. Never suspends. Loop thread only.
   *
   * @param delay how long; with zero or less, the callback runs after everything that is ready and after the events of
   *     the next poll
   * @param callback the code; what it throws goes to the exception handler
   * @param context the context in which the callback runs; shared, not copied
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  TimerHandle callLater(Duration delay, Runnable callback, Context context);

  /**
   * Runs a callback at a time, in a copy of the current context ({@code call_at}). Callbacks for the same time run in
   * the order of the calls. Never suspends. Loop thread only.
   *
   * @param when the time by {@link #time}, in nanoseconds; a time more than 146 years ahead never comes; a time more
   *     than 146 years ago has passed
   * @param callback the code; what it throws goes to the exception handler
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  TimerHandle callAt(long when, Runnable callback);

  /**
   * Runs a callback at a time, in a given context ({@code call_at}). Callbacks for the same time run in the order of
   * the calls. Never suspends. Loop thread only.
   *
   * @param when the time by {@link #time}, in nanoseconds; a time more than 146 years ahead never comes; a time more
   *     than 146 years ago has passed
   * @param callback the code; what it throws goes to the exception handler
   * @param context the context in which the callback runs; shared, not copied
   * @return the handle, which can cancel the callback
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  TimerHandle callAt(long when, Runnable callback, Context context);

  /**
   * Returns how long it takes until the loop has something to run by itself. A program uses this to find out whether a
   * loop is idle, or to run it inside a loop of another library. The call does not look at channels. Asyncio has no
   * such method. Never suspends. Loop thread only.
   *
   * @return zero if a callback or a step of a task other than the caller's is ready; else the time to the next timer;
   *     empty if only a channel or another thread can bring something
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  Optional<Duration> timeUntilReady();

  /**
   * Returns the loop's monotonic time ({@code time}). Never suspends. Any thread.
   *
   * @return the time in nanoseconds since some fixed moment
   */
  long time();

  // ---- futures and tasks

  /**
   * Creates a pending future of this loop ({@code create_future}). Never suspends. Loop thread only.
   *
   * @param <T> the type of the result
   * @return the future
   */
  <T extends @Nullable Object> Future<T> createFuture();

  /**
   * Creates a task, with default options ({@code create_task}). Its first step runs in the next turn, unless the task
   * factory starts it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  default <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine) {
    return createTask(coroutine, TaskOptions.defaults());
  }

  /**
   * Creates a task for a coroutine that returns nothing, with default options ({@code create_task}). Its first step
   * runs in the next turn, unless the task factory starts it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  default <R extends ThrowingRunnable<?>> Task<@Nullable Void> createTask(R coroutine) {
    return createTask(coroutine.asCallable());
  }

  /**
   * Creates a task ({@code create_task}). Its first step runs in the next turn, unless the options or the task factory
   * start it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine, TaskOptions options);

  /**
   * Creates a task for a coroutine that returns nothing ({@code create_task}). Its first step runs in the next turn,
   * unless the options or the task factory start it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  default <R extends ThrowingRunnable<?>> Task<@Nullable Void> createTask(
      R coroutine, TaskOptions options) {
    return createTask(coroutine.asCallable(), options);
  }

  /**
   * Sets the factory that {@link #createTask} uses ({@code set_task_factory}). Never suspends. Loop thread only.
   *
   * @param factory creates tasks, for example {@link TaskFactory#EAGER}
   */
  void setTaskFactory(TaskFactory factory);

  /**
   * Returns the factory that {@link #createTask} uses ({@code get_task_factory}). Never suspends. Loop thread only.
   *
   * @return the factory; {@link TaskFactory#DEFAULT} if none was set
   */
  TaskFactory getTaskFactory();

  /**
   * Returns the tasks that are not done ({@code all_tasks}). Never suspends. Any thread: while the loop runs in another
   * thread, the call blocks until the loop answers.
   *
   * @return the tasks, the oldest first
   * @throws IllegalStateException if the loop is closed
   */
  List<Task<?>> allTasks();

  /**
   * Closes all {@link AsyncGenerator}s that have begun and not ended, at the same time, and reports those that fail
   * ({@code shutdown_asyncgens}). A generator that begins after this call is reported. {@link Runner} calls this
   * method. Suspends. Loop thread only.
   *
   * @throws IllegalStateException if the caller is not a task
   */
  void shutdownAsyncgens();

  // ---- threads

  /**
   * Creates a virtual thread of this loop, which the caller starts, for code that need not know of the loop. From its
   * first step on the thread is a task, which {@link #allTasks} lists: it may await, blocking calls of the JDK park
   * only this thread, and cancelling the task interrupts it. If the loop is closed before the thread begins, the thread
   * runs interrupted. {@code dev.weft.thread} has factories of such threads. Asyncio has no such method. Never
   * suspends. Any thread.
   *
   * @param code the thread's code; what it throws goes to the exception handler
   * @param name the name of the thread and of the task; empty for {@code Task-} and a number
   * @return the thread, not started
   * @throws IllegalStateException if the loop is closed
   */
  Thread newThread(Runnable code, String name);

  /**
   * Returns the virtual threads on this loop that are not tasks and have not ended. Code that runs on the loop starts
   * such threads with the JDK's own API, and they inherit the carrier. Asyncio has no such method. Never suspends. Any
   * thread: while the loop runs in another thread, the call blocks until the loop answers.
   *
   * @return the threads
   * @throws IllegalStateException if the loop is closed
   */
  List<Thread> guestThreads();

  /**
   * Runs a coroutine as a task of this loop, for another thread ({@code run_coroutine_threadsafe}). A thread that waits
   * for the result on the loop itself waits for ever. Closing the loop cancels the result. Never suspends. Any thread.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return a future that completes when the task is done, and whose {@code cancel} cancels the task
   * @throws IllegalStateException if the loop is closed
   */
  <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
      ThrowingCallable<? extends T, ?> coroutine);

  /**
   * Runs a coroutine that returns nothing as a task of this loop, for another thread
   * ({@code run_coroutine_threadsafe}). A thread that waits for the result on the loop itself waits for ever. Closing
   * the loop cancels the result. Never suspends. Any thread.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @return a future that completes when the task is done, and whose {@code cancel} cancels the task
   * @throws IllegalStateException if the loop is closed
   */
  default <R extends ThrowingRunnable<?>> CompletableFuture<@Nullable Void> runCoroutineThreadsafe(
      R coroutine) {
    return runCoroutineThreadsafe(coroutine.asCallable());
  }

  /**
   * Returns a future of this loop that ends as a stage does ({@code wrap_future}). Any thread may complete the stage.
   * Cancelling the future cancels the stage. Never suspends. Loop thread only.
   *
   * @param stage a stage of another library
   * @param <T> the type of the result
   * @return the future
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  <T extends @Nullable Object> Future<T> wrapFuture(CompletionStage<T> stage);

  /**
   * Runs blocking code on the default executor ({@code run_in_executor(None, ...)}). The default executor is a pool of
   * daemon platform threads, created at first use. They inherit nothing from their users, and have the context class
   * loader of the thread that created the loop. Cancelling the future prevents code from starting; it does not stop
   * code that has started. Never suspends. Loop thread only.
   *
   * @param code the blocking code
   * @param <T> the type of the result
   * @return a future of the code's result
   * @throws IllegalStateException if the loop is closed, if it runs and the caller is not on it, or if the default
   *     executor is shut down
   */
  <T extends @Nullable Object> Future<T> runInExecutor(ThrowingCallable<? extends T, ?> code);

  /**
   * Runs blocking code that returns nothing on the default executor ({@code run_in_executor(None, ...)}). The default
   * executor is a pool of daemon platform threads, created at first use. They inherit nothing from their users, and
   * have the context class loader of the thread that created the loop. Cancelling the future prevents code from
   * starting; it does not stop code that has started. Never suspends. Loop thread only.
   *
   * @param code the blocking code
   * @param <R> the type of the code
   * @return a future of the code's result
   * @throws IllegalStateException if the loop is closed, if it runs and the caller is not on it, or if the default
   *     executor is shut down
   */
  default <R extends ThrowingRunnable<?>> Future<@Nullable Void> runInExecutor(R code) {
    return runInExecutor(code.asCallable());
  }

  /**
   * Runs blocking code on a given executor ({@code run_in_executor}). Cancelling the future prevents code from
   * starting; it does not stop code that has started. Never suspends. Loop thread only.
   *
   * <p>Another thread hands the code to the executor, so that the executor's new threads, also virtual ones, inherit
   * nothing from the caller. The loop waits for that thread, but only for a short time if the executor blocks; the
   * executor then gets later code in order. If the executor runs code in its caller or on this loop, a new platform
   * thread runs the code.
   *
   * @param executor runs the code
   * @param code the blocking code
   * @param <T> the type of the result
   * @return a future of the code's result
   * @throws java.util.concurrent.RejectedExecutionException if {@code executor} refuses the code; every exception of
   *     the executor is thrown, or fails the future if the executor blocks
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  <T extends @Nullable Object> Future<T> runInExecutor(
      Executor executor, ThrowingCallable<? extends T, ?> code);

  /**
   * Runs blocking code that returns nothing on a given executor ({@code run_in_executor}). Cancelling the future
   * prevents code from starting; it does not stop code that has started. Never suspends. Loop thread only.
   *
   * <p>Another thread hands the code to the executor, so that the executor's new threads, also virtual ones, inherit
   * nothing from the caller. The loop waits for that thread, but only for a short time if the executor blocks; the
   * executor then gets later code in order. If the executor runs code in its caller or on this loop, a new platform
   * thread runs the code.
   *
   * @param executor runs the code
   * @param code the blocking code
   * @param <R> the type of the code
   * @return a future of the code's result
   * @throws java.util.concurrent.RejectedExecutionException if {@code executor} refuses the code; every exception of
   *     the executor is thrown, or fails the future if the executor blocks
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  default <R extends ThrowingRunnable<?>> Future<@Nullable Void> runInExecutor(
      Executor executor, R code) {
    return runInExecutor(executor, code.asCallable());
  }

  /**
   * Replaces the default executor ({@code set_default_executor}). Closing the loop shuts it down. The loop passes code
   * to it as {@link #runInExecutor(Executor, ThrowingRunnable)} does. Never suspends. Loop thread only.
   *
   * @param executor the new default executor
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  void setDefaultExecutor(ExecutorService executor);

  /**
   * Shuts the default executor down and waits until its threads have ended ({@code shutdown_default_executor}).
   * Suspends. Loop thread only.
   *
   * @param timeout how long to wait at most; then the call returns and leaves the threads
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  void shutdownDefaultExecutor(Duration timeout);

  /**
   * Creates a socket for code that blocks. It behaves as the JDK's own, but threads that wait for it wait on this
   * loop's selector. A virtual thread of the loop parks without a hop to another thread. Any thread may use the socket;
   * if the loop does not run, another thread waits until it does. {@code dev.weft.thread} has factories of such
   * sockets. Asyncio has no such method. Never suspends. Any thread.
   *
   * @return a socket that is not connected
   * @throws SocketException declared for compatibility with the constructors of {@code Socket}; current JDKs do not
   *     throw it
   */
  Socket newSocket() throws SocketException;

  /**
   * Creates a listening socket for code that blocks. It behaves as the JDK's own, but threads that wait for it wait on
   * this loop's selector, and the sockets that it accepts belong to this loop, see {@link #newSocket}. Asyncio has no
   * such method. Never suspends. Any thread.
   *
   * @return a socket that is not bound
   */
  ServerSocket newServerSocket();

  // ---- signals

  /**
   * Registers a callback that runs each time the process receives a signal ({@code add_signal_handler}). It runs as an
   * ordinary callback, in a copy of the current context, and replaces this loop's earlier handler of the signal. Never
   * suspends. Loop thread only.
   *
   * <p>Several loops may have a handler for one signal: all of them run, each in its loop's thread. As long as there is
   * a handler, the signal has no other effect: neither the JVM's default, nor what the program has set by other means,
   * nor that of {@link Runner} for SIGINT and SIGTERM. Signals that come in quick succession may count as one. A loop
   * with a handler is not garbage collected and must be closed.
   *
   * <p>All signals can be handled, except those that the system or the JVM needs. On Unix these are SIGKILL, SIGSTOP,
   * SIGQUIT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP and SIGUSR2, and with the JVM's option {@code -Xrs} also SIGHUP,
   * SIGINT and SIGTERM. Windows has SIGINT and SIGTERM.
   *
   * <p>A process may be started with SIGHUP, SIGINT or SIGTERM ignored: by {@code nohup}, by {@code trap '' INT}, or in
   * the background of a script. Such a signal can be handled on JDK 22 or later if native access is enabled for Weft.
   * Otherwise the JVM leaves it ignored, and this method throws.
   *
   * @param signal the name, for example {@code SIGTERM} or {@code TERM}
   * @param callback the code; what it throws goes to the exception handler
   * @throws IllegalArgumentException if this system has no such signal, or it cannot be handled; the loop's earlier
   *     handler stays then
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  void addSignalHandler(String signal, Runnable callback);

  /**
   * Registers a callback that runs each time the process receives a signal, given by its number
   * ({@code add_signal_handler}). {@link #addSignalHandler(String, Runnable)} says which signals can be handled, and
   * when the callback runs. Never suspends. Loop thread only.
   *
   * @param signal the number on this system, for example 15 for SIGTERM; not a real-time signal's
   * @param callback the code; what it throws goes to the exception handler
   * @throws IllegalArgumentException if this system has no such signal, or it cannot be handled; the loop's earlier
   *     handler stays then
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  void addSignalHandler(int signal, Runnable callback);

  /**
   * Removes this loop's handler of a signal ({@code remove_signal_handler}). Closing the loop also removes it. After
   * the last loop's handler is removed, the signal has its earlier effect again. Never suspends. Loop thread only.
   *
   * @param signal the name, for example {@code SIGTERM} or {@code TERM}
   * @return whether there was a handler; false if the loop is closed
   * @throws IllegalArgumentException if this system has no such signal
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  boolean removeSignalHandler(String signal);

  /**
   * Removes this loop's handler of a signal, given by its number ({@code remove_signal_handler}). Closing the loop also
   * removes it. After the last loop's handler is removed, the signal has its earlier effect again. Never suspends. Loop
   * thread only.
   *
   * @param signal the number on this system, for example 15 for SIGTERM
   * @return whether there was a handler; false if the loop is closed
   * @throws IllegalArgumentException if this system has no such signal
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  boolean removeSignalHandler(int signal);

  // ---- debug mode

  /**
   * Returns whether the loop is in debug mode ({@code get_debug}). At first it is if the system property {@code
   * weft.debug} is {@code true} when the loop is created. Never suspends. Any thread.
   *
   * @return true in debug mode
   */
  boolean getDebug();

  /**
   * Switches debug mode on or off ({@code set_debug}). It affects what happens after the call. Never suspends. Any
   * thread.
   *
   * <p>In debug mode:
   *
   * <ul>
   *   <li>the log warns of callbacks and steps of tasks that take longer than {@link #getSlowCallbackDuration}, when
   *       they have ended;
   *   <li>reports to the exception handler, and {@code toString}, show where handles, futures and tasks were created;
   *   <li>{@code toString} of a handle includes that of its callback, which may contain data;
   *   <li>the log has entries for name resolution, and for the pauses and ends of reading (level debug).
   * </ul>
   *
   * @param enabled whether to switch debug mode on
   */
  void setDebug(boolean enabled);

  /**
   * Returns the time after which debug mode reports a callback or a step of a task ({@code slow_callback_duration}).
   * Never suspends. Any thread.
   *
   * @return 100 ms unless set
   */
  Duration getSlowCallbackDuration();

  /**
   * Sets the time after which debug mode reports a callback or a step of a task ({@code slow_callback_duration}). Never
   * suspends. Any thread.
   *
   * @param duration the time
   */
  void setSlowCallbackDuration(Duration duration);

  /**
   * Sets a listener that gets debug mode's reports of slow callbacks and steps of tasks, in addition to the log.
   * Asyncio has no such method. Never suspends. Any thread.
   *
   * @param listener runs on the loop, as a callback does, when the slow code has ended; what it throws goes to the
   *     exception handler
   */
  void setSlowCallbackListener(Consumer<? super SlowCallback> listener);

  // ---- watchdog

  /**
   * Sets how long one turn, or one batch of callbacks, may take before a watchdog reports it. The default is 5 s.
   * Asyncio has no such method. Never suspends. Any thread.
   *
   * <p>The watchdog is one daemon thread for all loops. It looks at each loop at intervals, so a report comes up to a
   * second later, or up to a quarter of this time if that is less. Each blocked turn is reported twice, as a warning in
   * the log and to the listener: while it lasts, with the stack that blocks it, and when it has ended. In debug mode
   * the watchdog also reports a single step or callback after {@link #getSlowCallbackDuration}, and the log leaves the
   * end to the report of the slow step.
   *
   * @param duration the time; zero for no reports outside of debug mode
   * @throws IllegalArgumentException if {@code duration} is negative
   * @see BlockedLoop
   */
  void setBlockedThreshold(Duration duration);

  /**
   * Returns how long a turn may take before the watchdog reports it. Never suspends. Any thread.
   *
   * @return 5 s unless set; zero for no reports
   */
  Duration getBlockedThreshold();

  /**
   * Sets a listener that gets the watchdog's reports of this loop, in addition to the log. Asyncio has no such method.
   * Never suspends. Any thread.
   *
   * @param listener runs on the watchdog's thread, which watches no loop meanwhile; what it throws is logged
   */
  void setBlockedListener(Consumer<? super BlockedLoop> listener);

  // ---- errors

  /**
   * Reports an error to the exception handler ({@code call_exception_handler}). Never suspends. Loop thread only.
   *
   * @param context the error and the objects concerned
   */
  void callExceptionHandler(ExceptionContext context);

  /**
   * Sets the handler of errors that have no caller to receive them ({@code set_exception_handler}). Failures that a
   * server's peers cause go to the handler in debug mode only, for example a TLS handshake that fails; otherwise the
   * log has a summary every 10 s at most. Never suspends. Loop thread only.
   *
   * @param handler gets each error
   */
  void setExceptionHandler(ExceptionHandler handler);

  /**
   * Returns to {@link #defaultExceptionHandler} ({@code set_exception_handler(None)}). Never suspends. Loop thread
   * only.
   */
  void resetExceptionHandler();

  /**
   * Returns the handler that was set ({@code get_exception_handler}). Never suspends. Loop thread only.
   *
   * @return the handler; empty for the default
   */
  Optional<ExceptionHandler> getExceptionHandler();

  /**
   * Logs an error through SLF4J ({@code default_exception_handler}). Never suspends. Loop thread only.
   *
   * @param context the error and the objects concerned
   */
  void defaultExceptionHandler(ExceptionContext context);

  // ---- names

  /**
   * Resolves the addresses of a host ({@code getaddrinfo}). A pool of its own resolves names off the loop. The order of
   * the addresses is the JDK's: IPv4 first, unless the system property {@code java.net.preferIPv6Addresses} changes it.
   * Suspends. Loop thread only.
   *
   * @param host a name or an address
   * @param port the port of the addresses, 0 to 65535; the JDK has no names of services
   * @param options the wanted family, and whether names are allowed
   * @return at least one address, all resolved
   * @throws java.net.UnknownHostException if the host cannot be resolved, has no address of the wanted family, or is a
   *     name where only an address is allowed
   * @throws IOException if the resolution fails in another way
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  List<InetSocketAddress> getaddrinfo(String host, int port, AddressInfoOptions options)
      throws IOException;

  /**
   * Resolves the addresses of a host, with default options ({@code getaddrinfo}). A pool of its own resolves names off
   * the loop. The order of the addresses is the JDK's: IPv4 first, unless the system property {@code
   * java.net.preferIPv6Addresses} changes it. Suspends. Loop thread only.
   *
   * @param host a name or an address
   * @param port the port of the addresses, 0 to 65535; the JDK has no names of services
   * @return at least one address, all resolved
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if the resolution fails in another way
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default List<InetSocketAddress> getaddrinfo(String host, int port) throws IOException {
    return getaddrinfo(host, port, AddressInfoOptions.defaults());
  }

  /**
   * Looks up the name of an address, off the loop ({@code getnameinfo}). A name that does not resolve to the address
   * again is ignored. Suspends. Loop thread only.
   *
   * @param sockaddr a resolved address
   * @param flags how to look the name up
   * @return the name of the host and the service
   * @throws IllegalArgumentException if {@code sockaddr} is not resolved
   * @throws java.net.UnknownHostException if there is no name and the flags require one
   * @throws IOException if the look-up fails in another way
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  NameInfo getnameinfo(InetSocketAddress sockaddr, NameInfo.Flag... flags) throws IOException;

  // ---- readiness

  /**
   * Runs a callback in every turn in which a channel can be read or can accept ({@code add_reader}), in a copy of the
   * current context. It replaces an earlier callback, which does not run any more even if the channel is ready. The
   * channel stays the caller's, also when the loop is closed; remove the callback before you close the channel. A
   * reader and a writer of one channel are independent. Never suspends. Loop thread only.
   *
   * @param channel a non-blocking channel that the caller owns
   * @param callback the code; what it throws goes to the exception handler
   * @throws IllegalArgumentException if the channel is blocking or closed, or cannot be read
   * @throws IllegalStateException if a transport or server has the channel, if the loop is closed, or if it runs and
   *     the caller is not on it
   */
  void addReader(SelectableChannel channel, Runnable callback);

  /**
   * Removes the reader of a channel, or the task that waits to receive from it ({@code remove_reader}). It does not run
   * any more, even if the channel is ready. Never suspends. Loop thread only.
   *
   * @param channel the channel
   * @return whether there was one; false if the loop is closed
   * @throws IllegalStateException if a transport or server has the channel, or the loop runs and the caller is not on
   *     it
   */
  boolean removeReader(SelectableChannel channel);

  /**
   * Runs a callback in every turn in which a channel can be written, or its attempt to connect has ended ({@code
   * add_writer}), in a copy of the current context. It replaces an earlier callback, which does not run any more even
   * if the channel is ready. The channel stays the caller's, also when the loop is closed; remove the callback before
   * you close the channel. A reader and a writer of one channel are independent. Never suspends. Loop thread only.
   *
   * @param channel a non-blocking channel that the caller owns
   * @param callback the code; what it throws goes to the exception handler
   * @throws IllegalArgumentException if the channel is blocking or closed, or cannot be written
   * @throws IllegalStateException if a transport or server has the channel, if the loop is closed, or if it runs and
   *     the caller is not on it
   */
  void addWriter(SelectableChannel channel, Runnable callback);

  /**
   * Removes the writer of a channel, or the task that waits to send to it ({@code remove_writer}). It does not run any
   * more, even if the channel is ready. Never suspends. Loop thread only.
   *
   * @param channel the channel
   * @return whether there was one; false if the loop is closed
   * @throws IllegalStateException if a transport or server has the channel, or the loop runs and the caller is not on
   *     it
   */
  boolean removeWriter(SelectableChannel channel);

  // ---- raw sockets

  /*
   * The first method documents what these methods have in common. Asyncio calls the channel the socket.
   */

  /**
   * Receives the bytes that have arrived, up to a number and up to 256 KiB ({@code sock_recv}). Suspends only if no
   * bytes have arrived yet. A call that is cancelled takes no bytes. Loop thread only.
   *
   * <p>The channel must be non-blocking, and no transport may own it. It stays the caller's. One task at a time can
   * wait to receive from a channel, and one to send to it; a later task takes the place of the earlier task, {@link
   * #addReader reader} or writer. Closing the channel does not wake a task that waits for it, so cancel the task
   * instead.
   *
   * @param channel a non-blocking channel that the caller owns
   * @param n how many bytes at most, 1 or more
   * @return the bytes; none if the peer has ended its half of the connection
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  byte[] sockRecv(SocketChannel channel, int n) throws IOException;

  /**
   * Receives the bytes that have arrived into a buffer ({@code sock_recv_into}). Suspends only if no bytes have arrived
   * yet. Loop thread only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param buffer a buffer with room, whose position moves
   * @return how many bytes; -1 if the peer has ended its half of the connection
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  int sockRecvInto(SocketChannel channel, ByteBuffer buffer) throws IOException;

  /**
   * Receives a datagram ({@code sock_recvfrom}). Suspends only if no datagram has arrived yet. Loop thread only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param n how many bytes of the datagram to keep, 1 or more; the rest is dropped
   * @return the bytes and their sender
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  Datagram sockRecvfrom(DatagramChannel channel, int n) throws IOException;

  /**
   * Receives a datagram into a buffer ({@code sock_recvfrom_into}). Suspends only if no datagram has arrived yet. Loop
   * thread only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param buffer a buffer with room, whose position moves; bytes that do not fit are dropped
   * @return the sender's address
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  SocketAddress sockRecvfromInto(DatagramChannel channel, ByteBuffer buffer) throws IOException;

  /**
   * Sends all bytes of a buffer ({@code sock_sendall}). Suspends only if the system does not take them at once. Loop
   * thread only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param data the bytes, which must not change meanwhile; after a failure or a cancellation its position shows how
   *     many bytes the system has taken
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  void sockSendall(SocketChannel channel, ByteBuffer data) throws IOException;

  /**
   * Sends a buffer as one datagram ({@code sock_sendto}). Suspends only if the system does not take it at once. Loop
   * thread only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param data the bytes
   * @param address the receiver, resolved
   * @return how many bytes were sent
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  int sockSendto(DatagramChannel channel, ByteBuffer data, SocketAddress address)
      throws IOException;

  /**
   * Connects a channel ({@code sock_connect}). The JDK closes a channel that it cannot connect. Suspends. Loop thread
   * only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param address the peer; a name is resolved off the loop, and the first address of the channel's family is used
   * @throws java.net.UnknownHostException if the name cannot be resolved
   * @throws java.net.ConnectException if the peer refuses
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  void sockConnect(SocketChannel channel, SocketAddress address) throws IOException;

  /**
   * Accepts a connection of a bound channel ({@code sock_accept}). Suspends only if there is none yet. Loop thread
   * only.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @return a non-blocking channel, which knows its peer's address
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the channel is closed or the connection is broken
   * @throws CancelledError if the calling task is cancelled
   */
  SocketChannel sockAccept(ServerSocketChannel channel) throws IOException;

  // ---- files

  /**
   * Sends a file to a connected channel ({@code sock_sendfile}). If the system can send a file by itself, it does so,
   * and the loop's thread waits for the disk where the file is not cached. Otherwise the default executor reads the
   * file and the loop writes blocks. Suspends. Loop thread only.
   *
   * <p>At the end, also after a failure or a cancellation, the file's position is behind the bytes that were sent. It
   * does not change if none were sent. {@link #sockRecv} describes the requirements for the channel.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param file a file that is open for reading
   * @param offset the position in the file at which to begin, 0 or more
   * @param count how many bytes to send at most, 1 or more; {@link Long#MAX_VALUE} for all
   * @param fallback whether to read and write blocks if the system cannot send the file by itself
   * @return how many bytes were sent; fewer than {@code count} if the file ends before
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws SendfileNotAvailableException if the system cannot send the file by itself and there is no fallback
   * @throws IOException if the file cannot be read, or the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  long sockSendfile(
      SocketChannel channel, FileChannel file, long offset, long count, boolean fallback)
      throws IOException;

  /**
   * Sends all of a file to a connected channel ({@code sock_sendfile}). If the system can send a file by itself, it
   * does so, and the loop's thread waits for the disk where the file is not cached. Otherwise the default executor
   * reads the file and the loop writes blocks. Suspends. Loop thread only.
   *
   * <p>At the end, also after a failure or a cancellation, the file's position is behind the bytes that were sent. It
   * does not change if none were sent. {@link #sockRecv} describes the requirements for the channel.
   *
   * @param channel a non-blocking channel that the caller owns, see {@link #sockRecv}
   * @param file a file that is open for reading
   * @return how many bytes were sent
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel, or the caller is not a task
   * @throws IOException if the file cannot be read, or the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  default long sockSendfile(SocketChannel channel, FileChannel file) throws IOException {
    return sockSendfile(channel, file, 0, Long.MAX_VALUE, true);
  }

  /**
   * Sends a file through a transport, behind the data that was written before ({@code sendfile}). Reading from the
   * transport pauses meanwhile, and the transport stays open. Suspends. Loop thread only.
   *
   * <p>The system sends the file by itself if the transport is a plain socket's. The program cannot write to the
   * transport meanwhile, and the loop's thread waits for the disk where the file is not cached. Otherwise the default
   * executor reads the file and the loop writes blocks, and the last of them may still be in the transport's buffer
   * when this returns. At the end, also after a failure or a cancellation, the file's position is behind the bytes that
   * were sent. It does not change if none were sent.
   *
   * @param transport the transport
   * @param file a file that is open for reading
   * @param offset the position in the file at which to begin, 0 or more
   * @param count how many bytes to send at most, 1 or more; {@link Long#MAX_VALUE} for all
   * @param fallback whether to read and write blocks if the system cannot send the file by itself
   * @return how many bytes were sent; fewer than {@code count} if the file ends before
   * @throws IllegalStateException if the transport is closing, is sending another file or is a pipe's, or is not a
   *     plain socket's and there is no fallback, or the caller is not a task
   * @throws SendfileNotAvailableException if the system cannot send the file by itself and there is no fallback
   * @throws IOException if the file cannot be read, or the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  long sendfile(
      WriteTransport transport, FileChannel file, long offset, long count, boolean fallback)
      throws IOException;

  /**
   * Sends all of a file through a transport, behind the data that was written before ({@code sendfile}). Reading from
   * the transport pauses meanwhile, and the transport stays open. Suspends. Loop thread only.
   *
   * <p>The system sends the file by itself if the transport is a plain socket's. The program cannot write to the
   * transport meanwhile, and the loop's thread waits for the disk where the file is not cached. Otherwise the default
   * executor reads the file and the loop writes blocks, and the last of them may still be in the transport's buffer
   * when this returns. At the end, also after a failure or a cancellation, the file's position is behind the bytes that
   * were sent. It does not change if none were sent.
   *
   * @param transport the transport
   * @param file a file that is open for reading
   * @return how many bytes were sent
   * @throws IllegalStateException if the transport is closing, is sending another file or is a pipe's, or the caller is
   *     not a task
   * @throws IOException if the file cannot be read, or the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  default long sendfile(WriteTransport transport, FileChannel file) throws IOException {
    return sendfile(transport, file, 0, Long.MAX_VALUE, true);
  }

  // ---- pipes and processes

  /**
   * Connects a pipe that a protocol reads ({@code connect_read_pipe}). The transport owns the pipe from now on.
   * Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param pipe the end to read, blocking or not
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the pipe is closed
   * @throws IllegalStateException if another transport uses the pipe, or the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, Pipe.SourceChannel pipe) throws IOException;

  /**
   * Opens a FIFO, a terminal or another character device off the loop and connects it to a protocol that reads it
   * ({@code connect_read_pipe}). Opening a FIFO waits for its other end. A thread reads one chunk ahead of the
   * protocol. Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param pipe the path
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the path cannot be opened
   * @throws IllegalArgumentException if the path is a regular file or a directory
   * @throws IllegalStateException if the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, Path pipe) throws IOException;

  /**
   * Connects a blocking stream, for example {@code System.in}, to a protocol that reads it ({@code connect_read_pipe}).
   * A thread reads one chunk ahead of the protocol. Closing the transport closes the stream; if the thread is blocked
   * in the stream, the stream closes when the thread leaves it. Suspends; returns after {@link
   * BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param pipe the stream
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the transport cannot be created
   * @throws IllegalStateException if the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends Protocol> Connected<ReadTransport, P> connectReadPipe(
      Supplier<? extends P> factory, InputStream pipe) throws IOException;

  /**
   * Connects a pipe to which a protocol writes ({@code connect_write_pipe}). The transport owns the pipe from now on.
   * It notices at the next write that the reader has gone. Suspends; returns after {@link BaseProtocol#connectionMade}.
   * Loop thread only.
   *
   * @param factory creates the protocol
   * @param pipe the end to write, blocking or not
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the pipe is closed
   * @throws IllegalStateException if another transport uses the pipe, or the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, Pipe.SinkChannel pipe) throws IOException;

  /**
   * Opens a FIFO, a terminal or another character device off the loop and connects it to a protocol that writes to it
   * ({@code connect_write_pipe}). Opening a FIFO waits for its other end. A thread writes one chunk at a time.
   * Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param pipe the path
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the path cannot be opened
   * @throws IllegalArgumentException if the path is a regular file or a directory
   * @throws IllegalStateException if the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, Path pipe) throws IOException;

  /**
   * Connects a blocking stream, for example {@code System.out}, to a protocol that writes to it ({@code
   * connect_write_pipe}). A thread writes and flushes one chunk at a time. Closing the transport closes the stream.
   * Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param pipe the stream
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the transport cannot be created
   * @throws IllegalStateException if the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends BaseProtocol> Connected<WriteTransport, P> connectWritePipe(
      Supplier<? extends P> factory, OutputStream pipe) throws IOException;

  /**
   * Starts a program as a child process ({@code subprocess_exec}). Suspends; returns after {@link
   * BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param command the program and its arguments
   * @param options the child's streams, directory and environment
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if {@code command} is empty
   * @throws IOException if the program cannot be started, or a file cannot be opened
   * @throws UnsupportedOperationException if the options ask for a new session and the program {@code setsid} is
   *     missing
   * @throws CancelledError if the calling task is cancelled; the child is killed and reaped by then
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends SubprocessProtocol> Connected<SubprocessTransport, P> subprocessExec(
      Supplier<? extends P> factory, List<String> command, SubprocessOptions options)
      throws IOException;

  /**
   * Starts a program as a child process, with a pipe for each of stdin, stdout and stderr ({@code subprocess_exec}).
   * Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param command the program and its arguments
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if {@code command} is empty
   * @throws IOException if the program cannot be started, or a file cannot be opened
   * @throws CancelledError if the calling task is cancelled; the child is killed and reaped by then
   * @throws IllegalStateException if the caller is not a task
   */
  default <P extends SubprocessProtocol> Connected<SubprocessTransport, P> subprocessExec(
      Supplier<? extends P> factory, List<String> command) throws IOException {
    return subprocessExec(factory, command, SubprocessOptions.pipes());
  }

  /**
   * Runs a command line of the shell as a child process ({@code subprocess_shell}). Suspends; returns after {@link
   * BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param command what {@code /bin/sh} runs
   * @param options the child's streams, directory and environment
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the program cannot be started, or a file cannot be opened
   * @throws UnsupportedOperationException if the options ask for a new session and the program {@code setsid} is
   *     missing
   * @throws CancelledError if the calling task is cancelled; the child is killed and reaped by then
   * @throws IllegalStateException if the caller is not a task
   */
  default <P extends SubprocessProtocol> Connected<SubprocessTransport, P> subprocessShell(
      Supplier<? extends P> factory, String command, SubprocessOptions options) throws IOException {
    Objects.requireNonNull(command, "command");
    return subprocessExec(factory, List.of("/bin/sh", "-c", command), options);
  }

  /**
   * Runs a command line of the shell as a child process, with a pipe for each of stdin, stdout and stderr ({@code
   * subprocess_shell}). Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param command what {@code /bin/sh} runs
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the program cannot be started, or a file cannot be opened
   * @throws CancelledError if the calling task is cancelled; the child is killed and reaped by then
   * @throws IllegalStateException if the caller is not a task
   */
  default <P extends SubprocessProtocol> Connected<SubprocessTransport, P> subprocessShell(
      Supplier<? extends P> factory, String command) throws IOException {
    return subprocessShell(factory, command, SubprocessOptions.pipes());
  }

  // ---- network

  /**
   * Connects to a TCP server ({@code create_connection}). The host is resolved off the loop, and its addresses are
   * tried one after the other, or with a delay between the starts, see {@link ConnectionOptions}. Suspends; returns
   * after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol, once the socket is connected
   * @param host a name or an address
   * @param port the TCP port, 1 to 65535
   * @param options for TLS, addresses and the socket
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if {@code port} is not in its range, or the TLS options do not fit, see
   *     {@link SslOptions}
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if no address can be connected to; the errors of the other addresses are suppressed in it
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, String host, int port, ConnectionOptions options)
      throws IOException;

  /**
   * Connects to a TCP server, with default options ({@code create_connection}). The host is resolved off the loop, and
   * its addresses are tried one after the other. Suspends; returns after {@link BaseProtocol#connectionMade}. Loop
   * thread only.
   *
   * @param factory creates the protocol, once the socket is connected
   * @param host a name or an address
   * @param port the TCP port, 1 to 65535
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if {@code port} is not in its range
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if no address can be connected to; the errors of the other addresses are suppressed in it
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, String host, int port) throws IOException {
    return createConnection(factory, host, port, ConnectionOptions.defaults());
  }

  /**
   * Adopts a connected channel as a transport ({@code create_connection(sock=...)}). The transport owns the channel
   * from now on. Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param sock a connected channel
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if the channel is not connected
   * @throws IOException if the channel is closed, or registered with another selector
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock) throws IOException;

  /**
   * Listens for TCP connections on every address of a host ({@code create_server}). Suspends. Loop thread only.
   *
   * @param factory creates a protocol for each connection
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code port} is not in its range, or the TLS options do not fit, see
   *     {@link SslOptions}
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if an address cannot be bound
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default Server createServer(
      Supplier<? extends BaseProtocol> factory, String host, int port, ServerOptions options)
      throws IOException {
    return createServer(factory, List.of(host), port, options);
  }

  /**
   * Listens for TCP connections on every address of a host, with default options ({@code create_server}). Suspends.
   * Loop thread only.
   *
   * @param factory creates a protocol for each connection
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code port} is not in its range
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if an address cannot be bound
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default Server createServer(Supplier<? extends BaseProtocol> factory, String host, int port)
      throws IOException {
    return createServer(factory, host, port, ServerOptions.defaults());
  }

  /**
   * Listens for TCP connections on every address of several hosts ({@code create_server}). Suspends. Loop thread only.
   *
   * @param factory creates a protocol for each connection
   * @param hosts names or addresses
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code hosts} is empty, {@code port} is not in its range, or the TLS options do
   *     not fit, see {@link SslOptions}
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if an address cannot be bound
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  Server createServer(
      Supplier<? extends BaseProtocol> factory, List<String> hosts, int port, ServerOptions options)
      throws IOException;

  /**
   * Adopts a bound channel as a server ({@code create_server(sock=...)}). The server owns the channel from now on.
   * Suspends. Loop thread only.
   *
   * @param factory creates a protocol for each connection
   * @param sock a bound channel
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if the channel is not bound
   * @throws IOException if the channel is closed, or registered with another selector
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  Server createServer(
      Supplier<? extends BaseProtocol> factory, ServerSocketChannel sock, ServerOptions options)
      throws IOException;

  /**
   * Creates a server without a socket of its own. Another server gives it connections, see {@link Server#distribute}.
   * Asyncio has no such method. Never suspends. Loop thread only.
   *
   * @param factory creates a protocol for each connection
   * @param options for connections, TLS and keep-alive; the others have no effect
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if the TLS options do not fit, see {@link SslOptions}
   * @throws IllegalStateException if the loop is closed, or if it runs and the caller is not on it
   */
  Server createServer(Supplier<? extends BaseProtocol> factory, ServerOptions options);

  // ---- datagrams

  /**
   * Opens a UDP socket ({@code create_datagram_endpoint}). Names are resolved off the loop. The socket has the first
   * family that works and for which there is each of the requested addresses, local and remote. Suspends; returns after
   * {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol, once the socket is open
   * @param options at least one address, or a family
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if there is neither an address nor a family, or the addresses have no family in
   *     common
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if no address can be bound; the errors of the other addresses are suppressed in it
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends DatagramProtocol> Connected<DatagramTransport, P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramOptions options) throws IOException;

  /**
   * Adopts a datagram channel as a transport ({@code create_datagram_endpoint(sock=...)}). The transport owns the
   * channel from now on. The channel may be bound or connected, may have any options, and may be in multicast groups.
   * Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param sock the channel
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IOException if the channel is closed
   * @throws IllegalStateException if other code uses the channel, or the caller is not a task
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends DatagramProtocol> Connected<DatagramTransport, P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramChannel sock) throws IOException;

  // ---- Unix sockets

  /**
   * Connects to a server on a Unix socket ({@code create_unix_connection}). Waits while the server's backlog is full.
   * {@link #createConnection(Supplier, SocketChannel)} adopts a connected channel. Suspends; returns after
   * {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol, once the socket is connected
   * @param path the path of the socket, in the default file system; the JDK has no abstract names
   * @param options for TLS and the socket; not those of TCP, which are a local address and a family
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if {@code path} is empty, {@code options} has a local address or a family, or the
   *     TLS options do not fit, see {@link SslOptions}
   * @throws IOException if the socket cannot be connected to
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends BaseProtocol> Connected<Transport, P> createUnixConnection(
      Supplier<? extends P> factory, Path path, ConnectionOptions options) throws IOException;

  /**
   * Connects to a server on a Unix socket, with default options ({@code create_unix_connection}). Waits while the
   * server's backlog is full. {@link #createConnection(Supplier, SocketChannel)} adopts a connected channel. Suspends;
   * returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol, once the socket is connected
   * @param path the path of the socket, in the default file system; the JDK has no abstract names
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if {@code path} is empty
   * @throws IOException if the socket cannot be connected to
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default <P extends BaseProtocol> Connected<Transport, P> createUnixConnection(
      Supplier<? extends P> factory, Path path) throws IOException {
    return createUnixConnection(factory, path, ConnectionOptions.defaults());
  }

  /**
   * Listens on a Unix socket ({@code create_unix_server}).
   * {@link #createServer(Supplier, ServerSocketChannel, ServerOptions)} adopts a bound channel. Suspends. Loop thread
   * only.
   *
   * <p>A socket at the path that has no listener is removed first. Closing the server removes its own socket if that is
   * still there ({@link ServerOptions#cleanupSocket}). The permissions of the directory and of the socket decide which
   * users may connect. At first the process's mask sets those of the socket. {@code Files.setPosixFilePermissions}
   * changes them, but only the directory keeps other users out from the beginning.
   *
   * @param factory creates a protocol for each connection
   * @param path the path of the socket, in the default file system; the JDK has no abstract names
   * @param options for TLS and the socket; not those of TCP, which are {@code reusePort}, {@code keepAlive} and a
   *     family
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty, {@code options} has {@code reusePort}, {@code keepAlive}
   *     or a family, or the TLS options do not fit, see {@link SslOptions}
   * @throws java.net.BindException if something else is at the path, which the message names
   * @throws IOException if the socket cannot be bound
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  Server createUnixServer(
      Supplier<? extends BaseProtocol> factory, Path path, ServerOptions options)
      throws IOException;

  /**
   * Listens on a Unix socket, with default options ({@code create_unix_server}).
   * {@link #createServer(Supplier, ServerSocketChannel, ServerOptions)} adopts a bound channel. Suspends. Loop thread
   * only.
   *
   * <p>A socket at the path that has no listener is removed first. Closing the server removes its own socket if that is
   * still there ({@link ServerOptions#cleanupSocket}). The permissions of the directory and of the socket decide which
   * users may connect. At first the process's mask sets those of the socket. {@code Files.setPosixFilePermissions}
   * changes them, but only the directory keeps other users out from the beginning.
   *
   * @param factory creates a protocol for each connection
   * @param path the path of the socket, in the default file system; the JDK has no abstract names
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty
   * @throws java.net.BindException if something else is at the path, which the message names
   * @throws IOException if the socket cannot be bound
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default Server createUnixServer(Supplier<? extends BaseProtocol> factory, Path path)
      throws IOException {
    return createUnixServer(factory, path, ServerOptions.defaults());
  }

  // ---- TLS

  /**
   * Adopts a connected channel as the transport of a TLS client ({@code create_connection(sock=..., ssl=...,
   * server_hostname=...)}). The transport owns the channel from now on. Suspends; returns after the handshake. Loop
   * thread only.
   *
   * @param factory creates the protocol
   * @param sock a connected channel
   * @param ssl must have the server's name, because a channel has none
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if the channel is not connected, or the server's name is missing
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if the channel is closed or registered with another selector, or the connection is lost
   * @throws CancelledError if the calling task is cancelled; the connection is aborted
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends BaseProtocol> Connected<Transport, P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) throws IOException;

  /**
   * Adopts a channel that the caller has accepted ({@code connect_accepted_socket}). The transport owns the channel
   * from now on. Suspends; returns after {@link BaseProtocol#connectionMade}. Loop thread only.
   *
   * @param factory creates the protocol
   * @param sock a connected channel
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if the channel is not connected
   * @throws IOException if the channel is closed, or registered with another selector
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default <P extends BaseProtocol> Connected<Transport, P> connectAcceptedSocket(
      Supplier<? extends P> factory, SocketChannel sock) throws IOException {
    return createConnection(factory, sock);
  }

  /**
   * Adopts a channel that the caller has accepted, as the server's side of TLS ({@code
   * connect_accepted_socket(ssl=...)}). The transport owns the channel from now on. Suspends; returns after the
   * handshake. Loop thread only.
   *
   * @param factory creates the protocol
   * @param sock a connected channel
   * @param ssl must have a context
   * @param <P> the type of the protocol
   * @return the transport and the protocol
   * @throws IllegalArgumentException if the channel is not connected, or {@code ssl} has no context
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if the channel is closed or registered with another selector, or the connection is lost
   * @throws CancelledError if the calling task is cancelled; the connection is aborted
   * @throws IllegalStateException if the caller is not a task
   */
  <P extends BaseProtocol> Connected<Transport, P> connectAcceptedSocket(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) throws IOException;

  /**
   * Encrypts an existing connection ({@code start_tls}). If the handshake fails, or the caller is cancelled, the
   * connection is closed and the protocol gets {@code connectionLost}. Suspends; returns after the handshake. Loop
   * thread only.
   *
   * <p>From the call on, the protocol gets no bytes that came unencrypted. Bytes that it has received before and not
   * used yet are not protected, and an attacker may have sent them. The caller must drop the connection if there are
   * any, unless it is a server that passes them to {@link #startTls(Transport, BaseProtocol, SslOptions, boolean,
   * ByteBuffer)}.
   *
   * @param transport any stream transport, also an encrypted one; it must not be used any more
   * @param protocol gets the data of the new transport; its {@code connectionMade} is not called again
   * @param ssl must have the server's name for a client, and a context for a server
   * @param serverSide whether this is the server's side
   * @return the transport that {@code protocol} uses from now on
   * @throws IllegalArgumentException if {@code ssl} lacks what it must have
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if the connection is lost
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  default Transport startTls(
      Transport transport, BaseProtocol protocol, SslOptions ssl, boolean serverSide)
      throws IOException {
    return startTls(transport, protocol, ssl, serverSide, ByteBuffer.allocate(0));
  }

  /**
   * Encrypts an existing connection whose protocol has received unencrypted bytes and not used them ({@code
   * start_tls}). If the handshake fails, or the caller is cancelled, the connection is closed and the protocol gets
   * {@code connectionLost}. Suspends; returns after the handshake. Loop thread only.
   *
   * <p>For a server these bytes may be the beginning of the client's handshake, which then gets them. For a client, or
   * if the bytes are anything else, the call fails and the connection is closed.
   *
   * @param transport any stream transport, also an encrypted one; it must not be used any more
   * @param protocol gets the data of the new transport; its {@code connectionMade} is not called again
   * @param ssl must have the server's name for a client, and a context for a server
   * @param serverSide whether this is the server's side
   * @param received those bytes, which are copied; the position moves to the limit if they belong to a handshake
   * @return the transport that {@code protocol} uses from now on
   * @throws IllegalArgumentException if {@code ssl} lacks what it must have
   * @throws javax.net.ssl.SSLException if {@code received} is not the beginning of a handshake, or the handshake fails
   * @throws IOException if the connection is lost
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  Transport startTls(
      Transport transport,
      BaseProtocol protocol,
      SslOptions ssl,
      boolean serverSide,
      ByteBuffer received)
      throws IOException;
}
