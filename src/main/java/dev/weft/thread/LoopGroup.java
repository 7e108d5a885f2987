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
 * Several loops, each on a platform thread of its own, which share the work of a server: asyncio leaves that to
 * several processes. What runs on one loop needs no locks towards the rest of that loop, but does towards the
 * other loops.
 *
 * <pre>{@code
 * try (LoopGroup group = new LoopGroup()) {           // a loop for each processor
 *   group.startServer(handler, "0.0.0.0", 8888);      // the handlers run on all of them
 *   stopped.await();                                  // a CountDownLatch of the program
 *   group.shutdown(Duration.ofSeconds(10));
 * }
 * }</pre>
 *
 * <p>Any thread may call the methods, but for code on the group's own loops, which may only call {@link #loops},
 * {@link #next} and {@link #submit}. Methods that wait do so whatever interrupts the caller.
 */
public final class LoopGroup implements AutoCloseable {

  private final List<LoopThread> threads = new ArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final List<GroupServer> servers = new CopyOnWriteArrayList<>();

  /** Starts a loop for each processor. The threads are called {@code weft-loop-0} and so on. */
  public LoopGroup() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Starts loops. Their threads are called {@code weft-loop-0} and so on.
   *
   * @param loops how many, at least 1
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; says how to give it
   */
  public LoopGroup(int loops) {
    this(loops, "weft-loop-");
  }

  /**
   * Starts loops.
   *
   * @param loops how many, at least 1
   * @param prefix what the names of their threads begin with; a number follows, from 0
   * @throws IllegalStateException if Weft has no access to {@code java.lang}; says how to give it
   */
  public LoopGroup(int loops, String prefix) {
    this(loops, prefix, EventLoop::newEventLoop);
  }

  /**
   * Starts loops that a factory makes. The group closes them. If the factory fails, the group ends those before.
   *
   * @param loops how many, at least 1
   * @param prefix the beginning of the names of their threads; a number follows, from 0
   * @param factory called once for each loop, by the caller
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

  /** The loops. */
  public List<EventLoop> loops() {
    return threads.stream().map(LoopThread::loop).toList();
  }

  /** The loops one after the other. */
  public EventLoop next() {
    return threads.get(Math.floorMod(turn.getAndIncrement(), threads.size())).loop();
  }

  /**
   * Runs a coroutine on the next loop, see {@link EventLoop#runCoroutineThreadsafe}. Never suspends.
   *
   * @throws IllegalStateException if the loop has ended
   */
  public <T extends @Nullable Object> CompletableFuture<T> submit(
      ThrowingCallable<? extends T, ?> coroutine) {
    return next().runCoroutineThreadsafe(coroutine);
  }

  /**
   * Runs a coroutine that returns nothing on the next loop, see {@link EventLoop#runCoroutineThreadsafe}. Never
   * suspends.
   *
   * @throws IllegalStateException if the loop has ended
   */
  public <R extends ThrowingRunnable<?>> CompletableFuture<@Nullable Void> submit(R coroutine) {
    return submit(coroutine.asCallable());
  }

  // ---- servers

  /**
   * Serves TCP connections by a protocol, on all loops. By {@link ServerOptions#reusePort} each loop listens by
   * itself, and the system spreads the connections by their addresses, where it can (Linux does so evenly); other
   * processes can then share the port, too. Otherwise the first loop accepts, and hands the connections to all in
   * turn. Suspends.
   *
   * @param factory makes a protocol for each connection, on its loop: the loops call it at the same time
   * @param host a name or an address; empty for all interfaces
   * @param port 0 to 65535; 0 for one that the system chooses, for each address of the host: not with {@code
   *     reusePort} if there are several
   * @throws IOException if an address cannot be bound, see {@link EventLoop#createServer}
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's
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
   * Serves TCP connections by a protocol, on all loops, with default options. Suspends.
   *
   * @param factory makes a protocol for each connection, on its loop: the loops call it at the same time
   * @param host a name or an address; empty for all interfaces
   * @param port 0 to 65535; 0 for one that the system chooses
   * @throws IOException if an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's
   */
  public GroupServer createServer(Supplier<? extends BaseProtocol> factory, String host, int port)
      throws IOException {
    return createServer(factory, host, port, ServerOptions.defaults());
  }

  /**
   * Serves TCP connections by streams, on all loops. The loops share the port as {@link #createServer} says. Suspends.
   *
   * @param handler runs in a task of its own for each connection, on its loop: loops call it at the same time
   * @param host a name or an address; empty for all interfaces
   * @param port 0 to 65535; 0 for one that the system chooses
   * @throws IOException if an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's
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
   * Serves TCP connections by streams, on all loops, with default options. Suspends.
   *
   * @param handler runs in a task of its own for each connection, on its loop: loops call it at the same time
   * @param host a name or an address; empty for all interfaces
   * @param port 0 to 65535; 0 for one that the system chooses
   * @throws IOException if an address cannot be bound
   * @throws IllegalStateException if a loop has ended, or the caller is on one of the group's
   */
  public GroupServer startServer(ClientHandler handler, String host, int port) throws IOException {
    return startServer(handler, host, port, ServerOptions.defaults());
  }

  /** Starts a server on a loop, called there. */
  private interface Starter {
    Server start(EventLoop loop, int port, ServerOptions options) throws IOException;
  }

  private GroupServer serve(Starter listening, Starter taking, int port, ServerOptions options)
      throws IOException {
    checkCaller();
    boolean each = options.reusePort() && canReusePort();
    // none begins before all are there
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
   * Shuts all servers down at the same time, see {@link Server#shutdown}, then ends the loops: tasks that are left
   * are cancelled and awaited, and default executors shut down, as {@link dev.weft.loop.Runner#close} does it.
   * Suspends.
   *
   * @param grace not negative; zero aborts all connections at once
   * @return whether there was nothing left to abort
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws IllegalStateException if the caller is on one of the group's loops
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
   * Aborts all connections and ends the loops: {@link #shutdown} without grace. Idempotent. Suspends.
   *
   * @throws IllegalStateException if the caller is on one of the group's loops; if a loop has failed, once all
   *     have ended
   */
  @Override
  public void close() {
    shutdown(Duration.ZERO);
  }
}
