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
 * A server on all loops of a {@link LoopGroup}. Any thread, but for code on the group's own loops, may call the
 * methods.
 */
public final class GroupServer implements AutoCloseable {

  private record Part(LoopThread thread, Server server) {}

  private final List<Part> parts = new ArrayList<>(); // complete before the program has the server
  private final Consumer<GroupServer> forget;
  private int port;

  /**
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

  /** The other loops can listen at the same port as the first, but at one only. */
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
          "port must not be 0 with reusePort and several addresses, as each would have another: "
              + ports);
    }
  }

  /** Connections begin to be accepted, if {@code now}. */
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

  /** The servers of the loops, whose methods belong to their loops' threads. */
  public List<Server> servers() {
    return parts.stream().map(Part::server).toList();
  }

  /** The port. Never suspends. */
  public int port() {
    return port;
  }

  /**
   * Begins to accept connections, unless it does already. Suspends.
   *
   * @throws IOException never, as it stands
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
   * Shuts the servers of all loops down at the same time, see {@link Server#shutdown}. Suspends.
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
    parts.forEach(part -> part.thread.checkCaller());
    return beginShutdown(grace).join();
  }

  /**
   * Who accepts goes first: what it has handed over is then in the others' queues, ahead of their own end. A loop
   * that has ended has lost its connections.
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

  /** Stops listening; open connections stay open until the group ends. Idempotent. Suspends. */
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
