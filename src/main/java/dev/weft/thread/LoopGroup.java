package dev.weft.thread;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.StreamReader;
import dev.weft.stream.Streams;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ServerOptions;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Several loops, each on a platform thread of its own, which share the work of a server. Asyncio programs use several
 * processes for this. Code on one loop needs no locking against other code on the same loop, but it does against code
 * on the other loops.
 *
 * <pre>{@code
 * try (LoopGroup group = new LoopGroup()) {           // a loop for each processor
 *   group.startServer(handler, "0.0.0.0", 8888);      // the handlers run on all of them
 *   stopped.await();                                  // a CountDownLatch of the program
 *   group.shutdown(Duration.ofSeconds(10));
 * }
 * }</pre>
 *
 * <p>Any thread may call the methods. Code on the group's own loops may call only {@link #loops}, {@link #next} and
 * {@link #submit}. A method that waits suspends a task of another loop and blocks any other thread, even if the caller
 * is interrupted.
 */
public final class LoopGroup implements AutoCloseable {

  private final List<LoopThread> threads = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final List<GroupServer> servers = new CopyOnWriteArrayList<>();

  /**
   * Starts a loop for each processor. The names of the threads are {@code weft-loop-0} and so on. Never suspends.
   *
   * @throws IllegalStateException if Weft cannot work on this JVM; the message says what to do
   */
  public LoopGroup() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Starts loops. The names of their threads are {@code weft-loop-0} and so on. Never suspends.
   *
   * @param loops the number of loops, at least 1
   * @throws IllegalArgumentException if {@code loops} is less than 1
   * @throws IllegalStateException if Weft cannot work on this JVM; the message says what to do
   */
  public LoopGroup(int loops) {
    this(loops, "weft-loop-");
  }

  /**
   * Starts loops whose threads have names with a prefix. Never suspends.
   *
   * @param loops the number of loops, at least 1
   * @param prefix the beginning of the threads' names; a number follows, from 0
   * @throws IllegalArgumentException if {@code loops} is less than 1
   * @throws IllegalStateException if Weft cannot work on this JVM; the message says what to do
   */
  public LoopGroup(int loops, String prefix) {
    this(loops, prefix, EventLoop::newEventLoop);
  }

  /**
   * Starts loops that a factory creates. The group closes them. If the factory fails, the group first closes the loops
   * that it has created. Never suspends, unless the factory fails.
   *
   * @param loops the number of loops, at least 1
   * @param prefix the beginning of the threads' names; a number follows, from 0
   * @param factory creates a loop; this constructor calls it once for each loop
   * @throws IllegalArgumentException if {@code loops} is less than 1
   */
  public LoopGroup(int loops, String prefix, Supplier<? extends EventLoop> factory) {
    if (loops < 1) {
      throw new IllegalArgumentException("loops must be at least 1: " + loops);
    }
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(factory, "factory");
    try {
      for (int i = 0; i < loops; i++) {
        threads.add(LoopThread.start(factory.get(), prefix + i));
      }
    } catch (Throwable error) {
      try {
        close();
      } catch (Throwable another) {
        error.addSuppressed(another);
      }
      throw error;
    }
  }

  /**
   * Returns the loops. Never suspends. Any thread.
   *
   * @return the loops, in the order of their threads' numbers
   */
  public List<EventLoop> loops() {
    return threads.stream().map(LoopThread::loop).toList();
  }

  /**
   * Returns one of the loops, in turn. Never suspends. Any thread.
   *
   * @return the loop after the one that the last call returned
   */
  public EventLoop next() {
    return threads.get(Math.floorMod(turn.getAndIncrement(), threads.size())).loop();
  }

  /**
   * Runs a coroutine on the next loop, see {@link EventLoop#runCoroutineThreadsafe}. Never suspends. Any thread.
   *
   * @param coroutine the task's code
   * @param <T> the type of the result
   * @return a future that completes when the task is done, and whose {@code cancel} cancels the task
   * @throws IllegalStateException if the loop has ended
   */
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      ThrowingCallable<? extends T, ?> coroutine) {
    return next().runCoroutineThreadsafe(coroutine);
  }

  /**
   * Runs a coroutine that returns nothing on the next loop, see {@link EventLoop#runCoroutineThreadsafe}. Never
   * suspends. Any thread.
   *
   * @param coroutine the task's code
   * @param <R> the type of the coroutine
   * @return a future that completes when the task is done, and whose {@code cancel} cancels the task
   * @throws IllegalStateException if the loop has ended
   */
  public <R extends ThrowingRunnable<?>> CompletableFuture<@Nullable Void> submit(R coroutine) {
    return submit(coroutine.asCallable());
  }

  // ---- servers

  /**
   * Serves TCP connections with a protocol, on all loops. With {@link ServerOptions#reusePort} each loop listens
   * itself, and a system that can do so distributes the connections by their addresses (Linux does so evenly). Other
   * processes can then share the port, too. Otherwise the first loop accepts and passes the connections to all loops in
   * turn. Waits for the loops. Suspends.
   *
   * @param factory creates a protocol for each connection, on the connection's loop; several loops may call it at the
   *     same time
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses for each address of the host
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller or the group closes
   * @throws IllegalArgumentException if {@code port} is not in its range, or is 0, the host has several addresses, and
   *     {@code reusePort} is set
   * @throws IOException if the host cannot be resolved, or an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's loops
   */
  public GroupServer createServer(
      Supplier<? extends BaseProtocol> factory, String host, int port, ServerOptions options)
      throws IOException {
    Objects.requireNonNull(factory, "factory");
    Objects.requireNonNull(options, "options");
    return serve(
        (loop, actual, own) -> loop.createServer(factory, host, actual, own),
        (loop, actual, own) -> loop.createServer(factory, own),
        port,
        options);
  }

  /**
   * Serves TCP connections with a protocol, on all loops, with default options. The first loop accepts and passes the
   * connections to all loops in turn. Waits for the loops. Suspends.
   *
   * @param factory creates a protocol for each connection, on the connection's loop; several loops may call it at the
   *     same time
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @return the server, which the caller or the group closes
   * @throws IllegalArgumentException if {@code port} is not in its range
   * @throws IOException if the host cannot be resolved, or an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's loops
   */
  public GroupServer createServer(Supplier<? extends BaseProtocol> factory, String host, int port)
      throws IOException {
    return createServer(factory, host, port, ServerOptions.defaults());
  }

  /**
   * Serves TCP connections with streams, on all loops. With {@link ServerOptions#reusePort} each loop listens itself;
   * otherwise the first loop accepts and passes the connections to all loops in turn. Waits for the loops. Suspends.
   *
   * @param handler handles a connection, in a task of its own on the connection's loop; several loops may call it at
   *     the same time
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses for each address of the host
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller or the group closes
   * @throws IllegalArgumentException if {@code port} is not in its range, or is 0, the host has several addresses, and
   *     {@code reusePort} is set
   * @throws IOException if the host cannot be resolved, or an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's loops
   */
  public GroupServer startServer(
      ClientHandler handler, String host, int port, ServerOptions options) throws IOException {
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(options, "options");
    int limit = StreamReader.DEFAULT_LIMIT;
    return serve(
        (loop, actual, own) -> Streams.startServer(handler, host, actual, limit, own),
        (loop, actual, own) -> Streams.startServer(handler, limit, own),
        port,
        options);
  }

  /**
   * Serves TCP connections with streams, on all loops, with default options. The first loop accepts and passes the
   * connections to all loops in turn. Waits for the loops. Suspends.
   *
   * @param handler handles a connection, in a task of its own on the connection's loop; several loops may call it at
   *     the same time
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @return the server, which the caller or the group closes
   * @throws IllegalArgumentException if {@code port} is not in its range
   * @throws IOException if the host cannot be resolved, or an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's loops
   */
  public GroupServer startServer(ClientHandler handler, String host, int port) throws IOException {
    return startServer(handler, host, port, ServerOptions.defaults());
  }

  /** Starts a server on a loop. Runs on that loop. */
  private interface Starter {
    Server start(EventLoop loop, int port, ServerOptions options) throws IOException;
  }

  private GroupServer serve(Starter listening, Starter taking, int port, ServerOptions options)
      throws IOException {
    checkCaller();
    boolean each = options.reusePort() && canReusePort();
    // no server begins to accept before all exist
    ServerOptions own = options.withReusePort(each).withStartServing(false);
    var server = new GroupServer(servers::remove);
    try {
      int actual = port;
      for (LoopThread thread : threads) {
        Starter starter = each || thread == threads.get(0) ? listening : taking;
        int wanted = actual;
        if (each && wanted != port) {
          server.checkOnePort();
        }
        server.add(thread, thread.call(() -> starter.start(thread.loop(), wanted, own)));
        actual = server.port();
      }
      server.begin(!each, options.startServing());
    } catch (Throwable error) {
      server.shutdown(Duration.ZERO);
      throw error;
    }
    servers.add(server);
    return server;
  }

  private static boolean canReusePort() throws IOException {
    try (ServerSocketChannel probe = ServerSocketChannel.open()) {
      return probe.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT);
    }
  }

  private void checkCaller() {
    threads.forEach(LoopThread::checkCaller);
  }

  // ---- the end

  /**
   * Shuts all servers down at the same time, see {@link Server#shutdown}, then closes the loops as
   * {@link dev.weft.loop.Runner#close} does: it cancels the tasks that are left, waits for them, and shuts the default
   * executors down. Waits for the loops. Suspends.
   *
   * @param grace how long to wait for connections, not negative; zero aborts all connections at once
   * @return whether all connections ended by themselves
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws IllegalStateException if the caller is on one of the group's loops, or, after all loops have ended, if a
   *     loop has failed
   */
  public boolean shutdown(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must not be negative: " + grace);
    }
    checkCaller();
    List<CompletableFuture<Boolean>> ends =
        servers.stream().map(server -> server.beginShutdown(grace)).toList();
    boolean clean = true;
    for (CompletableFuture<Boolean> end : ends) {
      clean &= end.join();
    }
    servers.clear();
    threads.forEach(LoopThread::stop);
    Throwable failure = null;
    for (LoopThread thread : threads) {
      Throwable another = thread.join();
      if (failure == null) {
        failure = another;
      } else if (another != null && another != failure) {
        failure.addSuppressed(another);
      }
    }
    if (failure != null) {
      throw new IllegalStateException("a loop of the group has failed", failure);
    }
    return clean;
  }

  /**
   * Aborts all connections and closes the loops: {@link #shutdown} without grace. Idempotent. Waits for the loops.
   * Suspends.
   *
   * @throws IllegalStateException if the caller is on one of the group's loops, or, after all loops have ended, if a
   *     loop has failed
   */
  @Override
  public void close() {
    shutdown(Duration.ZERO);
  }
}
