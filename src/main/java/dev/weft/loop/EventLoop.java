package dev.weft.loop;

import dev.weft.selector.SelectorEventLoop;
import dev.weft.transport.AddressInfoOptions;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.NameInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import dev.weft.transport.SubprocessOptions;
import dev.weft.transport.SubprocessProtocol;
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

/**
 * An event loop: asyncio's {@code AbstractEventLoop}.
 *
 * <p>One platform thread, the carrier, runs all its callbacks and the steps of all its tasks, one at a
 * time, in the order in which they became ready. Unless a method says otherwise it must be called on the
 * loop: in a task, a callback or a protocol method of it; or, while the loop does not run, by the one
 * thread that sets it up. Methods that suspend must be called in a task.
 */
public interface EventLoop extends AutoCloseable {

  /**
   * Creates a loop ({@code new_event_loop}). It is not running, and nobody's current loop.
   *
   * @throws IllegalStateException if {@code java.lang} is not opened to Weft; says how to open it
   */
  static EventLoop newEventLoop() {
    return newEventLoop(Clock.SYSTEM);
  }

  /**
   * Creates a loop that lives by a clock of the caller's.
   *
   * @throws IllegalStateException if {@code java.lang} is not opened to Weft; says how to open it
   */
  static EventLoop newEventLoop(Clock clock) {
    return new SelectorEventLoop(clock);
  }

  /**
   * The loop that runs the caller ({@code get_running_loop}). Any thread; never suspends.
   *
   * @throws IllegalStateException if none does
   */
  static EventLoop getRunningLoop() {
    EventLoop running = BaseEventLoop.runningOrNull();
    if (running == null) {
      throw new IllegalStateException("no running event loop in " + Thread.currentThread());
    }
    return running;
  }

  /**
   * The loop that runs the caller; if none does, the current one of the calling thread by the program's
   * {@link AbstractEventLoopPolicy} ({@code get_event_loop}). Any thread; never suspends.
   *
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
   * Runs the loop until {@link #stop} is called ({@code run_forever}). Called before, it makes this run
   * one turn without blocking. The calling thread becomes the carrier; a virtual thread cannot, so there
   * the loop runs on a platform thread of its own and the caller waits for it.
   *
   * @throws IllegalStateException if the loop is running or closed, or the caller runs on a loop
   */
  void runForever();

  /**
   * Runs the loop until a future is done ({@code run_until_complete}).
   *
   * @return the future's result
   * @throws IllegalStateException as {@link #runForever}; or if the loop stopped before
   */
  <T> T runUntilComplete(Future<T> future);

  /** Runs a coroutine as a task until it is done; otherwise as {@link #runUntilComplete(Future)}. */
  <T> T runUntilComplete(ThrowingCallable<T, ?> coroutine);

  /** Runs a coroutine as a task until it is done; otherwise as {@link #runUntilComplete(Future)}. */
  default <R extends ThrowingRunnable<?>> void runUntilComplete(R coroutine) {
    runUntilComplete(coroutine.asCallable());
  }

  /** Ends {@link #runForever} when the current turn ends ({@code stop}). */
  void stop();

  /** Whether the loop is running ({@code is_running}). Any thread. */
  boolean isRunning();

  /** Whether the loop is closed ({@code is_closed}). Any thread. */
  boolean isClosed();

  /**
   * Closes the loop for good ({@code close}). Idempotent.
   *
   * <p>Callbacks that were still to run never will: the handles of those that were ready are cancelled. So are the
   * futures of {@link #runCoroutineThreadsafe} that are not done, at the end. Tasks that are not done are
   * reported to the exception handler and unwound: they see a {@link CancelledError} where they wait, and again at every further
   * wait, so that their {@code finally} blocks run. (CPython closes the coroutines when it collects
   * them.) Better cancel and await them before, as {@link Runner} does. Other virtual threads on the loop,
   * see {@link #guestThreads}, are reported and go on on another carrier. Failures that nobody has looked
   * at are reported. The default executor is shut down without waiting for it.
   *
   * @throws IllegalStateException if the loop is running
   */
  @Override
  void close();

  // ---- callbacks and time

  /**
   * Has a callback run in the next turn, behind everything that is ready ({@code call_soon}).
   *
   * @throws IllegalStateException if the loop is closed, or runs and the caller is not on it
   */
  Handle callSoon(Runnable callback);

  /** As {@link #callSoon(Runnable)}, in the context given, which is shared and not copied. */
  Handle callSoon(Runnable callback, Context context);

  /**
   * As {@link #callSoon}, from any thread ({@code call_soon_threadsafe}). The handle's {@code cancel} may
   * be called from any thread, too: once it returns, the callback does not run or has ended.
   *
   * @throws IllegalStateException if the loop is closed
   */
  Handle callSoonThreadsafe(Runnable callback);

  /** As {@link #callSoonThreadsafe(Runnable)}, in the context given. */
  Handle callSoonThreadsafe(Runnable callback, Context context);

  /**
   * Has a callback run after a time ({@code call_later}). Equal times keep the order of the calls. A
   * delay of zero or less also goes behind all that is ready and behind what the next poll brings.
   *
   * @throws IllegalStateException as {@link #callSoon}
   */
  TimerHandle callLater(Duration delay, Runnable callback);

  /** As {@link #callLater(Duration, Runnable)}, in the context given. */
  TimerHandle callLater(Duration delay, Runnable callback, Context context);

  /**
   * Has a callback run at a time ({@code call_at}).
   *
   * @param when by {@link #time}, in nanoseconds; one more than 146 years ahead is never, one as long ago is past
   * @throws IllegalStateException as {@link #callSoon}
   */
  TimerHandle callAt(long when, Runnable callback);

  /** As {@link #callAt(long, Runnable)}, in the context given. */
  TimerHandle callAt(long when, Runnable callback, Context context);

  /**
   * How long until the loop has something to run by itself: for programs that are to know whether a loop is idle, or
   * that run it inside a loop of their own. Zero if a callback or a step of a task is ready, but for the caller's own;
   * else the time to the next timer; empty if only a channel or another thread can bring something. Channels are not
   * looked at. No equivalent in asyncio. Never suspends.
   *
   * @throws IllegalStateException if the loop is closed, or runs and the caller is not on it
   */
  Optional<Duration> timeUntilReady();

  /** The loop's monotonic time in nanoseconds ({@code time}). Any thread. */
  long time();

  // ---- futures and tasks

  /** Creates a pending future ({@code create_future}). */
  <T> Future<T> createFuture();

  /**
   * Creates a task, whose first step runs in the next turn ({@code create_task}).
   *
   * @throws IllegalStateException if the loop is closed, or runs and the caller is not on it
   */
  default <T> Task<T> createTask(ThrowingCallable<? extends T, ?> coroutine) {
    return createTask(coroutine, TaskOptions.defaults());
  }

  /** As {@link #createTask(ThrowingCallable)}, for a coroutine that returns nothing. */
  default <R extends ThrowingRunnable<?>> Task<Void> createTask(R coroutine) {
    return createTask(coroutine.asCallable());
  }

  /** As {@link #createTask(ThrowingCallable)}, with options. */
  <T> Task<T> createTask(ThrowingCallable<? extends T, ?> coroutine, TaskOptions options);

  /** As {@link #createTask(ThrowingCallable, TaskOptions)}, for a coroutine that returns nothing. */
  default <R extends ThrowingRunnable<?>> Task<Void> createTask(R coroutine, TaskOptions options) {
    return createTask(coroutine.asCallable(), options);
  }

  /** Sets what makes the tasks of {@link #createTask} ({@code set_task_factory}). */
  void setTaskFactory(TaskFactory factory);

  /** What makes tasks ({@code get_task_factory}); {@link TaskFactory#DEFAULT} if none was set. */
  TaskFactory getTaskFactory();

  /**
   * The tasks that are not done, the oldest first ({@code all_tasks}). Any thread; one that is not the
   * loop's waits until the loop has come to it.
   *
   * @throws IllegalStateException if the loop is closed
   */
  List<Task<?>> allTasks();

  /**
   * Closes all {@link AsyncGenerator}s that have begun and not ended, at the same time, and reports those
   * that fail ({@code shutdown_asyncgens}). From now on a generator that begins is warned of. {@link Runner}
   * calls it. Suspends.
   */
  void shutdownAsyncgens();

  // ---- threads

  /**
   * Makes a virtual thread of this loop, not started, for code that need not know of it. From its first
   * step on it is a task, listed by {@link #allTasks}: it may await, blocking calls of the JDK park it alone, and to
   * cancel it is to interrupt it. What it throws goes to the exception handler. A loop that is closed
   * before the thread begins runs it interrupted. {@code dev.weft.thread} has factories of such threads.
   * Any thread; never suspends.
   *
   * @param name the thread's and the task's; empty for {@code Task-} and a number
   * @throws IllegalStateException if the loop is closed
   */
  Thread newThread(Runnable code, String name);

  /**
   * The virtual threads on this loop that are not tasks and have not ended: code that runs here has started
   * them by the JDK's own API, and they have inherited the carrier. Any thread; one that is not the loop's
   * waits until the loop has come to it.
   *
   * @throws IllegalStateException if the loop is closed
   */
  List<Thread> guestThreads();

  /**
   * Runs a coroutine on the loop for another thread ({@code run_coroutine_threadsafe}). Cancelling the
   * future that is returned cancels the task; closing the loop cancels the future. Any thread, but waiting
   * for the future on the loop itself would wait for ever.
   *
   * @throws IllegalStateException if the loop is closed
   */
  <T> CompletableFuture<T> runCoroutineThreadsafe(ThrowingCallable<? extends T, ?> coroutine);

  /**
   * As {@link #runCoroutineThreadsafe(ThrowingCallable)}, for a coroutine that returns nothing. Never suspends. Any thread.
   *
   * @throws IllegalStateException if the loop is closed
   */
  default <R extends ThrowingRunnable<?>> CompletableFuture<Void> runCoroutineThreadsafe(
      R coroutine) {
    return runCoroutineThreadsafe(coroutine.asCallable());
  }

  /**
   * A future of this loop for one of another library ({@code wrap_future}): ends as {@code stage} does,
   * whatever thread completes it. Cancelling the future cancels the stage.
   */
  <T> Future<T> wrapFuture(CompletionStage<T> stage);

  /**
   * Runs blocking code on the default executor ({@code run_in_executor(None, ...)}): a pool of daemon platform threads,
   * made at first use. They inherit nothing from whoever uses it, and have the context class loader of the thread that
   * has made the loop. Cancelling the future keeps code from beginning; it does not stop code that has begun. Never
   * suspends. Loop thread only.
   *
   * @throws IllegalStateException if the loop is closed or the default executor shut down
   */
  <T> Future<T> runInExecutor(ThrowingCallable<? extends T, ?> code);

  /**
   * As {@link #runInExecutor(ThrowingCallable)}, for code that returns nothing. Never suspends. Loop thread only.
   *
   * @throws IllegalStateException if the loop is closed or the default executor shut down
   */
  default <R extends ThrowingRunnable<?>> Future<Void> runInExecutor(R code) {
    return runInExecutor(code.asCallable());
  }

  /**
   * Runs blocking code on {@code executor} ({@code run_in_executor}), otherwise as {@link #runInExecutor(ThrowingCallable)}.
   * Another thread calls {@code executor}, and the loop waits for that, so that the executor's new threads, virtual ones
   * too, inherit nothing of the caller's. Where the executor would run code in its caller, or on this loop, the code has
   * a new platform thread.
   *
   * <p>An executor that blocks when it is given code is waited for shortly. It is then given what follows in order, and
   * what it throws is the future's.
   *
   * @throws java.util.concurrent.RejectedExecutionException if {@code executor} takes no more; whatever it throws is
   *     thrown
   */
  <T> Future<T> runInExecutor(Executor executor, ThrowingCallable<? extends T, ?> code);

  /**
   * As {@link #runInExecutor(Executor, ThrowingCallable)}, for code that returns nothing. Never suspends. Loop thread only.
   *
   * @throws java.util.concurrent.RejectedExecutionException if {@code executor} takes no more
   */
  default <R extends ThrowingRunnable<?>> Future<Void> runInExecutor(Executor executor, R code) {
    return runInExecutor(executor, code.asCallable());
  }

  /**
   * Replaces the default executor ({@code set_default_executor}); the loop will shut it down. It is called as {@link
   * #runInExecutor(Executor, ThrowingCallable)} calls executors. Never suspends. Loop thread only.
   */
  void setDefaultExecutor(ExecutorService executor);

  /**
   * Shuts the default executor down and waits until its threads have ended ({@code
   * shutdown_default_executor}); goes on without them after {@code timeout}. Suspends.
   */
  void shutdownDefaultExecutor(Duration timeout);

  /**
   * Makes a socket, not connected, for code that blocks: it behaves as the JDK's own, but threads that wait for
   * it wait on this loop's selector. A virtual thread of the loop is parked without a hop to another thread. Any
   * thread may use it; one that is not the loop's waits as long as the loop does not run. {@code
   * dev.weft.thread} has factories of such sockets. Any thread; never suspends.
   *
   * @throws SocketException never, as the JDK stands; its constructors declare it
   */
  Socket newSocket() throws SocketException;

  /** As {@link #newSocket}: a listening socket, not bound. What it accepts are sockets of this loop. */
  ServerSocket newServerSocket();

  // ---- signals

  /**
   * Has a callback run whenever the process gets a signal ({@code add_signal_handler}), as an ordinary
   * callback, in a copy of the current context; it replaces this loop's handler before it. Several loops may
   * have a handler for a signal: each is run, in whatever threads the loops run. As long as there is one, the
   * signal does nothing else: neither what the JVM does by default, nor what the program has set by other
   * means, nor what {@link Runner} makes of SIGINT and SIGTERM. Signals that come in quick succession may count as
   * one. A loop with a handler is not collected: it must be closed. Never suspends.
   *
   * <p>All can be handled but those that the system or the JVM needs: SIGKILL, SIGSTOP, SIGQUIT, SIGSEGV, SIGBUS,
   * SIGFPE, SIGILL, SIGTRAP and SIGUSR2, on Unix; SIGHUP, SIGINT and SIGTERM neither, if the JVM was started with
   * {@code -Xrs}. Windows has SIGINT and SIGTERM.
   *
   * <p>A process may have been started with SIGHUP, SIGINT or SIGTERM ignored: by {@code nohup}, by {@code trap ''
   * INT}, or in the background of a script. Then they can be handled on JDK 22 or later where native access is enabled
   * for Weft; elsewhere the JVM leaves them ignored, and this throws. {@link Runner} leaves them ignored anyhow.
   *
   * @param signal its name, as {@code SIGTERM} or {@code TERM}
   * @throws IllegalArgumentException if there is no such signal here, or it cannot be handled; the loop's handler before
   *     stays then
   * @throws IllegalStateException as {@link #callSoon}
   */
  void addSignalHandler(String signal, Runnable callback);

  /**
   * As the other.
   *
   * @param signal its number on this system, as 15 for SIGTERM; not a real-time signal's
   */
  void addSignalHandler(int signal, Runnable callback);

  /**
   * Removes what {@link #addSignalHandler} has added ({@code remove_signal_handler}); closing the loop does so,
   * too. With the last handler of any loop for it, the signal does again what it did before. Never suspends.
   *
   * @param signal its name, as {@code SIGTERM} or {@code TERM}
   * @return whether there was one; false if the loop is closed
   * @throws IllegalArgumentException if there is no such signal here
   * @throws IllegalStateException if the loop runs and the caller is not on it
   */
  boolean removeSignalHandler(String signal);

  /** As the other, by the signal's number on this system. */
  boolean removeSignalHandler(int signal);

  // ---- debug mode

  /**
   * Whether the loop is in debug mode ({@code get_debug}); at first as the system property {@code
   * weft.debug} says when the loop is made. Any thread.
   */
  boolean getDebug();

  /**
   * Switches debug mode on or off ({@code set_debug}), at any time, for what happens from then on. Any
   * thread. In debug mode
   *
   * <ul>
   *   <li>callbacks and steps of tasks that take longer than {@link #getSlowCallbackDuration} are logged as
   *       warnings, once they have ended;
   *   <li>reports to the exception handler, and texts, say where handles, futures and tasks were created;
   *   <li>the texts of handles show their callbacks' own texts, which may hold data;
   *   <li>the resolution of names and the pauses and ends of reading are logged (level debug).
   * </ul>
   */
  void setDebug(boolean enabled);

  /** What is too long in debug mode ({@code slow_callback_duration}): 100 ms unless set. Any thread. */
  Duration getSlowCallbackDuration();

  /** Sets what is too long in debug mode ({@code slow_callback_duration}). Any thread. */
  void setSlowCallbackDuration(Duration duration);

  /**
   * Sets what debug mode tells of slow callbacks and steps of tasks, apart from the log. Any thread.
   *
   * @param listener called on the loop, as a callback is, when the slow one has ended; what it throws goes to the
   *     exception handler
   */
  void setSlowCallbackListener(Consumer<? super SlowCallback> listener);

  // ---- watchdog

  /**
   * Sets how long one turn, or one batch of callbacks, may take before a watchdog reports it: 5 s unless set.
   * Debug mode reports a single step or callback after {@link #getSlowCallbackDuration}, too. The watchdog is one
   * daemon thread for all loops, which looks at each every now and then, so that a report comes up to a second, or
   * a quarter of this time if that is less, later. Each blocked turn is reported twice, with the stack that holds
   * it, while it lasts, and when it has ended: as a warning in the log and to the listener. In debug mode the log
   * leaves the end to the report of the slow step. Any thread.
   *
   * @param duration zero for never, but for debug mode
   * @throws IllegalArgumentException if it is negative
   * @see BlockedLoop
   */
  void setBlockedThreshold(Duration duration);

  /** How long a turn may take before the watchdog reports it. Any thread. */
  Duration getBlockedThreshold();

  /**
   * Sets what is told of a blocked loop, apart from the log. Any thread.
   *
   * @param listener called on the watchdog's thread, which watches nothing meanwhile; what it throws is logged
   */
  void setBlockedListener(Consumer<? super BlockedLoop> listener);

  // ---- errors

  /** Tells the exception handler of an error ({@code call_exception_handler}). */
  void callExceptionHandler(ExceptionContext context);

  /**
   * Sets what errors are told to ({@code set_exception_handler}). Failures that a server's peers bring about (a TLS
   * handshake that fails, a handler of a stream that lets the end or the failure of its own connection through) are told
   * to it in debug mode only: else the log has a summary every 10 s at most.
   */
  void setExceptionHandler(ExceptionHandler handler);

  /** Goes back to {@link #defaultExceptionHandler} ({@code set_exception_handler(None)}). */
  void resetExceptionHandler();

  /** The handler that was set, if one was ({@code get_exception_handler}). */
  Optional<ExceptionHandler> getExceptionHandler();

  /** Logs an error through SLF4J ({@code default_exception_handler}). */
  void defaultExceptionHandler(ExceptionContext context);

  // ---- names

  /**
   * The addresses of a host, with a port ({@code getaddrinfo}): resolved off the loop, by a pool of its
   * own. Suspends. The order is the JDK's: IPv4 first, unless the system property {@code
   * java.net.preferIPv6Addresses} says otherwise.
   *
   * @param host a name or an address
   * @param port 0 to 65535, which the addresses get; the JDK knows no names of services
   * @return at least one address, all resolved
   * @throws java.net.UnknownHostException if the host cannot be resolved, not to the family wanted, or is
   *     a name where only an address is taken
   * @throws CancelledError if the calling task is cancelled
   */
  List<InetSocketAddress> getaddrinfo(String host, int port, AddressInfoOptions options)
      throws IOException;

  /** As the other, with default options. */
  default List<InetSocketAddress> getaddrinfo(String host, int port) throws IOException {
    return getaddrinfo(host, port, AddressInfoOptions.defaults());
  }

  /**
   * The name of an address ({@code getnameinfo}), asked for off the loop. A name that does not lead back
   * to the address is none. Suspends.
   *
   * @param sockaddr resolved
   * @throws IllegalArgumentException if {@code sockaddr} is not resolved
   * @throws java.net.UnknownHostException if there is no name and one is required
   * @throws CancelledError if the calling task is cancelled
   */
  NameInfo getnameinfo(InetSocketAddress sockaddr, NameInfo.Flag... flags) throws IOException;

  // ---- readiness

  /**
   * Has a callback run in every turn in which a channel can be read, or can accept ({@code add_reader}),
   * in a copy of the current context. A callback that was added before is replaced and will not run any
   * more, also if the channel is ready already. The channel stays the caller's, also when the loop is
   * closed; before it is closed, the callback should be removed. Never suspends.
   *
   * @throws IllegalArgumentException if the channel is blocking, closed, or nothing to read from
   * @throws IllegalStateException if a transport or server has the channel, or as {@link #callSoon}
   */
  void addReader(SelectableChannel channel, Runnable callback);

  /**
   * Removes what {@link #addReader} has added, or the task that waits to receive ({@code remove_reader}). It
   * does not run any more, also if the channel is ready already. Never suspends.
   *
   * @return whether there was one; false if the loop is closed
   * @throws IllegalStateException if a transport or server has the channel, or the loop runs and the
   *     caller is not on it
   */
  boolean removeReader(SelectableChannel channel);

  /**
   * As {@link #addReader}, for a channel that can be written, or whose attempt to connect has ended
   * ({@code add_writer}). A reader and a writer of one channel do not touch each other. Never suspends.
   *
   * @throws IllegalArgumentException if the channel is blocking, closed, or nothing to write to
   * @throws IllegalStateException as {@link #addReader}
   */
  void addWriter(SelectableChannel channel, Runnable callback);

  /**
   * As {@link #removeReader}, for what {@link #addWriter} has added ({@code remove_writer}). Never suspends.
   *
   * @return whether there was one; false if the loop is closed
   * @throws IllegalStateException as {@link #removeReader}
   */
  boolean removeWriter(SelectableChannel channel);

  // ---- raw sockets

  /*
   * What these methods have in common is said at the first. The channel is the one that asyncio calls the
   * socket.
   */

  /**
   * Receives what there is ({@code sock_recv}), up to {@code n} bytes and to 256 KiB. Suspends only if there
   * is nothing yet. Whoever is cancelled meanwhile has taken nothing.
   *
   * <p>The channel must be non-blocking and must not be a transport's; it stays the caller's. One task at a
   * time can wait to receive from it, and one to send: who comes later takes the place of {@link #addReader
   * reader} or writer. To close the channel does not wake a task that waits for it; cancel the task.
   *
   * @param n 1 or more
   * @return the bytes; none if the peer has ended its half
   * @throws IllegalArgumentException if the channel is blocking
   * @throws IllegalStateException if a transport or server has the channel
   * @throws IOException if the channel is closed, or the connection broken
   * @throws CancelledError if the calling task is cancelled
   */
  byte[] sockRecv(SocketChannel channel, int n) throws IOException;

  /**
   * As {@link #sockRecv}, into a buffer with room ({@code sock_recv_into}), whose position moves. Suspends.
   *
   * @return how many bytes; -1, as the JDK has it, if the peer has ended its half
   */
  int sockRecvInto(SocketChannel channel, ByteBuffer buffer) throws IOException;

  /**
   * Receives a datagram ({@code sock_recvfrom}); otherwise as {@link #sockRecv}. Suspends.
   *
   * @param n how many bytes of it to keep, 1 or more; the rest is dropped
   */
  Datagram sockRecvfrom(DatagramChannel channel, int n) throws IOException;

  /**
   * Receives a datagram into a buffer with room ({@code sock_recvfrom_into}), whose position moves; what the
   * buffer does not take is dropped. Otherwise as {@link #sockRecv}. Suspends.
   *
   * @return who has sent it
   */
  SocketAddress sockRecvfromInto(DatagramChannel channel, ByteBuffer buffer) throws IOException;

  /**
   * Sends all bytes of a buffer ({@code sock_sendall}), which must not be changed meanwhile. Suspends only if
   * the system does not take them at once. After a failure or a cancellation the buffer's position says what
   * the system has taken. Otherwise as {@link #sockRecv}.
   */
  void sockSendall(SocketChannel channel, ByteBuffer data) throws IOException;

  /**
   * Sends a buffer as one datagram ({@code sock_sendto}). Suspends only if the system does not take it at
   * once. Otherwise as {@link #sockRecv}.
   *
   * @param address not a mere name
   * @return how many bytes were sent
   */
  int sockSendto(DatagramChannel channel, ByteBuffer data, SocketAddress address)
      throws IOException;

  /**
   * Connects a channel ({@code sock_connect}). Suspends. A channel that could not be connected is closed, by
   * the JDK. Otherwise as {@link #sockRecv}.
   *
   * @param address a name is looked up, off the loop, and the first address used of the channel's family
   * @throws java.net.UnknownHostException if the name cannot be resolved
   * @throws java.net.ConnectException if the peer refuses
   */
  void sockConnect(SocketChannel channel, SocketAddress address) throws IOException;

  /**
   * Takes a connection of a bound channel ({@code sock_accept}). Suspends only if there is none yet. Otherwise
   * as {@link #sockRecv}.
   *
   * @return a non-blocking channel, which knows its peer's address
   */
  SocketChannel sockAccept(ServerSocketChannel channel) throws IOException;

  // ---- files

  /**
   * Sends a file to a connected channel ({@code sock_sendfile}), see {@link #sockRecv}, otherwise as {@link
   * #sendfile(Transport, FileChannel, long, long, boolean)}. Suspends.
   */
  long sockSendfile(
      SocketChannel channel, FileChannel file, long offset, long count, boolean fallback)
      throws IOException;

  /** As the other, all of the file, with fallback. */
  default long sockSendfile(SocketChannel channel, FileChannel file) throws IOException {
    return sockSendfile(channel, file, 0, Long.MAX_VALUE, true);
  }

  /**
   * Sends a file through a transport ({@code sendfile}), behind what was written before. The system does it
   * by itself if the transport is a plain socket's; then nothing can be written meanwhile. The file is
   * read on the loop's thread, which waits for the disk where the system has not cached it. Otherwise the
   * file is read on the default executor and written in blocks, in which case the last of it may still be
   * buffered in the transport when this returns. Reading is paused meanwhile. Suspends.
   *
   * <p>At the end, also after a failure or a cancellation, the file's position is behind what was sent; it is
   * untouched if nothing was. The transport stays open.
   *
   * @param file open for reading
   * @param offset where in the file to begin, 0 or more
   * @param count how many bytes to send at most, 1 or more; {@link Long#MAX_VALUE} for all
   * @param fallback whether to send in blocks what the system cannot send by itself
   * @return how many bytes were sent; fewer than {@code count} if the file ends before
   * @throws IllegalStateException if the transport is closing, is sending another file or is a pipe's; or, without
   *     fallback, is not a plain socket's
   * @throws SendfileNotAvailableException without fallback, if the system cannot
   * @throws IOException if the file cannot be read or the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  long sendfile(
      WriteTransport transport, FileChannel file, long offset, long count, boolean fallback)
      throws IOException;

  /** As the other, all of the file, with fallback. */
  default long sendfile(WriteTransport transport, FileChannel file) throws IOException {
    return sendfile(transport, file, 0, Long.MAX_VALUE, true);
  }

  // ---- pipes and processes

  /**
   * Reads a pipe by a protocol ({@code connect_read_pipe}). The transport owns the pipe from now on. Suspends;
   * returns after {@link BaseProtocol#connectionMade}.
   *
   * @param factory makes the protocol
   * @param pipe the end to read, in either mode
   * @throws IOException if the pipe is closed
   * @throws IllegalStateException if it is in use
   */
  <P extends Protocol> ReadPipeConnection<P> connectReadPipe(
      Supplier<? extends P> factory, Pipe.SourceChannel pipe) throws IOException;

  /**
   * As the other, for a FIFO, a terminal or another character device, which is opened off the loop; a FIFO's other
   * end is waited for. A thread reads it a chunk ahead of the protocol.
   *
   * @throws IOException if it cannot be opened
   * @throws IllegalArgumentException if it is a file or a directory
   */
  <P extends Protocol> ReadPipeConnection<P> connectReadPipe(
      Supplier<? extends P> factory, Path pipe) throws IOException;

  /**
   * As the other, for a stream that blocks, as {@code System.in} does. A thread reads it a chunk ahead of the
   * protocol. Closing the transport closes the stream; a thread that is blocked in it does so when it gets out.
   */
  <P extends Protocol> ReadPipeConnection<P> connectReadPipe(
      Supplier<? extends P> factory, InputStream pipe) throws IOException;

  /**
   * Writes a pipe by a protocol ({@code connect_write_pipe}). The transport owns the pipe from now on. That nobody
   * reads it any more shows with the next write only. Suspends; returns after {@link
   * BaseProtocol#connectionMade}.
   *
   * @param factory makes the protocol
   * @param pipe the end to write, in either mode
   * @throws IOException if the pipe is closed
   * @throws IllegalStateException if it is in use
   */
  <P extends BaseProtocol> WritePipeConnection<P> connectWritePipe(
      Supplier<? extends P> factory, Pipe.SinkChannel pipe) throws IOException;

  /**
   * As the other, for a FIFO, a terminal or another character device, which is opened off the loop; a FIFO's other
   * end is waited for. A thread writes it, a chunk at a time.
   *
   * @throws IOException if it cannot be opened
   * @throws IllegalArgumentException if it is a file or a directory
   */
  <P extends BaseProtocol> WritePipeConnection<P> connectWritePipe(
      Supplier<? extends P> factory, Path pipe) throws IOException;

  /**
   * As the other, for a stream that blocks, as {@code System.out} does. A thread writes and flushes it, a chunk at a
   * time. Closing the transport closes the stream.
   */
  <P extends BaseProtocol> WritePipeConnection<P> connectWritePipe(
      Supplier<? extends P> factory, OutputStream pipe) throws IOException;

  /**
   * Starts a program as a child process ({@code subprocess_exec}). Suspends; returns after {@link
   * BaseProtocol#connectionMade}. If the calling task is cancelled, the child has been killed and reaped before
   * this throws.
   *
   * @param factory makes the protocol
   * @param command the program and its arguments
   * @throws IOException if the program cannot be started, or a file not opened
   * @throws UnsupportedOperationException if a new session is asked for and the program {@code setsid} is not there
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends SubprocessProtocol> SubprocessConnection<P> subprocessExec(
      Supplier<? extends P> factory, List<String> command, SubprocessOptions options)
      throws IOException;

  /** As the other, with a pipe for each of stdin, stdout and stderr. */
  default <P extends SubprocessProtocol> SubprocessConnection<P> subprocessExec(
      Supplier<? extends P> factory, List<String> command) throws IOException {
    return subprocessExec(factory, command, SubprocessOptions.pipes());
  }

  /**
   * Starts a command line of the shell as a child process ({@code subprocess_shell}), otherwise as {@link
   * #subprocessExec}.
   *
   * @param command what {@code /bin/sh} is to run
   */
  default <P extends SubprocessProtocol> SubprocessConnection<P> subprocessShell(
      Supplier<? extends P> factory, String command, SubprocessOptions options) throws IOException {
    Objects.requireNonNull(command, "command");
    return subprocessExec(factory, List.of("/bin/sh", "-c", command), options);
  }

  /** As the other, with a pipe for each of stdin, stdout and stderr. */
  default <P extends SubprocessProtocol> SubprocessConnection<P> subprocessShell(
      Supplier<? extends P> factory, String command) throws IOException {
    return subprocessShell(factory, command, SubprocessOptions.pipes());
  }

  // ---- network

  /**
   * Connects to a TCP server ({@code create_connection}): resolves the host off the loop, and tries its
   * addresses one after the other, or with a head start each (see {@link ConnectionOptions}). Suspends; returns after {@link BaseProtocol#connectionMade}.
   *
   * @param factory makes the protocol, once connected
   * @param host a name or an address
   * @param port 1 to 65535
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if no address can be connected to; the others' errors are suppressed in it
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends BaseProtocol> ProtocolConnection<P> createConnection(
      Supplier<? extends P> factory, String host, int port, ConnectionOptions options)
      throws IOException;

  /** As the other, with default options. */
  default <P extends BaseProtocol> ProtocolConnection<P> createConnection(
      Supplier<? extends P> factory, String host, int port) throws IOException {
    return createConnection(factory, host, port, ConnectionOptions.defaults());
  }

  /**
   * Adopts a connected channel as a transport ({@code create_connection(sock=...)}), which owns it from
   * now on. Suspends.
   *
   * @throws IllegalArgumentException if the channel is not connected
   * @throws IOException if the channel is closed or registered elsewhere
   */
  <P extends BaseProtocol> ProtocolConnection<P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock) throws IOException;

  /**
   * Listens for TCP connections ({@code create_server}), on every address that the host has. Suspends.
   *
   * @param factory makes a protocol for each connection
   * @param host a name or an address; empty for all interfaces
   * @param port 0 to 65535; 0 for one that the system chooses
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if an address cannot be bound
   * @throws CancelledError if the calling task is cancelled
   */
  default Server createServer(
      Supplier<? extends BaseProtocol> factory, String host, int port, ServerOptions options)
      throws IOException {
    return createServer(factory, List.of(host), port, options);
  }

  /** As the other, with default options. */
  default Server createServer(Supplier<? extends BaseProtocol> factory, String host, int port)
      throws IOException {
    return createServer(factory, host, port, ServerOptions.defaults());
  }

  /** As the other, on several hosts. */
  Server createServer(
      Supplier<? extends BaseProtocol> factory, List<String> hosts, int port, ServerOptions options)
      throws IOException;

  /**
   * Adopts a bound channel as a server ({@code create_server(sock=...)}), which owns it from now on.
   * Suspends.
   *
   * @throws IllegalArgumentException if the channel is not bound
   * @throws IOException if the channel is closed or registered elsewhere
   */
  Server createServer(
      Supplier<? extends BaseProtocol> factory, ServerSocketChannel sock, ServerOptions options)
      throws IOException;

  /**
   * Creates a server without a socket of its own, for connections that another one hands over, see {@link
   * Server#distribute}. Never suspends.
   *
   * @param factory makes a protocol for each connection
   * @param options those of connections, TLS and keep-alive, count
   */
  Server createServer(Supplier<? extends BaseProtocol> factory, ServerOptions options);

  // ---- datagrams

  /**
   * Opens a UDP socket ({@code create_datagram_endpoint}): resolves names off the loop, and takes the first
   * family of which there is a local and a remote address, as far as they are asked for, and which works.
   * Suspends; returns after {@link BaseProtocol#connectionMade}.
   *
   * @param factory makes the protocol, once the socket is there
   * @param options at least one address, or a family
   * @throws IllegalArgumentException if there is neither, or if the addresses have no family in common
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if no address can be bound; the others' errors are suppressed in the first one's
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends DatagramProtocol> DatagramEndpoint<P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramOptions options) throws IOException;

  /**
   * Adopts a channel as a transport ({@code create_datagram_endpoint(sock=...)}), which owns it from now on:
   * bound or not, connected or not, with whatever options, and in whatever multicast groups it is. Suspends.
   *
   * @throws IOException if the channel is closed
   * @throws IllegalStateException if the channel is in use by something else
   */
  <P extends DatagramProtocol> DatagramEndpoint<P> createDatagramEndpoint(
      Supplier<? extends P> factory, DatagramChannel sock) throws IOException;

  // ---- Unix sockets

  /**
   * Connects to a server on a Unix socket ({@code create_unix_connection}); waits while its backlog is full.
   * A channel is adopted by {@link #createConnection(Supplier, SocketChannel)}. Suspends; returns after {@link
   * BaseProtocol#connectionMade}.
   *
   * @param factory makes the protocol, once connected
   * @param path of the socket, in the default file system; the JDK knows no abstract names
   * @param options without those of TCP: a local address, a family
   * @throws IOException if it cannot be connected to
   * @throws CancelledError if the calling task is cancelled
   */
  <P extends BaseProtocol> ProtocolConnection<P> createUnixConnection(
      Supplier<? extends P> factory, Path path, ConnectionOptions options) throws IOException;

  /** As the other, with default options. */
  default <P extends BaseProtocol> ProtocolConnection<P> createUnixConnection(
      Supplier<? extends P> factory, Path path) throws IOException {
    return createUnixConnection(factory, path, ConnectionOptions.defaults());
  }

  /**
   * Listens on a Unix socket ({@code create_unix_server}). A channel is adopted by {@link
   * #createServer(Supplier, ServerSocketChannel, ServerOptions)}. Suspends.
   *
   * <p>A socket at the path on which nobody listens is removed before; closing the server removes its own, if
   * it is still there ({@link ServerOptions#cleanupSocket}). Who may connect is decided by the permissions of
   * the directory and of the socket, which are at first what the process's mask leaves; {@code
   * Files.setPosixFilePermissions} changes them, but only a directory keeps others out from the beginning.
   *
   * @param factory makes a protocol for each connection
   * @param path of the socket, in the default file system; the JDK knows no abstract names
   * @param options without those of TCP: {@code reusePort}, {@code keepAlive}, a family
   * @throws java.net.BindException naming the path, if something else is there
   * @throws IOException if the socket cannot be bound
   * @throws CancelledError if the calling task is cancelled
   */
  Server createUnixServer(
      Supplier<? extends BaseProtocol> factory, Path path, ServerOptions options)
      throws IOException;

  /** As the other, with default options. */
  default Server createUnixServer(Supplier<? extends BaseProtocol> factory, Path path)
      throws IOException {
    return createUnixServer(factory, path, ServerOptions.defaults());
  }

  // ---- TLS

  /**
   * Adopts a connected channel as the transport of a TLS client ({@code create_connection(sock=..., ssl=...,
   * server_hostname=...)}), which owns it from now on. Suspends; returns after the handshake.
   *
   * @param ssl must say the server's name, as a channel has none
   * @throws IllegalArgumentException if the channel is not connected, or the server's name is missing
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if the channel is closed or registered elsewhere, or the connection is lost
   * @throws CancelledError if the calling task is cancelled; the connection is aborted
   */
  <P extends BaseProtocol> ProtocolConnection<P> createConnection(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) throws IOException;

  /**
   * Adopts a channel that the caller has accepted ({@code connect_accepted_socket}). Suspends.
   *
   * @throws IllegalArgumentException if the channel is not connected
   * @throws IOException if the channel is closed or registered elsewhere
   */
  default <P extends BaseProtocol> ProtocolConnection<P> connectAcceptedSocket(
      Supplier<? extends P> factory, SocketChannel sock) throws IOException {
    return createConnection(factory, sock);
  }

  /**
   * As the other, as the server's side of TLS ({@code connect_accepted_socket(ssl=...)}). Suspends; returns
   * after the handshake.
   *
   * @throws IllegalArgumentException if the channel is not connected, or {@code ssl} has no context
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if the channel is closed or registered elsewhere, or the connection is lost
   */
  <P extends BaseProtocol> ProtocolConnection<P> connectAcceptedSocket(
      Supplier<? extends P> factory, SocketChannel sock, SslOptions ssl) throws IOException;

  /**
   * Goes on encrypted, on a connection that is there ({@code start_tls}). Suspends; returns after the
   * handshake. Where it fails, or the caller is cancelled, the connection is closed and the protocol told.
   *
   * <p>From the call on, the protocol gets nothing that came in the clear. What it has got before, and has not used yet, is
   * not protected, and may be an attacker's: the caller must drop the connection, then, unless it is a server
   * that hands the bytes over as the beginning of the handshake.
   *
   * @param transport any stream transport, encrypted ones too; must not be used any more
   * @param protocol what the new transport delivers to; its {@code connectionMade} is not called again
   * @param ssl a client's must say the server's name, a server's has a context
   * @param serverSide whether this is the server
   * @return the transport that {@code protocol} is to use from now on
   * @throws IllegalArgumentException if {@code ssl} lacks what it must have
   * @throws javax.net.ssl.SSLException if the handshake fails
   * @throws IOException if the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  default Transport startTls(
      Transport transport, BaseProtocol protocol, SslOptions ssl, boolean serverSide)
      throws IOException {
    return startTls(transport, protocol, ssl, serverSide, ByteBuffer.allocate(0));
  }

  /**
   * As the other, where the protocol has bytes that it has received in the clear and not used: with a server they may
   * be the beginning of the client's handshake, and are given to it. With a client, or if they are anything else, the
   * call fails and the connection is closed. Suspends.
   *
   * @param received those bytes; copied, so that its position is left at its limit, if they are a handshake's
   * @throws IllegalArgumentException if {@code ssl} lacks what it must have
   * @throws javax.net.ssl.SSLException if {@code received} has what is no handshake, or the handshake fails
   * @throws IOException if the connection is lost
   * @throws CancelledError if the calling task is cancelled
   */
  Transport startTls(
      Transport transport,
      BaseProtocol protocol,
      SslOptions ssl,
      boolean serverSide,
      ByteBuffer received)
      throws IOException;
}
