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

/**
 * Asyncio's top level, under its own names; import it statically. Every method delegates to the class
 * that its documentation links.
 */
public final class Asyncio {

  private Asyncio() {}

  // ---- running

  /**
   * Runs a coroutine on a new loop until it ends, then cancels what it has left behind and closes the
   * loop ({@code asyncio.run}). The calling thread carries the loop, unless it is virtual.
   *
   * @return the coroutine's result
   * @throws IllegalStateException if the caller runs on a loop already
   * @see Runner
   */
  public static <T, E extends Exception> T run(ThrowingCallable<? extends T, E> coroutine)
      throws E {
    try (Runner runner = new Runner()) {
      return runner.run(coroutine);
    }
  }

  /** As {@link #run(ThrowingCallable)}, with the loop's debug mode on or off ({@code run(debug=...)}). */
  public static <T, E extends Exception> T run(
      ThrowingCallable<? extends T, E> coroutine, boolean debug) throws E {
    try (Runner runner = new Runner(debug)) {
      return runner.run(coroutine);
    }
  }

  /** As {@link #run(ThrowingCallable, boolean)}, for a coroutine that returns nothing. */
  public static <E extends Exception> void run(ThrowingRunnable<E> coroutine, boolean debug)
      throws E {
    run(coroutine.asCallable(), debug);
  }

  /** As {@link #run(ThrowingCallable)}, for a coroutine that returns nothing. */
  public static <E extends Exception> void run(ThrowingRunnable<E> coroutine) throws E {
    run(coroutine.asCallable());
  }

  /**
   * The loop that runs the caller ({@code get_running_loop}).
   *
   * @throws IllegalStateException if none does
   * @see EventLoop#getRunningLoop
   */
  public static EventLoop getRunningLoop() {
    return EventLoop.getRunningLoop();
  }

  /**
   * Creates a loop by the program's policy ({@code new_event_loop}). It is not running, and nobody's
   * current loop.
   *
   * @see AbstractEventLoopPolicy#newEventLoop
   */
  public static EventLoop newEventLoop() {
    return getEventLoopPolicy().newEventLoop();
  }

  /**
   * The loop that runs the caller, else the calling thread's current one ({@code get_event_loop}).
   *
   * @throws IllegalStateException if there is neither
   * @see EventLoop#getEventLoop
   */
  public static EventLoop getEventLoop() {
    return EventLoop.getEventLoop();
  }

  /**
   * Makes a loop the calling thread's current one ({@code set_event_loop}); does not run it.
   *
   * @see AbstractEventLoopPolicy#setEventLoop
   */
  public static void setEventLoop(EventLoop loop) {
    getEventLoopPolicy().setEventLoop(loop);
  }

  /**
   * Leaves the calling thread without a current loop ({@code set_event_loop(None)}).
   *
   * @see AbstractEventLoopPolicy#resetEventLoop
   */
  public static void resetEventLoop() {
    getEventLoopPolicy().resetEventLoop();
  }

  /**
   * The program's policy ({@code get_event_loop_policy}).
   *
   * @see AbstractEventLoopPolicy
   */
  public static AbstractEventLoopPolicy getEventLoopPolicy() {
    return AbstractEventLoopPolicy.getEventLoopPolicy();
  }

  /**
   * Changes the program's policy ({@code set_event_loop_policy}).
   *
   * @see AbstractEventLoopPolicy#setEventLoopPolicy
   */
  public static void setEventLoopPolicy(AbstractEventLoopPolicy policy) {
    AbstractEventLoopPolicy.setEventLoopPolicy(policy);
  }

  /**
   * Goes back to the default policy ({@code set_event_loop_policy(None)}).
   *
   * @see AbstractEventLoopPolicy#resetEventLoopPolicy
   */
  public static void resetEventLoopPolicy() {
    AbstractEventLoopPolicy.resetEventLoopPolicy();
  }

  // ---- tasks

  /**
   * Creates a task on the running loop ({@code create_task}). Never suspends.
   *
   * @see EventLoop#createTask(ThrowingCallable)
   */
  public static <T> Task<T> createTask(ThrowingCallable<? extends T, ?> coroutine) {
    return getRunningLoop().createTask(coroutine);
  }

  /** As {@link #createTask(ThrowingCallable)}, for a coroutine that returns nothing. */
  public static <R extends ThrowingRunnable<?>> Task<Void> createTask(R coroutine) {
    return getRunningLoop().createTask(coroutine);
  }

  /** As {@link #createTask(ThrowingCallable)}, with options. */
  public static <T> Task<T> createTask(
      ThrowingCallable<? extends T, ?> coroutine, TaskOptions options) {
    return getRunningLoop().createTask(coroutine, options);
  }

  /** As {@link #createTask(ThrowingCallable, TaskOptions)}, for a coroutine that returns nothing. */
  public static <R extends ThrowingRunnable<?>> Task<Void> createTask(
      R coroutine, TaskOptions options) {
    return getRunningLoop().createTask(coroutine, options);
  }

  /**
   * The task that the caller runs in ({@code current_task}); empty in a callback.
   *
   * @see Task#current
   */
  public static Optional<Task<?>> currentTask() {
    return Task.current();
  }

  /**
   * The running loop's tasks that are not done, the oldest first ({@code all_tasks}).
   *
   * @see EventLoop#allTasks
   */
  public static List<Task<?>> allTasks() {
    return getRunningLoop().allTasks();
  }

  /**
   * The future itself ({@code ensure_future}): for code that takes either, with {@link
   * #ensureFuture(ThrowingCallable)}. Never suspends.
   */
  public static <T> Future<T> ensureFuture(Future<T> future) {
    return Objects.requireNonNull(future, "future");
  }

  /** A task for a coroutine ({@code ensure_future}); the same as {@link #createTask(ThrowingCallable)}. */
  public static <T> Task<T> ensureFuture(ThrowingCallable<? extends T, ?> coroutine) {
    return createTask(coroutine);
  }

  /** As {@link #ensureFuture(ThrowingCallable)}, for a coroutine that returns nothing. */
  public static <R extends ThrowingRunnable<?>> Task<Void> ensureFuture(R coroutine) {
    return createTask(coroutine);
  }

  /**
   * A loop's tasks that are not done, the oldest first ({@code all_tasks(loop)}). Any thread.
   *
   * @see EventLoop#allTasks
   */
  public static List<Task<?>> allTasks(EventLoop loop) {
    return loop.allTasks();
  }

  // ---- who waits for whom

  /**
   * The graph of the current task: its calls, and who waits for it ({@code capture_call_graph}).
   *
   * @return empty in a callback
   * @see CallGraph#captureCallGraph()
   */
  public static Optional<FutureCallGraph> captureCallGraph() {
    return CallGraph.captureCallGraph();
  }

  /** As {@link #captureCallGraph()}, of a future. */
  public static FutureCallGraph captureCallGraph(Future<?> future) {
    return CallGraph.captureCallGraph(future);
  }

  /**
   * The graph of the current task as a text ({@code format_call_graph}).
   *
   * @return empty in a callback
   * @see CallGraph#formatCallGraph()
   */
  public static String formatCallGraph() {
    return CallGraph.formatCallGraph();
  }

  /** As {@link #formatCallGraph()}, of a future. */
  public static String formatCallGraph(Future<?> future) {
    return CallGraph.formatCallGraph(future);
  }

  /**
   * Prints the graph of the current task on the standard output ({@code print_call_graph}).
   *
   * @see CallGraph#printCallGraph()
   */
  public static void printCallGraph() {
    CallGraph.printCallGraph();
  }

  /** As {@link #printCallGraph()}, of a future. */
  public static void printCallGraph(Future<?> future) {
    CallGraph.printCallGraph(future);
  }

  /**
   * Notes that a future is waited for by way of a library ({@code future_add_to_awaited_by}).
   *
   * @see CallGraph#futureAddToAwaitedBy
   */
  public static void futureAddToAwaitedBy(Future<?> future, Future<?> waiter) {
    CallGraph.futureAddToAwaitedBy(future, waiter);
  }

  /**
   * Takes {@link #futureAddToAwaitedBy} back ({@code future_discard_from_awaited_by}).
   *
   * @see CallGraph#futureDiscardFromAwaitedBy
   */
  public static void futureDiscardFromAwaitedBy(Future<?> future, Future<?> waiter) {
    CallGraph.futureDiscardFromAwaitedBy(future, waiter);
  }

  // ---- threads

  /**
   * Runs blocking code on the default executor, in a copy of the caller's context, and waits for it ({@code
   * to_thread}). Suspends.
   *
   * @return what the code returns; what it throws is thrown, the very object
   * @see Threads#toThread
   */
  public static <T, E extends Exception> T toThread(ThrowingCallable<? extends T, E> code)
      throws E {
    return Threads.toThread(code);
  }

  /** As {@link #toThread(ThrowingCallable)}, for code that returns nothing. */
  public static <E extends Exception> void toThread(ThrowingRunnable<E> code) throws E {
    Threads.toThread(code);
  }

  /**
   * Runs a coroutine on a loop for another thread ({@code run_coroutine_threadsafe}).
   *
   * @see EventLoop#runCoroutineThreadsafe
   */
  public static <T> CompletableFuture<T> runCoroutineThreadsafe(
      ThrowingCallable<? extends T, ?> coroutine, EventLoop loop) {
    return loop.runCoroutineThreadsafe(coroutine);
  }

  /**
   * As {@link #runCoroutineThreadsafe(ThrowingCallable, EventLoop)}, for a coroutine that returns nothing. Never suspends. Any
   * thread.
   *
   * @throws IllegalStateException if the loop is closed
   */
  public static <R extends ThrowingRunnable<?>> CompletableFuture<Void> runCoroutineThreadsafe(
      R coroutine, EventLoop loop) {
    return loop.runCoroutineThreadsafe(coroutine);
  }

  /**
   * A future of the running loop for one of another library ({@code wrap_future}).
   *
   * @see EventLoop#wrapFuture
   */
  public static <T> Future<T> wrapFuture(CompletionStage<T> stage) {
    return getRunningLoop().wrapFuture(stage);
  }

  // ---- waiting

  /**
   * Parks the calling task until a future is done ({@code await future}).
   *
   * @return its result; its failure is thrown, the very object
   * @see Future#await
   */
  public static <T> T await(Future<T> future) {
    return future.await();
  }

  /**
   * As {@link #await(Future)}, saying which checked exception the future may fail with.
   *
   * @throws E if the future fails with one
   */
  public static <T, E extends Exception> T await(Future<T> future, Class<E> failure) throws E {
    Objects.requireNonNull(failure, "failure");
    return future.await();
  }

  /**
   * Parks the calling task until a stage of another library is done.
   *
   * @see EventLoop#wrapFuture
   */
  public static <T> T await(CompletionStage<T> stage) {
    return wrapFuture(stage).await();
  }

  /**
   * Parks the calling task for a time ({@code sleep}); zero lets everything that is ready run once.
   *
   * @see Task#sleep
   */
  public static void sleep(Duration delay) {
    Task.sleep(delay);
  }

  /**
   * As {@link #sleep(Duration)}, then returns {@code result}.
   *
   * @return {@code result}
   */
  public static <T> T sleep(Duration delay, T result) {
    Task.sleep(delay);
    return result;
  }

  /**
   * Waits for a future no longer than a time ({@code wait_for}).
   *
   * @throws TimeoutException if the time is over before
   * @see Timeouts#waitFor(Future, Duration)
   */
  public static <T> T waitFor(Future<T> future, Duration timeout) throws TimeoutException {
    return Timeouts.waitFor(future, timeout);
  }

  /**
   * Runs a coroutine in the calling task no longer than a time ({@code wait_for}).
   *
   * @throws TimeoutException if the time is over before
   * @see Timeouts#waitFor(ThrowingCallable, Duration)
   */
  public static <T, E extends Exception> T waitFor(
      ThrowingCallable<? extends T, E> coroutine, Duration timeout) throws E, TimeoutException {
    return Timeouts.waitFor(coroutine, timeout);
  }

  /**
   * As {@link #waitFor(ThrowingCallable, Duration)}, for a coroutine that returns nothing. Suspends if the coroutine
   * does.
   *
   * @throws E if the coroutine throws it
   * @throws TimeoutException if the time is over before
   * @throws IllegalStateException if the caller is not a task
   */
  public static <E extends Exception> void waitFor(ThrowingRunnable<E> coroutine, Duration timeout)
      throws E, TimeoutException {
    Timeouts.waitFor(coroutine, timeout);
  }

  /**
   * Runs code that is cancelled after a time ({@code async with timeout(delay)}).
   *
   * @throws TimeoutException if the time is over before the body has ended
   * @see Timeouts#timeout
   */
  public static <T, E extends Exception> T timeout(
      Duration delay, ThrowingFunction<Timeout, ? extends T, E> body) throws E, TimeoutException {
    return Timeouts.timeout(delay, body);
  }

  /**
   * As {@link #timeout(Duration, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the time is over before the body has ended
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeout(
      Duration delay, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    Timeouts.timeout(delay, body);
  }

  /**
   * Runs code that is cancelled at a time ({@code async with timeout_at(when)}).
   *
   * @throws TimeoutException if the time comes before the body has ended
   * @see Timeouts#timeoutAt
   */
  public static <T, E extends Exception> T timeoutAt(
      OptionalLong when, ThrowingFunction<Timeout, ? extends T, E> body)
      throws E, TimeoutException {
    return Timeouts.timeoutAt(when, body);
  }

  /**
   * As {@link #timeoutAt(OptionalLong, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the time comes before the body has ended
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void timeoutAt(
      OptionalLong when, ThrowingConsumer<Timeout, E> body) throws E, TimeoutException {
    Timeouts.timeoutAt(when, body);
  }

  /**
   * The future of several others ({@code gather}): their results in order, or the first failure.
   *
   * @see Gather#of
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T> Future<List<T>> gather(Future<? extends T>... futures) {
    return Gather.of(Arrays.asList(futures));
  }

  /**
   * As {@link #gather(Future[])}, for coroutines, each of which becomes a task.
   *
   * @see Gather#ofCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T> Future<List<T>> gather(ThrowingCallable<? extends T, ?>... coroutines) {
    return Gather.ofCoroutines(Arrays.asList(coroutines));
  }

  /**
   * As {@link #gather(Future[])}, for coroutines that return nothing. Each of them becomes a task, and each result is
   * null. Never suspends.
   *
   * @throws IllegalStateException if no loop runs
   * @see Gather#ofCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <R extends ThrowingRunnable<?>> Future<List<Void>> gather(R... coroutines) {
    return Gather.ofCoroutines(callables(coroutines));
  }

  /** As {@link #gather(Future[])}, for a list. */
  public static <T> Future<List<T>> gather(List<? extends Future<? extends T>> futures) {
    return Gather.of(futures);
  }

  /**
   * As {@link #gather(Future[])}, but waits for all, and a failure is an element like a result ({@code
   * gather(return_exceptions=True)}).
   *
   * @see Gather#outcomes
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T> Future<List<Outcome<T>>> gatherOutcomes(Future<? extends T>... futures) {
    return Gather.outcomes(Arrays.asList(futures));
  }

  /**
   * As {@link #gatherOutcomes(Future[])}, for coroutines, each of which becomes a task.
   *
   * @see Gather#outcomesOfCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <T> Future<List<Outcome<T>>> gatherOutcomes(
      ThrowingCallable<? extends T, ?>... coroutines) {
    return Gather.outcomesOfCoroutines(Arrays.asList(coroutines));
  }

  /**
   * As {@link #gatherOutcomes(Future[])}, for coroutines that return nothing. Each of them becomes a task. Never
   * suspends.
   *
   * @throws IllegalStateException if no loop runs
   * @see Gather#outcomesOfCoroutines
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  public static <R extends ThrowingRunnable<?>> Future<List<Outcome<Void>>> gatherOutcomes(
      R... coroutines) {
    return Gather.outcomesOfCoroutines(callables(coroutines));
  }

  private static List<ThrowingCallable<Void, ?>> callables(ThrowingRunnable<?>[] coroutines) {
    return Stream.of(coroutines)
        .<ThrowingCallable<Void, ?>>map(ThrowingRunnable::asCallable)
        .toList();
  }

  /** As {@link #gatherOutcomes(Future[])}, for a list. */
  public static <T> Future<List<Outcome<T>>> gatherOutcomes(
      List<? extends Future<? extends T>> futures) {
    return Gather.outcomes(futures);
  }

  /**
   * Waits until all futures are done ({@code wait}); to be called qualified, as {@code Asyncio.wait}.
   *
   * @see Wait#of
   */
  public static <F extends Future<?>> Wait.Result<F> wait(Collection<? extends F> futures) {
    return wait(futures, Optional.empty(), ReturnWhen.ALL_COMPLETED);
  }

  /** As {@link #wait(Collection)}, until enough are done or for some time only. */
  public static <F extends Future<?>> Wait.Result<F> wait(
      Collection<? extends F> futures, Optional<Duration> timeout, ReturnWhen returnWhen) {
    return Wait.of(futures, timeout, returnWhen);
  }

  /**
   * Futures in the order in which they are done ({@code as_completed}).
   *
   * @see AsCompleted
   */
  public static <F extends Future<?>> AsCompleted<F> asCompleted(Collection<? extends F> futures) {
    return new AsCompleted<>(futures, Optional.empty());
  }

  /** As {@link #asCompleted(Collection)}, for some time only. */
  public static <F extends Future<?>> AsCompleted<F> asCompleted(
      Collection<? extends F> futures, Duration timeout) {
    return new AsCompleted<>(futures, Optional.of(timeout));
  }

  /**
   * Results in the order in which they come ({@code as_completed} in a plain {@code for}).
   *
   * @see AsCompleted#results
   */
  public static <T> Iterator<T> resultsAsCompleted(
      Collection<? extends Future<? extends T>> futures) {
    return AsCompleted.results(futures, Optional.empty());
  }

  /** As {@link #resultsAsCompleted(Collection)}, for some time only. */
  public static <T> Iterator<T> resultsAsCompleted(
      Collection<? extends Future<? extends T>> futures, Duration timeout) {
    return AsCompleted.results(futures, Optional.of(timeout));
  }

  /**
   * A future whose cancellation does not reach {@code inner} ({@code shield}).
   *
   * @see Shield#of
   */
  public static <T> Future<T> shield(Future<T> inner) {
    return Shield.of(inner);
  }

  /**
   * Runs a body and waits for the tasks that it creates in its group ({@code async with TaskGroup()}).
   *
   * @see TaskGroup#run
   */
  public static <T> T taskGroup(ThrowingFunction<TaskGroup, ? extends T, ?> body) {
    return new TaskGroup().run(body);
  }

  /**
   * As {@link #taskGroup(ThrowingFunction)}, for a body that returns nothing. Suspends while tasks of the group run.
   *
   * @throws dev.weft.loop.ExceptionGroup if a task or the body fails
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled and nothing has failed
   * @throws IllegalStateException if the caller is not a task
   */
  public static <C extends ThrowingConsumer<TaskGroup, ?>> void taskGroup(C body) {
    new TaskGroup().run(body);
  }

  // ---- cancel scopes

  /**
   * Runs code that is cancelled after a time, stays cancelled, and then goes on; asyncio has no such thing.
   *
   * @return empty if it was cancelled, or has returned null
   * @see CancelScope#moveOnAfter(Duration, ThrowingFunction)
   */
  public static <T, E extends Exception> Optional<T> moveOnAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body) throws E {
    return CancelScope.moveOnAfter(delay, body);
  }

  /**
   * As {@link #moveOnAfter(Duration, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @return whether the body has come to its end; false if it was cancelled
   * @throws E if the body throws it
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> boolean moveOnAfter(
      Duration delay, ThrowingConsumer<CancelScope, E> body) throws E {
    return CancelScope.moveOnAfter(delay, body);
  }

  /**
   * As {@link #moveOnAfter(Duration, ThrowingFunction)}, for code that returns nothing.
   *
   * @return whether the code has come to its end
   * @see CancelScope#moveOnAfter(Duration, ThrowingRunnable)
   */
  public static <E extends Exception> boolean moveOnAfter(Duration delay, ThrowingRunnable<E> code)
      throws E {
    return CancelScope.moveOnAfter(delay, code);
  }

  /**
   * Runs code that is cancelled after a time, and stays cancelled; asyncio has no such thing.
   *
   * @throws TimeoutException if the code was cancelled
   * @see CancelScope#failAfter
   */
  public static <T, E extends Exception> T failAfter(
      Duration delay, ThrowingFunction<CancelScope, ? extends T, E> body)
      throws E, TimeoutException {
    return CancelScope.failAfter(delay, body);
  }

  /**
   * As {@link #failAfter(Duration, ThrowingFunction)}, for code that returns nothing. Suspends if the body does.
   *
   * @throws E if the body throws it
   * @throws TimeoutException if the body was cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  @SuppressWarnings("overloads") // a function is a consumer, so the function is the more specific
  public static <E extends Exception> void failAfter(
      Duration delay, ThrowingConsumer<CancelScope, E> body) throws E, TimeoutException {
    CancelScope.failAfter(delay, body);
  }

  /**
   * Runs code whose waits are not cancelled by cancel scopes around it.
   *
   * @see CancelRegion#shielded(ThrowingCallable)
   */
  public static <T, E extends Exception> T shielded(ThrowingCallable<? extends T, E> code)
      throws E {
    return CancelRegion.shielded(code);
  }

  /** As {@link #shielded(ThrowingCallable)}, for code that returns nothing. */
  public static <E extends Exception> void shielded(ThrowingRunnable<E> code) throws E {
    CancelRegion.shielded(code);
  }

  // ---- streams

  /**
   * Connects to a TCP server ({@code open_connection}). Suspends.
   *
   * @throws IOException if the host cannot be resolved or connected to
   * @see Streams#openConnection
   */
  public static Connection openConnection(String host, int port) throws IOException {
    return openConnection(host, port, StreamReader.DEFAULT_LIMIT, ConnectionOptions.defaults());
  }

  /** As {@link #openConnection(String, int)}, with a limit in bytes for the reader and options. */
  public static Connection openConnection(
      String host, int port, int limit, ConnectionOptions options) throws IOException {
    return Streams.openConnection(host, port, limit, options);
  }

  /**
   * Serves TCP connections, each in a task of its own ({@code start_server}). Suspends.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler has started still runs,
   * another task goes on reading or writing, or {@link dev.weft.stream.StreamWriter#keepOpen} was called; {@link ClientHandler} has the
   * details.
   *
   * @throws IOException if the host cannot be resolved or the address not bound
   * @see Streams#startServer
   */
  public static Server startServer(ClientHandler handler, String host, int port)
      throws IOException {
    return startServer(handler, host, port, StreamReader.DEFAULT_LIMIT, ServerOptions.defaults());
  }

  /** As {@link #startServer(ClientHandler, String, int)}, with a limit for readers and options. */
  public static Server startServer(
      ClientHandler handler, String host, int port, int limit, ServerOptions options)
      throws IOException {
    return Streams.startServer(handler, host, port, limit, options);
  }

  /** As the other, on every address of several hosts. */
  public static Server startServer(
      ClientHandler handler, List<String> hosts, int port, int limit, ServerOptions options)
      throws IOException {
    return Streams.startServer(handler, hosts, port, limit, options);
  }

  /**
   * Connects to a server on a Unix socket ({@code open_unix_connection}). Suspends.
   *
   * @throws IOException if it cannot be connected to
   * @see Streams#openUnixConnection
   */
  public static Connection openUnixConnection(Path path) throws IOException {
    return openUnixConnection(path, StreamReader.DEFAULT_LIMIT, ConnectionOptions.defaults());
  }

  /** As {@link #openUnixConnection(Path)}, with a limit in bytes for the reader and options. */
  public static Connection openUnixConnection(Path path, int limit, ConnectionOptions options)
      throws IOException {
    return Streams.openUnixConnection(path, limit, options);
  }

  /**
   * Serves connections to a Unix socket, each in a task of its own ({@code start_unix_server}). Suspends.
   *
   * @throws IOException if the socket cannot be bound
   * @see Streams#startUnixServer
   */
  public static Server startUnixServer(ClientHandler handler, Path path) throws IOException {
    return startUnixServer(handler, path, StreamReader.DEFAULT_LIMIT, ServerOptions.defaults());
  }

  /** As {@link #startUnixServer(ClientHandler, Path)}, with a limit for readers and options. */
  public static Server startUnixServer(
      ClientHandler handler, Path path, int limit, ServerOptions options) throws IOException {
    return Streams.startUnixServer(handler, path, limit, options);
  }

  // ---- processes

  /**
   * Starts a program as a child process ({@code create_subprocess_exec}), with this process's stdin, stdout and
   * stderr. Suspends.
   *
   * @throws IOException if the program cannot be started
   * @see Subprocesses#exec
   */
  public static Process createSubprocessExec(String... command) throws IOException {
    return createSubprocessExec(List.of(command), SubprocessOptions.defaults());
  }

  /** As the other, with options. */
  public static Process createSubprocessExec(List<String> command, SubprocessOptions options)
      throws IOException {
    return createSubprocessExec(command, options, StreamReader.DEFAULT_LIMIT);
  }

  /** As the other, with a limit in bytes for the readers. */
  public static Process createSubprocessExec(
      List<String> command, SubprocessOptions options, int limit) throws IOException {
    return Subprocesses.exec(command, options, limit);
  }

  /**
   * Starts a command line of the shell as a child process ({@code create_subprocess_shell}), with this process's
   * stdin, stdout and stderr. Suspends.
   *
   * @throws IOException if the shell cannot be started
   * @see Subprocesses#shell
   */
  public static Process createSubprocessShell(String command) throws IOException {
    return createSubprocessShell(command, SubprocessOptions.defaults());
  }

  /** As the other, with options. */
  public static Process createSubprocessShell(String command, SubprocessOptions options)
      throws IOException {
    return createSubprocessShell(command, options, StreamReader.DEFAULT_LIMIT);
  }

  /** As the other, with a limit in bytes for the readers. */
  public static Process createSubprocessShell(String command, SubprocessOptions options, int limit)
      throws IOException {
    return Subprocesses.shell(command, options, limit);
  }
}
