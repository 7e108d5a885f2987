package dev.weft;

import dev.weft.loop.AbstractEventLoopPolicy;
import dev.weft.loop.CallGraph;
import dev.weft.loop.CancelRegion;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.FutureCallGraph;
import dev.weft.loop.Runner;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingConsumer;
import dev.weft.loop.ThrowingFunction;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.process.Process;
import dev.weft.process.Subprocesses;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.stream.Streams;
import dev.weft.task.AsCompleted;
import dev.weft.task.CancelScope;
import dev.weft.task.Gather;
import dev.weft.task.Outcome;
import dev.weft.task.ReturnWhen;
import dev.weft.task.Shield;
import dev.weft.task.TaskGroup;
import dev.weft.task.Threads;
import dev.weft.task.Timeout;
import dev.weft.task.Timeouts;
import dev.weft.task.Wait;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The functions of asyncio's top level, under their own names in camel case. Import them statically.
 *
 * <pre>{@code
 * import static dev.weft.Asyncio.*;
 *
 * run(() -> {
 *   Task<String> greeting = createTask(() -> {
 *     sleep(Duration.ofMillis(100));      // parks this task alone
 *     return "hello";
 *   });
 *   System.out.println(await(greeting));
 * });
 * }</pre>
 *
 * <p>Each function delegates to the class that its documentation links. A function that says "Loop thread only" may be
 * called by the code that a loop runs: by tasks, callbacks and protocols. A function that suspends may be called by a
 * task alone.
 */
public final class Asyncio {

  private Asyncio() {}

  // ---- running

  /**
   * Runs a coroutine on a new loop until it ends, then cancels the tasks that are left and closes the loop
   * ({@code asyncio.run}). The calling thread carries the loop; if it is virtual, a new platform thread does. The call
   * returns when the loop is closed. Blocks its caller; any thread that runs no loop may call it.
   *
   * @param coroutine the program's code; it becomes a task
   * @param <T> the type of the result
   * @param <E> the type of the coroutine's checked exceptions
   * @return the coroutine's result
   * @throws E if the coroutine throws it
   * @throws IllegalStateException if the caller runs on a loop already
   * @see Runner
   */
  public static <T extends @Nullable Object, E extends Exception> T run(
      ThrowingCallable<? extends T, E> coroutine) throws E {
    try (Runner runner = new Runner()) {
      return runner.run(coroutine);
    }
  }

  /**
   * Runs a coroutine on a new loop, in debug mode or not, until it ends, then cancels the tasks that are left and
   * closes the loop ({@code asyncio.run}). The calling thread carries the loop; if it is virtual, a new platform thread
   * does. The call returns when the loop is closed. Blocks its caller; any thread that runs no loop may call it.
   *
   * @param coroutine the program's code; it becomes a task
   * @param debug whether the loop is in debug mode, see {@link EventLoop#setDebug}
   * @param <T> the type of the result
   * @param <E> the type of the coroutine's checked exceptions
   * @return the coroutine's result
   * @throws E if the coroutine throws it
   * @throws IllegalStateException if the caller runs on a loop already
   * @see Runner
   */
  public static <T extends @Nullable Object, E extends Exception> T run(
      ThrowingCallable<? extends T, E> coroutine, boolean debug) throws E {
    try (Runner runner = new Runner(debug)) {
      return runner.run(coroutine);
    }
  }

  /**
   * Runs a coroutine that returns nothing on a new loop, in debug mode or not, until it ends, then cancels the tasks
   * that are left and closes the loop ({@code asyncio.run}). The calling thread carries the loop; if it is virtual, a
   * new platform thread does. The call returns when the loop is closed. Blocks its caller; any thread that runs no loop
   * may call it.
   *
   * @param coroutine the program's code; it becomes a task
   * @param debug whether the loop is in debug mode, see {@link EventLoop#setDebug}
   * @param <E> the type of the coroutine's checked exceptions
   * @throws E if the coroutine throws it
   * @throws IllegalStateException if the caller runs on a loop already
   * @see Runner
   */
  public static <E extends Exception> void run(ThrowingRunnable<E> coroutine, boolean debug)
      throws E {
    run(coroutine.asCallable(), debug);
  }

  /**
   * Runs a coroutine that returns nothing on a new loop until it ends, then cancels the tasks that are left and closes
   * the loop ({@code asyncio.run}). The calling thread carries the loop; if it is virtual, a new platform thread does.
   * The call returns when the loop is closed. Blocks its caller; any thread that runs no loop may call it.
   *
   * @param coroutine the program's code; it becomes a task
   * @param <E> the type of the coroutine's checked exceptions
   * @throws E if the coroutine throws it
   * @throws IllegalStateException if the caller runs on a loop already
   * @see Runner
   */
  public static <E extends Exception> void run(ThrowingRunnable<E> coroutine) throws E {
    run(coroutine.asCallable());
  }

  /**
   * Returns the loop that runs the caller ({@code get_running_loop}). Never suspends. Any thread.
   *
   * @return the loop
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#getRunningLoop
   */
  public static EventLoop getRunningLoop() {
    return EventLoop.getRunningLoop();
  }

  /**
   * Creates a loop by the program's policy ({@code new_event_loop}). The loop does not run yet and is not the current
   * loop of any thread. Never suspends. Any thread.
   *
   * @return the loop, which the caller closes
   * @see AbstractEventLoopPolicy#newEventLoop
   */
  public static EventLoop newEventLoop() {
    return getEventLoopPolicy().newEventLoop();
  }

  /**
   * Returns the loop that runs the caller, or else the calling thread's current loop ({@code get_event_loop}). Never
   * suspends. Any thread.
   *
   * @return the loop
   * @throws IllegalStateException if there is neither
   * @see EventLoop#getEventLoop
   */
  public static EventLoop getEventLoop() {
    return EventLoop.getEventLoop();
  }

  /**
   * Makes a loop the calling thread's current loop and does not run it ({@code set_event_loop}). Never suspends. Any
   * thread.
   *
   * @param loop the loop
   * @see AbstractEventLoopPolicy#setEventLoop
   */
  public static void setEventLoop(EventLoop loop) {
    getEventLoopPolicy().setEventLoop(loop);
  }

  /**
   * Leaves the calling thread without a current loop ({@code set_event_loop(None)}). Never suspends. Any thread.
   *
   * @see AbstractEventLoopPolicy#resetEventLoop
   */
  public static void resetEventLoop() {
    getEventLoopPolicy().resetEventLoop();
  }

  /**
   * Returns the program's policy ({@code get_event_loop_policy}). Never suspends. Any thread.
   *
   * @return the policy; a {@link dev.weft.loop.DefaultEventLoopPolicy} if the program has set none
   * @see AbstractEventLoopPolicy
   */
  public static AbstractEventLoopPolicy getEventLoopPolicy() {
    return AbstractEventLoopPolicy.getEventLoopPolicy();
  }

  /**
   * Sets the program's policy ({@code set_event_loop_policy}). Never suspends. Any thread.
   *
   * @param policy the policy
   * @see AbstractEventLoopPolicy#setEventLoopPolicy
   */
  public static void setEventLoopPolicy(AbstractEventLoopPolicy policy) {
    AbstractEventLoopPolicy.setEventLoopPolicy(policy);
  }

  /**
   * Returns to the default policy ({@code set_event_loop_policy(None)}). Never suspends. Any thread.
   *
   * @see AbstractEventLoopPolicy#resetEventLoopPolicy
   */
  public static void resetEventLoopPolicy() {
    AbstractEventLoopPolicy.resetEventLoopPolicy();
  }

  // ---- tasks

  /**
   * Creates a task on the running loop, with default options ({@code create_task}). Its first step runs in the next
   * turn, unless the task factory starts it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#createTask(ThrowingCallable)
   */
  public static <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine) {
    return getRunningLoop().createTask(coroutine);
  }

  /**
   * Creates a task on the running loop, for a coroutine that returns nothing, with default options ({@code
   * create_task}). Its first step runs in the next turn, unless the task factory starts it at once. Never suspends.
   * Loop thread only.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#createTask(ThrowingCallable)
   */
  public static <R extends ThrowingRunnable<?>> Task<@Nullable Void> createTask(R coroutine) {
    return getRunningLoop().createTask(coroutine);
  }

  /**
   * Creates a task on the running loop ({@code create_task}). Its first step runs in the next turn, unless the options
   * or the task factory start it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#createTask(ThrowingCallable, TaskOptions)
   */
  public static <T extends @Nullable Object> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine, TaskOptions options) {
    return getRunningLoop().createTask(coroutine, options);
  }

  /**
   * Creates a task on the running loop, for a coroutine that returns nothing ({@code create_task}). Its first step runs
   * in the next turn, unless the options or the task factory start it at once. Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param options the task's name, context and start
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#createTask(ThrowingCallable, TaskOptions)
   */
  public static <R extends ThrowingRunnable<?>> Task<@Nullable Void> createTask(
      R coroutine, TaskOptions options) {
    return getRunningLoop().createTask(coroutine, options);
  }

  /**
   * Returns the task in which the caller runs ({@code current_task}). Never suspends. Any thread.
   *
   * @return the task; empty in a callback, or in a thread that no loop runs
   * @see Task#current
   */
  public static Optional<Task<?>> currentTask() {
    return Task.current();
  }

  /**
   * Returns the running loop's tasks that are not done ({@code all_tasks}). Never suspends. Loop thread only.
   *
   * @return the tasks, the oldest first
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#allTasks
   */
  public static List<Task<?>> allTasks() {
    return getRunningLoop().allTasks();
  }

  /**
   * Returns the future itself ({@code ensure_future}). Code that takes futures or coroutines calls this or {@link
   * #ensureFuture(ThrowingCallable)}. Never suspends. Any thread.
   *
   * @param future the future
   * @param <T> the type of the result
   * @return {@code future}
   */
  public static <T extends @Nullable Object> Future<T> ensureFuture(Future<T> future) {
    return Objects.requireNonNull(future, "future");
  }

  /**
   * Creates a task for a coroutine on the running loop, as {@link #createTask(ThrowingCallable)} does ({@code
   * ensure_future}). Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return the task
   * @throws IllegalStateException if no loop runs the caller
   */
  public static <T extends @Nullable Object> Task<T> ensureFuture(
      ThrowingCallable<? extends T, ?> coroutine) {
    return createTask(coroutine);
  }

  /**
   * Creates a task on the running loop for a coroutine that returns nothing, as {@link #createTask(ThrowingRunnable)}
   * does ({@code ensure_future}). Never suspends. Loop thread only.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @return the task
   * @throws IllegalStateException if no loop runs the caller
   */
  public static <R extends ThrowingRunnable<?>> Task<@Nullable Void> ensureFuture(R coroutine) {
    return createTask(coroutine);
  }

  /**
   * Returns a loop's tasks that are not done ({@code all_tasks(loop)}). Never suspends. Any thread: if the loop runs in
   * another thread, the call blocks until the loop answers.
   *
   * @param loop the loop
   * @return the tasks, the oldest first
   * @throws IllegalStateException if the loop is closed
   * @see EventLoop#allTasks
   */
  public static List<Task<?>> allTasks(EventLoop loop) {
    return loop.allTasks();
  }

  // ---- call graphs

  /**
   * Returns the graph of the current task: its calls, and the tasks that wait for it ({@code capture_call_graph}).
   * Never suspends. Loop thread only.
   *
   * @return the graph; empty in a callback
   * @throws IllegalStateException if no loop runs the caller
   * @see CallGraph#captureCallGraph()
   */
  public static Optional<FutureCallGraph> captureCallGraph() {
    return CallGraph.captureCallGraph();
  }

  /**
   * Returns the graph of a future: its calls, and the tasks that wait for it ({@code capture_call_graph(future)}).
   * Never suspends. Any thread: if the future's loop runs in another thread, the call blocks until that loop answers.
   *
   * @param future a future or a task
   * @return the graph
   * @see CallGraph#captureCallGraph(Future)
   */
  public static FutureCallGraph captureCallGraph(Future<?> future) {
    return CallGraph.captureCallGraph(future);
  }

  /**
   * Returns the graph of the current task as text ({@code format_call_graph}). Never suspends. Loop thread only.
   *
   * @return the text; empty in a callback
   * @throws IllegalStateException if no loop runs the caller
   * @see CallGraph#formatCallGraph()
   */
  public static String formatCallGraph() {
    return CallGraph.formatCallGraph();
  }

  /**
   * Returns the graph of a future as text ({@code format_call_graph(future)}). Never suspends. Any thread: if the
   * future's loop runs in another thread, the call blocks until that loop answers.
   *
   * @param future a future or a task
   * @return the text
   * @see CallGraph#formatCallGraph(Future)
   */
  public static String formatCallGraph(Future<?> future) {
    return CallGraph.formatCallGraph(future);
  }

  /**
   * Prints the graph of the current task on the standard output ({@code print_call_graph}). Never suspends. Loop thread
   * only.
   *
   * @throws IllegalStateException if no loop runs the caller
   * @see CallGraph#printCallGraph()
   */
  public static void printCallGraph() {
    CallGraph.printCallGraph();
  }

  /**
   * Prints the graph of a future on the standard output ({@code print_call_graph(future)}). Never suspends. Any thread:
   * if the future's loop runs in another thread, the call blocks until that loop answers.
   *
   * @param future a future or a task
   * @see CallGraph#printCallGraph(Future)
   */
  public static void printCallGraph(Future<?> future) {
    CallGraph.printCallGraph(future);
  }

  /**
   * Records that a task waits for a future in another way than by {@link #await(Future)}
   * ({@code future_add_to_awaited_by}). Libraries that have such waits call this. Never suspends. Loop thread only.
   *
   * @param future the future that is awaited
   * @param waiter the task that waits
   * @see CallGraph#futureAddToAwaitedBy
   */
  public static void futureAddToAwaitedBy(Future<?> future, Future<?> waiter) {
    CallGraph.futureAddToAwaitedBy(future, waiter);
  }

  /**
   * Removes what {@link #futureAddToAwaitedBy} recorded ({@code future_discard_from_awaited_by}). Never suspends. Loop
   * thread only.
   *
   * @param future the future that is awaited
   * @param waiter the task that waits
   * @see CallGraph#futureDiscardFromAwaitedBy
   */
  public static void futureDiscardFromAwaitedBy(Future<?> future, Future<?> waiter) {
    CallGraph.futureDiscardFromAwaitedBy(future, waiter);
  }

  // ---- threads

  /**
   * Runs blocking code on the default executor, in a copy of the caller's context, and waits for it
   * ({@code to_thread}). A cancellation does not stop code that has begun; its result is dropped. Suspends. Loop thread
   * only.
   *
   * @param code the blocking code
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it; not wrapped
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task, or the default executor is shut down
   * @see Threads#toThread(ThrowingCallable)
   */
  public static <T extends @Nullable Object, E extends Exception> T toThread(
      ThrowingCallable<? extends T, E> code) throws E {
    return Threads.toThread(code);
  }

  /**
   * Runs blocking code that returns nothing on the default executor, in a copy of the caller's context, and waits for
   * it ({@code to_thread}). A cancellation does not stop code that has begun; its result is dropped. Suspends. Loop
   * thread only.
   *
   * @param code the blocking code
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it; not wrapped
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task, or the default executor is shut down
   * @see Threads#toThread(ThrowingCallable)
   */
  public static <E extends Exception> void toThread(ThrowingRunnable<E> code) throws E {
    Threads.toThread(code);
  }

  /**
   * Runs a coroutine as a task of a loop, for another thread ({@code run_coroutine_threadsafe}). Never suspends. Any
   * thread.
   *
   * @param coroutine the task's code
   * @param loop the loop
   * @param <T> the type of the result
   * @return a future that completes when the task is done, and whose {@code cancel} cancels the task
   * @throws IllegalStateException if the loop is closed
   * @see EventLoop#runCoroutineThreadsafe(ThrowingCallable)
   */
  public static <T extends @Nullable Object> CompletableFuture<T> runCoroutineThreadsafe(
      ThrowingCallable<? extends T, ?> coroutine, EventLoop loop) {
    return loop.runCoroutineThreadsafe(coroutine);
  }

  /**
   * Runs a coroutine that returns nothing as a task of a loop, for another thread ({@code run_coroutine_threadsafe}).
   * Never suspends. Any thread.
   *
   * @param coroutine the task's code
   * @param loop the loop
   * @param <R> the type of the coroutine
   * @return a future that completes when the task is done, and whose {@code cancel} cancels the task
   * @throws IllegalStateException if the loop is closed
   * @see EventLoop#runCoroutineThreadsafe(ThrowingCallable)
   */
  public static <R extends ThrowingRunnable<?>>
      CompletableFuture<@Nullable Void> runCoroutineThreadsafe(R coroutine, EventLoop loop) {
    return loop.runCoroutineThreadsafe(coroutine);
  }

  /**
   * Returns a future of the running loop that ends as a stage does ({@code wrap_future}). Any thread may complete the
   * stage. Cancelling the future cancels the stage. Never suspends. Loop thread only.
   *
   * @param stage a stage of another library
   * @param <T> the type of the result
   * @return the future
   * @throws IllegalStateException if no loop runs the caller
   * @see EventLoop#wrapFuture
   */
  public static <T extends @Nullable Object> Future<T> wrapFuture(CompletionStage<T> stage) {
    return getRunningLoop().wrapFuture(stage);
  }

  // ---- waiting

  /**
   * Parks the calling task until a future is done, then returns its result or throws its failure
   * ({@code await future}). Suspends unless the future is done. Loop thread only.
   *
   * @param future a future or task of the running loop
   * @param <T> the type of the result
   * @return the future's result; a failure is thrown unwrapped, checked or not
   * @throws dev.weft.loop.CancelledError if the calling task or the future is cancelled
   * @throws IllegalStateException if the caller is not a task of the future's loop
   * @see Future#await
   */
  public static <T extends @Nullable Object> T await(Future<T> future) {
    return future.await();
  }

  /**
   * Parks the calling task until a future is done, then returns its result or throws its failure
   * ({@code await future}). Declares a checked exception, so that the caller can catch it. Suspends unless the future
   * is done. Loop thread only.
   *
   * @param future a future or task of the running loop
   * @param failure the class of a checked exception with which the future may fail
   * @param <T> the type of the result
   * @param <E> the type of that exception
   * @return the future's result; a failure is thrown unwrapped
   * @throws E if the future fails with it
   * @throws dev.weft.loop.CancelledError if the calling task or the future is cancelled
   * @throws IllegalStateException if the caller is not a task of the future's loop
   */
  public static <T extends @Nullable Object, E extends Exception> T await(
      Future<T> future, Class<E> failure) throws E {
    Objects.requireNonNull(failure, "failure");
    return future.await();
  }

  /**
   * Parks the calling task until a stage of another library is done, then returns its result or throws its failure.
   * Cancelling the task cancels the stage. Suspends. Loop thread only.
   *
   * @param stage a stage that any thread completes
   * @param <T> the type of the result
   * @return the stage's result; a failure is thrown unwrapped, checked or not
   * @throws dev.weft.loop.CancelledError if the calling task or the stage is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see EventLoop#wrapFuture
   */
  public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    return wrapFuture(stage).await();
  }

  /**
   * Parks the calling task for a time ({@code sleep}). Suspends. Loop thread only.
   *
   * @param delay how long; zero or less lets everything else that is ready run once
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Task#sleep
   */
  public static void sleep(Duration delay) {
    Task.sleep(delay);
  }

  /**
   * Parks the calling task for a time, then returns a value ({@code sleep(delay, result)}). Suspends. Loop thread only.
   *
   * @param delay how long; zero or less lets everything else that is ready run once
   * @param result the value; may be null
   * @param <T> the type of the value
   * @return {@code result}
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object> T sleep(Duration delay, T result) {
    Task.sleep(delay);
    return result;
  }

  /**
   * Waits for a future, but no longer than a time ({@code wait_for}). When the time is over, the call cancels the
   * future and waits for its end. Suspends unless the future is done. Loop thread only.
   *
   * @param future the future
   * @param timeout how long to wait at most
   * @param <T> the type of the result
   * @return the future's result; a failure is thrown unwrapped
   * @throws TimeoutException if the time is over before the future is done
   * @throws dev.weft.loop.CancelledError if the calling task or the future is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#waitFor(Future, Duration)
   */
  public static <T extends @Nullable Object> T waitFor(Future<T> future, Duration timeout)
      throws TimeoutException {
    return Timeouts.waitFor(future, timeout);
  }

  /**
   * Runs a coroutine in the calling task, but no longer than a time ({@code wait_for}). Suspends if the coroutine does.
   * Loop thread only.
   *
   * @param coroutine the code
   * @param timeout how long the coroutine may take; with zero or less it does not run at all
   * @param <T> the type of the result
   * @param <E> the type of the coroutine's checked exceptions
   * @return what the coroutine returns
   * @throws E if the coroutine throws it
   * @throws TimeoutException if the time is over before the coroutine has ended
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#waitFor(ThrowingCallable, Duration)
   */
  public static <T extends @Nullable Object, E extends Exception> T waitFor(
      ThrowingCallable<? extends T, E> coroutine, Duration timeout) throws E, TimeoutException {
    return Timeouts.waitFor(coroutine, timeout);
  }

  /**
   * Runs a coroutine that returns nothing in the calling task, but no longer than a time ({@code wait_for}). Suspends
   * if the coroutine does. Loop thread only.
   *
   * @param coroutine the code
   * @param timeout how long the coroutine may take; with zero or less it does not run at all
   * @param <E> the type of the coroutine's checked exceptions
   * @throws E if the coroutine throws it
   * @throws TimeoutException if the time is over before the coroutine has ended
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#waitFor(ThrowingRunnable, Duration)
   */
  public static <E extends Exception> void waitFor(ThrowingRunnable<E> coroutine, Duration timeout)
      throws E, TimeoutException {
    Timeouts.waitFor(coroutine, timeout);
  }

  /**
   * Runs code and cancels it if it takes longer than a time ({@code async with timeout(delay)}). Suspends if the body
   * does. Loop thread only.
   *
   * @param delay how long the body may take
   * @param body gets the timeout, which can move the deadline
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return what the body returns
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#timeout(Duration, ThrowingFunction)
   */
  public static <T extends @Nullable Object, E extends Exception> T timeout(
      Duration delay, ThrowingFunction<Timeout, ? extends T, E> body) throws E, TimeoutException {
    return Timeouts.timeout(delay, body);
  }

  /**
   * Runs code that returns nothing and cancels it if it takes longer than a time ({@code async with timeout(delay)}).
   * Suspends if the body does. Loop thread only.
   *
   * @param delay how long the body may take
   * @param body gets the timeout, which can move the deadline
   * @param <E> the type of the body's checked exceptions
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#timeout(Duration, ThrowingConsumer)
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeout(
      Duration delay, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    Timeouts.timeout(delay, body);
  }

  /**
   * Runs code and cancels it at a time ({@code async with timeout_at(when)}). Suspends if the body does. Loop thread
   * only.
   *
   * @param when the deadline by {@link EventLoop#time}, in nanoseconds; empty for none until the body sets one
   * @param body gets the timeout, which can move the deadline
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return what the body returns
   * @throws E if the body throws it
   * @throws TimeoutException if the time comes before the body has ended
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#timeoutAt(OptionalLong, ThrowingFunction)
   */
  public static <T extends @Nullable Object, E extends Exception> T timeoutAt(
      OptionalLong when, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    return Timeouts.timeoutAt(when, body);
  }

  /**
   * Runs code that returns nothing and cancels it at a time ({@code async with timeout_at(when)}). Suspends if the body
   * does. Loop thread only.
   *
   * @param when the deadline by {@link EventLoop#time}, in nanoseconds; empty for none until the body sets one
   * @param body gets the timeout, which can move the deadline
   * @param <E> the type of the body's checked exceptions
   * @throws E if the body throws it
   * @throws TimeoutException if the time comes before the body has ended
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Timeouts#timeoutAt(OptionalLong, ThrowingConsumer)
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeoutAt(
      OptionalLong when, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    Timeouts.timeoutAt(when, body);
  }

  /**
   * Returns a future of the list of all results ({@code gather}). It fails as soon as one of them fails, and the others
   * continue. Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param futures futures or tasks of one loop
   * @param <T> the type of the results
   * @return the results in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   * @see Gather#of
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T extends @Nullable Object> Future<List<T>> gather(
      Future<? extends T>... futures) {
    return Gather.of(Arrays.asList(futures));
  }

  /**
   * Creates a task for each coroutine and returns a future of the list of all results ({@code gather}). It fails as
   * soon as one of them fails, and the others continue. Cancelling it cancels them all. Never suspends. Loop thread
   * only.
   *
   * @param coroutines the tasks' code
   * @param <T> the type of the results
   * @return the results in the order of the coroutines
   * @throws IllegalStateException if no loop runs the caller
   * @see Gather#ofCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T extends @Nullable Object> Future<List<T>> gather(
      ThrowingCallable<? extends T, ?>... coroutines) {
    return Gather.ofCoroutines(Arrays.asList(coroutines));
  }

  /**
   * Creates a task for each coroutine and returns a future of the end of all ({@code gather}). It fails as soon as one
   * of them fails, and the others continue. Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param coroutines the tasks' code, which returns nothing
   * @param <R> the type of the coroutines
   * @return a list of nulls, one for each coroutine
   * @throws IllegalStateException if no loop runs the caller
   * @see Gather#ofCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <R extends ThrowingRunnable<?>> Future<List<@Nullable Void>> gather(
      R... coroutines) {
    return Gather.ofCoroutines(callables(coroutines));
  }

  /**
   * Returns a future of the list of all results ({@code gather}). It fails as soon as one of them fails, and the others
   * continue. Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param futures futures or tasks of one loop
   * @param <T> the type of the results
   * @return the results in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   * @see Gather#of
   */
  public static <T extends @Nullable Object> Future<List<T>> gather(
      List<? extends Future<? extends T>> futures) {
    return Gather.of(futures);
  }

  /**
   * Returns a future of the outcomes of all ({@code gather(return_exceptions=True)}). It waits for all, and a failure
   * is an element of the list like a result. Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param futures futures or tasks of one loop
   * @param <T> the type of the results
   * @return the outcomes in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   * @see Gather#outcomes
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> gatherOutcomes(
      Future<? extends T>... futures) {
    return Gather.outcomes(Arrays.asList(futures));
  }

  /**
   * Creates a task for each coroutine and returns a future of the outcomes of all
   * ({@code gather(return_exceptions=True)}). It waits for all, and a failure is an element of the list like a result.
   * Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param coroutines the tasks' code
   * @param <T> the type of the results
   * @return the outcomes in the order of the coroutines
   * @throws IllegalStateException if no loop runs the caller
   * @see Gather#outcomesOfCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> gatherOutcomes(
      ThrowingCallable<? extends T, ?>... coroutines) {
    return Gather.outcomesOfCoroutines(Arrays.asList(coroutines));
  }

  /**
   * Creates a task for each coroutine and returns a future of the outcomes of all
   * ({@code gather(return_exceptions=True)}). It waits for all, and a failure is an element of the list like a result.
   * Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param coroutines the tasks' code, which returns nothing
   * @param <R> the type of the coroutines
   * @return the outcomes in the order of the coroutines
   * @throws IllegalStateException if no loop runs the caller
   * @see Gather#outcomesOfCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <R extends ThrowingRunnable<?>>
      Future<List<Outcome<@Nullable Void>>> gatherOutcomes(R... coroutines) {
    return Gather.outcomesOfCoroutines(callables(coroutines));
  }

  private static List<ThrowingCallable<@Nullable Void, ?>> callables(
      ThrowingRunnable<?>[] coroutines) {
    return Stream.of(coroutines)
        .<ThrowingCallable<@Nullable Void, ?>>map(ThrowingRunnable::asCallable)
        .toList();
  }

  /**
   * Returns a future of the outcomes of all ({@code gather(return_exceptions=True)}). It waits for all, and a failure
   * is an element of the list like a result. Cancelling it cancels them all. Never suspends. Loop thread only.
   *
   * @param futures futures or tasks of one loop
   * @param <T> the type of the results
   * @return the outcomes in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   * @see Gather#outcomes
   */
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> gatherOutcomes(
      List<? extends Future<? extends T>> futures) {
    return Gather.outcomes(futures);
  }

  /**
   * Waits until all futures are done ({@code wait}). Cancels none of them and throws none of their failures. Call it as
   * {@code Asyncio.wait}, because {@code Object} has methods of that name. Suspends. Loop thread only.
   *
   * @param futures at least one; a future that is given twice counts once
   * @param <F> the type of the futures
   * @return the futures that are done, and an empty set
   * @throws IllegalArgumentException if there are no futures
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the futures are not
   * @throws IllegalStateException if the caller is not a task
   * @see Wait#of
   */
  public static <F extends Future<?>> Wait.Result<F> wait(Collection<? extends F> futures) {
    return wait(futures, Optional.empty(), ReturnWhen.ALL_COMPLETED);
  }

  /**
   * Waits until enough of the futures are done, or a time is over ({@code wait}). Cancels none of them and throws none
   * of their failures. Call it as {@code Asyncio.wait}, because {@code Object} has methods of that name. Suspends. Loop
   * thread only.
   *
   * @param futures at least one; a future that is given twice counts once
   * @param timeout how long to wait at most; empty for no limit
   * @param returnWhen the condition that ends the wait
   * @param <F> the type of the futures
   * @return the futures that are done, and those that are not
   * @throws IllegalArgumentException if there are no futures
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the futures are not
   * @throws IllegalStateException if the caller is not a task
   * @see Wait#of
   */
  public static <F extends Future<?>> Wait.Result<F> wait(
      Collection<? extends F> futures, Optional<Duration> timeout, ReturnWhen returnWhen) {
    return Wait.of(futures, timeout, returnWhen);
  }

  /**
   * Returns an iterator of futures in the order in which they complete ({@code as_completed}). This call never
   * suspends; each call of {@code next} suspends until another future is done. Loop thread only.
   *
   * @param futures futures of the running loop; one that is given twice counts once
   * @param <F> the type of the futures
   * @return the futures, each of which is done
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if no loop runs the caller
   * @see AsCompleted
   */
  public static <F extends Future<?>> AsCompleted<F> asCompleted(Collection<? extends F> futures) {
    return new AsCompleted<>(futures, Optional.empty());
  }

  /**
   * Returns an iterator of futures in the order in which they complete, for a limited time ({@code as_completed}). This
   * call never suspends; each call of {@code next} suspends until another future is done. Loop thread only.
   *
   * @param futures futures of the running loop; one that is given twice counts once
   * @param timeout the time after which {@code next} throws a {@link TimeoutException} for each future that is not done
   * @param <F> the type of the futures
   * @return the futures, each of which is done
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if no loop runs the caller
   * @see AsCompleted
   */
  public static <F extends Future<?>> AsCompleted<F> asCompleted(
      Collection<? extends F> futures, Duration timeout) {
    return new AsCompleted<>(futures, Optional.of(timeout));
  }

  /**
   * Returns an iterator of results in the order in which futures complete ({@code as_completed} in a plain {@code
   * for}). This call never suspends; each call of {@code next} suspends until another future is done. Loop thread only.
   *
   * @param futures futures of the running loop; one that is given twice counts once
   * @param <T> the type of the results
   * @return the results; {@code next} throws a future's failure
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if no loop runs the caller
   * @see AsCompleted#results
   */
  public static <T extends @Nullable Object> Iterator<T> resultsAsCompleted(
      Collection<? extends Future<? extends T>> futures) {
    return AsCompleted.results(futures, Optional.empty());
  }

  /**
   * Returns an iterator of results in the order in which futures complete, for a limited time ({@code as_completed} in
   * a plain {@code for}). This call never suspends; each call of {@code next} suspends until another future is done.
   * Loop thread only.
   *
   * @param futures futures of the running loop; one that is given twice counts once
   * @param timeout the time after which {@code next} throws a {@link TimeoutException} for each future that is not done
   * @param <T> the type of the results
   * @return the results; {@code next} throws a future's failure
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if no loop runs the caller
   * @see AsCompleted#results
   */
  public static <T extends @Nullable Object> Iterator<T> resultsAsCompleted(
      Collection<? extends Future<? extends T>> futures, Duration timeout) {
    return AsCompleted.results(futures, Optional.of(timeout));
  }

  /**
   * Returns a future that ends as another future does, and whose cancellation does not reach the other future
   * ({@code shield}). Never suspends. Loop thread only.
   *
   * @param inner the future to protect
   * @param <T> the type of the result
   * @return a new future; {@code inner} itself if it is done
   * @see Shield#of
   */
  public static <T extends @Nullable Object> Future<T> shield(Future<T> inner) {
    return Shield.of(inner);
  }

  /**
   * Runs a body and waits for the tasks that it creates in its group ({@code async with TaskGroup()}). If a task or the
   * body fails, the other tasks are cancelled. Suspends if the body does, and until all tasks have ended. Loop thread
   * only.
   *
   * @param body gets the group and creates tasks in it
   * @param <T> the type of the result
   * @return the body's result; null if {@link TaskGroup#cancel} ended the body
   * @throws dev.weft.loop.ExceptionGroup if a task or the body fails; has all failures
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled and nothing has failed
   * @throws IllegalStateException if the caller is not a task
   * @see TaskGroup#run(ThrowingFunction)
   */
  public static <T extends @Nullable Object> @Nullable T taskGroup(
      ThrowingFunction<TaskGroup, ? extends T, ?> body) {
    return new TaskGroup().run(body);
  }

  /**
   * Runs a body that returns nothing and waits for the tasks that it creates in its group ({@code async with
   * TaskGroup()}). If a task or the body fails, the other tasks are cancelled. Suspends if the body does, and until all
   * tasks have ended. Loop thread only.
   *
   * @param body gets the group and creates tasks in it
   * @param <C> the type of the body
   * @throws dev.weft.loop.ExceptionGroup if a task or the body fails; has all failures
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled and nothing has failed
   * @throws IllegalStateException if the caller is not a task
   * @see TaskGroup#run(ThrowingConsumer)
   */
  public static <C extends ThrowingConsumer<TaskGroup, ?>> void taskGroup(C body) {
    new TaskGroup().run(body);
  }

  // ---- cancel scopes

  /**
   * Runs code, cancels it if it takes longer than a time, and then continues ({@code move_on_after} of trio and anyio).
   * The code stays cancelled: every later wait in it throws. Asyncio has no such function. Suspends if the body does.
   * Loop thread only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope, which can move the deadline
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return the body's result, even if it comes too late; empty if the body was cancelled or returned null
   * @throws E if the body throws it
   * @throws dev.weft.loop.CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see CancelScope#moveOnAfter(Duration, ThrowingFunction)
   */
  public static <T, E extends Exception> Optional<T> moveOnAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    return CancelScope.moveOnAfter(delay, body);
  }

  /**
   * Runs code that returns nothing, cancels it if it takes longer than a time, and then continues
   * ({@code move_on_after} of trio and anyio). The code stays cancelled: every later wait in it throws. Asyncio has no
   * such function. Suspends if the body does. Loop thread only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope, which can move the deadline
   * @param <E> the type of the body's checked exceptions
   * @return whether the body ran to its end; false if it was cancelled
   * @throws E if the body throws it
   * @throws dev.weft.loop.CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see CancelScope#moveOnAfter(Duration, ThrowingConsumer)
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> boolean moveOnAfter(
      Duration delay, ThrowingConsumer<CancelScope, E> body) throws E {
    return CancelScope.moveOnAfter(delay, body);
  }

  /**
   * Runs code that does not need the scope, cancels it if it takes longer than a time, and then continues
   * ({@code move_on_after} of trio and anyio). The code stays cancelled: every later wait in it throws. Asyncio has no
   * such function. Suspends if the code does. Loop thread only.
   *
   * @param delay how long the code may take; with zero or less its first wait is cancelled
   * @param code the code
   * @param <E> the type of the code's checked exceptions
   * @return whether the code ran to its end; false if it was cancelled
   * @throws E if the code throws it
   * @throws dev.weft.loop.CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see CancelScope#moveOnAfter(Duration, ThrowingRunnable)
   */
  public static <E extends Exception> boolean moveOnAfter(Duration delay, ThrowingRunnable<E> code)
      throws E {
    return CancelScope.moveOnAfter(delay, code);
  }

  /**
   * Runs code and cancels it if it takes longer than a time ({@code fail_after} of trio and anyio). The code stays
   * cancelled: every later wait in it throws. Asyncio has no such function. Suspends if the body does. Loop thread
   * only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope, which can move the deadline
   * @param <T> the type of the result
   * @param <E> the type of the body's checked exceptions
   * @return the body's result, even if it comes too late
   * @throws E if the body throws it
   * @throws TimeoutException if the body was cancelled, by the deadline or by {@link CancelScope#cancel}
   * @throws dev.weft.loop.CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see CancelScope#failAfter(Duration, ThrowingFunction)
   */
  public static <T extends @Nullable Object, E extends Exception> @Nullable T failAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body)
      throws E, TimeoutException {
    return CancelScope.failAfter(delay, body);
  }

  /**
   * Runs code that returns nothing and cancels it if it takes longer than a time ({@code fail_after} of trio and
   * anyio). The code stays cancelled: every later wait in it throws. Asyncio has no such function. Suspends if the body
   * does. Loop thread only.
   *
   * @param delay how long the body may take; with zero or less its first wait is cancelled
   * @param body gets the scope, which can move the deadline
   * @param <E> the type of the body's checked exceptions
   * @throws E if the body throws it
   * @throws TimeoutException if the body was cancelled, by the deadline or by {@link CancelScope#cancel}
   * @throws dev.weft.loop.CancelledError if the calling task, or a scope around this one, is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see CancelScope#failAfter(Duration, ThrowingConsumer)
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void failAfter(
      Duration delay, ThrowingConsumer<CancelScope, E> body) throws E, TimeoutException {
    CancelScope.failAfter(delay, body);
  }

  /**
   * Runs code that cancel scopes around it do not cancel, for example to clean up. {@link Task#cancel} does reach the
   * code. Asyncio has no such function. Suspends if the code does. Loop thread only.
   *
   * @param code the code
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it; not wrapped
   * @throws IllegalStateException if the caller is not a task
   * @see CancelRegion#shielded(ThrowingCallable)
   */
  public static <T extends @Nullable Object, E extends Exception> T shielded(
      ThrowingCallable<? extends T, E> code) throws E {
    return CancelRegion.shielded(code);
  }

  /**
   * Runs code that returns nothing and that cancel scopes around it do not cancel, for example to clean up.
   * {@link Task#cancel} does reach the code. Asyncio has no such function. Suspends if the code does. Loop thread only.
   *
   * @param code the code
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it; not wrapped
   * @throws IllegalStateException if the caller is not a task
   * @see CancelRegion#shielded(ThrowingRunnable)
   */
  public static <E extends Exception> void shielded(ThrowingRunnable<E> code) throws E {
    CancelRegion.shielded(code);
  }

  // ---- streams

  /**
   * Connects to a TCP server, with default options ({@code open_connection}). Suspends. Loop thread only.
   *
   * @param host a name or an address
   * @param port the TCP port, 1 to 65535
   * @return the connection, which the caller closes
   * @throws IllegalArgumentException if {@code port} is not in its range
   * @throws IOException if the host cannot be resolved, or no address can be connected to
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#openConnection
   */
  public static Connection openConnection(String host, int port) throws IOException {
    return openConnection(host, port, StreamReader.DEFAULT_LIMIT, ConnectionOptions.defaults());
  }

  /**
   * Connects to a TCP server ({@code open_connection}). Suspends. Loop thread only.
   *
   * @param host a name or an address
   * @param port the TCP port, 1 to 65535
   * @param limit the limit of the reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS, addresses and the socket
   * @return the connection, which the caller closes
   * @throws IllegalArgumentException if {@code port} or {@code limit} is not in its range, or the TLS options do not
   *     fit, see {@link dev.weft.transport.SslOptions}
   * @throws IOException if the host cannot be resolved, or no address can be connected to
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#openConnection
   */
  public static Connection openConnection(
      String host, int port, int limit, ConnectionOptions options) throws IOException {
    return Streams.openConnection(host, port, limit, options);
  }

  /**
   * Serves TCP connections, with default options, each in a task of its own ({@code start_server}). Suspends. Loop
   * thread only.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler started still runs, another
   * task continues to read or write, or {@link dev.weft.stream.StreamWriter#keepOpen} was called. {@link ClientHandler}
   * has the details.
   *
   * @param handler handles a connection
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code port} is not in its range
   * @throws IOException if a host cannot be resolved, or an address cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#startServer
   */
  public static Server startServer(ClientHandler handler, String host, int port)
      throws IOException {
    return startServer(handler, host, port, StreamReader.DEFAULT_LIMIT, ServerOptions.defaults());
  }

  /**
   * Serves TCP connections, each in a task of its own ({@code start_server}). Suspends. Loop thread only.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler started still runs, another
   * task continues to read or write, or {@link dev.weft.stream.StreamWriter#keepOpen} was called. {@link ClientHandler}
   * has the details.
   *
   * @param handler handles a connection
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @param limit the limit of each reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code port} or {@code limit} is not in its range, or the TLS options do not
   *     fit, see {@link dev.weft.transport.SslOptions}
   * @throws IOException if a host cannot be resolved, or an address cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#startServer
   */
  public static Server startServer(
      ClientHandler handler, String host, int port, int limit, ServerOptions options)
      throws IOException {
    return Streams.startServer(handler, host, port, limit, options);
  }

  /**
   * Serves TCP connections on every address of several hosts, each in a task of its own ({@code start_server}).
   * Suspends. Loop thread only.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler started still runs, another
   * task continues to read or write, or {@link dev.weft.stream.StreamWriter#keepOpen} was called. {@link ClientHandler}
   * has the details.
   *
   * @param handler handles a connection
   * @param hosts names or addresses
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @param limit the limit of each reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code hosts} is empty, {@code port} or {@code limit} is not in its range, or
   *     the TLS options do not fit, see {@link dev.weft.transport.SslOptions}
   * @throws IOException if a host cannot be resolved, or an address cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#startServer
   */
  public static Server startServer(
      ClientHandler handler, List<String> hosts, int port, int limit, ServerOptions options)
      throws IOException {
    return Streams.startServer(handler, hosts, port, limit, options);
  }

  /**
   * Connects to a server on a Unix socket, with default options ({@code open_unix_connection}). Suspends. Loop thread
   * only.
   *
   * @param path the path of the socket
   * @return the connection, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty
   * @throws IOException if the socket cannot be connected to
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#openUnixConnection
   */
  public static Connection openUnixConnection(Path path) throws IOException {
    return openUnixConnection(path, StreamReader.DEFAULT_LIMIT, ConnectionOptions.defaults());
  }

  /**
   * Connects to a server on a Unix socket ({@code open_unix_connection}). Suspends. Loop thread only.
   *
   * @param path the path of the socket
   * @param limit the limit of the reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS and the socket
   * @return the connection, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty, {@code limit} is not more than 0, {@code options} has a
   *     local address or a family, or the TLS options do not fit, see {@link dev.weft.transport.SslOptions}
   * @throws IOException if the socket cannot be connected to
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#openUnixConnection
   */
  public static Connection openUnixConnection(Path path, int limit, ConnectionOptions options)
      throws IOException {
    return Streams.openUnixConnection(path, limit, options);
  }

  /**
   * Serves connections to a Unix socket, each in a task of its own, with default options ({@code start_unix_server}).
   * Suspends. Loop thread only.
   *
   * @param handler handles a connection
   * @param path the path of the socket
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty
   * @throws IOException if the socket cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#startUnixServer
   */
  public static Server startUnixServer(ClientHandler handler, Path path) throws IOException {
    return startUnixServer(handler, path, StreamReader.DEFAULT_LIMIT, ServerOptions.defaults());
  }

  /**
   * Serves connections to a Unix socket, each in a task of its own ({@code start_unix_server}). Suspends. Loop thread
   * only.
   *
   * @param handler handles a connection
   * @param path the path of the socket
   * @param limit the limit of each reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS and the socket
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty, {@code limit} is not more than 0, {@code options} has
   *     {@code reusePort}, {@code keepAlive} or a family, or the TLS options do not fit, see
   *     {@link dev.weft.transport.SslOptions}
   * @throws IOException if the socket cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see Streams#startUnixServer
   */
  public static Server startUnixServer(
      ClientHandler handler, Path path, int limit, ServerOptions options) throws IOException {
    return Streams.startUnixServer(handler, path, limit, options);
  }

  // ---- processes

  /**
   * Starts a program as a child process, with this process's stdin, stdout and stderr ({@code create_subprocess_exec}).
   * Suspends until the child is started. Loop thread only.
   *
   * @param command the program and its arguments
   * @return the child
   * @throws IllegalArgumentException if {@code command} is empty
   * @throws IOException if the program cannot be started
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child does not run then
   * @throws IllegalStateException if the caller is not a task
   * @see Subprocesses#exec
   */
  public static Process createSubprocessExec(String... command) throws IOException {
    return createSubprocessExec(List.of(command), SubprocessOptions.defaults());
  }

  /**
   * Starts a program as a child process ({@code create_subprocess_exec}). Suspends until the child is started. Loop
   * thread only.
   *
   * @param command the program and its arguments
   * @param options the child's streams, directory and environment
   * @return the child
   * @throws IllegalArgumentException if {@code command} is empty
   * @throws IOException if the program cannot be started
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child does not run then
   * @throws IllegalStateException if the caller is not a task
   * @see Subprocesses#exec
   */
  public static Process createSubprocessExec(List<String> command, SubprocessOptions options)
      throws IOException {
    return createSubprocessExec(command, options, StreamReader.DEFAULT_LIMIT);
  }

  /**
   * Starts a program as a child process, with a limit for its readers ({@code create_subprocess_exec}). Suspends until
   * the child is started. Loop thread only.
   *
   * @param command the program and its arguments
   * @param options the child's streams, directory and environment
   * @param limit the limit of the readers of the child's output in bytes, more than 0: the length of the longest line;
   *     reading pauses when more than twice as much is buffered
   * @return the child
   * @throws IllegalArgumentException if {@code command} is empty, or {@code limit} is not more than 0
   * @throws IOException if the program cannot be started
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child does not run then
   * @throws IllegalStateException if the caller is not a task
   * @see Subprocesses#exec
   */
  public static Process createSubprocessExec(
      List<String> command, SubprocessOptions options, int limit) throws IOException {
    return Subprocesses.exec(command, options, limit);
  }

  /**
   * Runs a command line of the shell as a child process, with this process's stdin, stdout and stderr ({@code
   * create_subprocess_shell}). Suspends until the child is started. Loop thread only.
   *
   * @param command what {@code /bin/sh} runs
   * @return the child
   * @throws IOException if the shell cannot be started
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child does not run then
   * @throws IllegalStateException if the caller is not a task
   * @see Subprocesses#shell
   */
  public static Process createSubprocessShell(String command) throws IOException {
    return createSubprocessShell(command, SubprocessOptions.defaults());
  }

  /**
   * Runs a command line of the shell as a child process ({@code create_subprocess_shell}). Suspends until the child is
   * started. Loop thread only.
   *
   * @param command what {@code /bin/sh} runs
   * @param options the child's streams, directory and environment
   * @return the child
   * @throws IOException if the shell cannot be started
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child does not run then
   * @throws IllegalStateException if the caller is not a task
   * @see Subprocesses#shell
   */
  public static Process createSubprocessShell(String command, SubprocessOptions options)
      throws IOException {
    return createSubprocessShell(command, options, StreamReader.DEFAULT_LIMIT);
  }

  /**
   * Runs a command line of the shell as a child process, with a limit for its readers ({@code
   * create_subprocess_shell}). Suspends until the child is started. Loop thread only.
   *
   * @param command what {@code /bin/sh} runs
   * @param options the child's streams, directory and environment
   * @param limit the limit of the readers of the child's output in bytes, more than 0: the length of the longest line;
   *     reading pauses when more than twice as much is buffered
   * @return the child
   * @throws IllegalArgumentException if {@code limit} is not more than 0
   * @throws IOException if the shell cannot be started
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child does not run then
   * @throws IllegalStateException if the caller is not a task
   * @see Subprocesses#shell
   */
  public static Process createSubprocessShell(String command, SubprocessOptions options, int limit)
      throws IOException {
    return Subprocesses.shell(command, options, limit);
  }
}
