package dev.weft.thread;

import dev.weft.loop.Server;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A server on all loops of a {@link LoopGroup}. Any thread may call the methods, except for code on the group's own
 * loops. A method that waits suspends a task of another loop and blocks any other thread. Asyncio has no such class.
 *
 * <pre>{@code
 * try (LoopGroup loops = new LoopGroup()) {
 *   GroupServer server = loops.startServer(handler, "127.0.0.1", 0);
 *   System.out.println("port " + server.port());
 *   stopped.await();                                // a CountDownLatch of the program
 *   server.shutdown(Duration.ofSeconds(10));
 * }
 * }</pre>
 */
public final class GroupServer implements AutoCloseable {

  private record Part(LoopThread thread, Server server) {}

  private final List<Part> parts = new ArrayList<>(); // complete before the program gets the server
  private final Consumer<GroupServer> forget;
  private int port;

  /**
   * Creates a server without parts.
   *
   * @param forget called once the server is closed and has no connection left
   */
  GroupServer(Consumer<GroupServer> forget) {
    this.forget = forget;
  }

  void add(LoopThread thread, Server server) throws IOException {
    parts.add(new Part(thread, server));
    if (parts.size() == 1) {
      port = thread.call(server::port);
    }
  }

  /** Checks that the first loop listens at one port only, because the other loops listen at the same port. */
  void checkOnePort() throws IOException {
    Part first = parts.get(0);
    Set<Integer> ports = first.thread.call(() -> {
      var found = new TreeSet<Integer>();
      for (TransportSocket socket : first.server.sockets()) {
        found.add(((InetSocketAddress) Objects.requireNonNull(socket.getLocalAddress())).getPort());
      }
      return found;
    });
    if (ports.size() > 1) {
      throw new IllegalArgumentException(
          "port must not be 0 with reusePort and several addresses, because each would get a different port: "
              + ports);
    }
  }

  /** Connects the parts, and begins to accept connections if {@code now}. */
  void begin(boolean handOver, boolean now) throws IOException {
    if (handOver) {
      Part first = parts.get(0);
      first.thread.call(() -> {
        first.server.distribute(servers());
        return null;
      });
    }
    if (now) {
      startServing();
    }
  }

  /**
   * Returns the servers of the loops. Only a loop's own thread may call the methods of its server. Never suspends.
   *
   * @return the servers, in the order of the group's loops
   */
  public List<Server> servers() {
    return parts.stream().map(Part::server).toList();
  }

  /**
   * Returns the port of the server. Never suspends.
   *
   * @return the TCP port
   */
  public int port() {
    return port;
  }

  /**
   * Begins to accept connections, unless the server does already. Waits for the loops. Suspends.
   *
   * @throws IOException declared for calls to other loops; current servers do not throw it
   * @throws IllegalStateException if the server is closed
   */
  public void startServing() throws IOException {
    for (Part part : parts) {
      part.thread.call(() -> {
        part.server.startServing();
        return null;
      });
    }
  }

  /**
   * Shuts the servers of all loops down at the same time, see {@link Server#shutdown}. Waits for the loops. Suspends.
   *
   * @param grace how long to wait, not negative; zero aborts all connections at once
   * @return whether all connections ended by themselves
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws IllegalStateException if the caller is on one of the group's loops
   */
  public boolean shutdown(Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException("grace must not be negative: " + grace);
    }
    parts.forEach(part -> part.thread.checkCaller());
    return beginShutdown(grace).join();
  }

  /**
   * Begins the shutdown with the server that accepts. The connections that it has passed on are then in the other
   * loops' queues, ahead of the shutdown of those. A loop that has ended has lost its connections.
   */
  CompletableFuture<Boolean> beginShutdown(Duration grace) {
    CompletableFuture<?> accepting = CompletableFuture.completedFuture(null);
    if (!parts.isEmpty()) {
      Part first = parts.get(0);
      accepting = first
          .thread
          .submit(() -> {
            first.server.close();
            return null;
          })
          .exceptionally(ended -> null);
    }
    return accepting.thenCompose(closed -> {
      CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
      for (Part part : parts) {
        all = all.thenCombine(
            part.thread.submit(() -> part.server.shutdown(grace)).exceptionally(ended -> false),
            Boolean::logicalAnd);
      }
      return all.whenComplete((clean, never) -> forget.accept(this));
    });
  }

  /** Stops listening. Open connections stay open until the group ends. Idempotent. Waits for the loops. Suspends. */
  @Override
  public void close() {
    for (Part part : parts) {
      part.thread
          .submit(() -> {
            part.server.close();
            return null;
          })
          .exceptionally(ended -> null)
          .join();
    }
    CompletableFuture<?>[] ends = new CompletableFuture<?>[parts.size()];
    Arrays.setAll(ends, i -> gone(parts.get(i)));
    CompletableFuture.allOf(ends).whenComplete((none, ended) -> forget.accept(this));
  }

  private static CompletableFuture<?> gone(Part part) {
    return part.thread.<@Nullable Void>submit(() -> {
      part.server.waitClosed();
      return null;
    });
  }
}
