package dev.weft.stream;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Opens connections and starts servers with streams: asyncio's {@code open_connection}, {@code start_server} and their
 * equals for Unix sockets. {@code dev.weft.Asyncio} has the same functions.
 *
 * <pre>{@code
 * try (Connection connection =
 *     Streams.openConnection("127.0.0.1", 8888, StreamReader.DEFAULT_LIMIT, ConnectionOptions.defaults())) {
 *   connection.writer().write("hello\n");
 *   byte[] line = connection.reader().readline();
 * }
 * }</pre>
 *
 * <p>If the options have TLS, a method throws an {@code IllegalArgumentException} for options that do not fit, see
 * {@link dev.weft.transport.SslOptions}. A failed handshake of a client throws an {@code IOException}.
 */
public final class Streams {

  private Streams() {}

  /**
   * Connects to a TCP server ({@code open_connection}). Suspends. Loop thread only.
   *
   * @param host a name or an address
   * @param port the TCP port, 1 to 65535
   * @param limit the limit of the reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS, addresses and the socket
   * @return the connection, which the caller closes
   * @throws IllegalArgumentException if {@code port} or {@code limit} is not in its range
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if no address can be connected to
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static Connection openConnection(
      String host, int port, int limit, ConnectionOptions options) throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    var reader = new StreamReader(loop, limit);
    var made = loop.createConnection(
        () -> new StreamReaderProtocol(loop, reader, null), host, port, options);
    return new Connection(reader, new StreamWriter(made.transport(), made.protocol(), reader));
  }

  /**
   * Serves TCP connections, each in a task of its own ({@code start_server}). Suspends. Loop thread only.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler started still runs, another
   * task continues to read or write, or {@link StreamWriter#keepOpen} was called. {@link ClientHandler} has the
   * details.
   *
   * @param handler handles a connection
   * @param host a name or an address; empty for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @param limit the limit of each reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code port} or {@code limit} is not in its range
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if an address cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static Server startServer(
      ClientHandler handler, String host, int port, int limit, ServerOptions options)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createServer(serving(loop, handler, limit), host, port, options);
  }

  /**
   * Serves TCP connections on every address of several hosts, each connection in a task of its own
   * ({@code start_server}). Suspends. Loop thread only.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler started still runs, another
   * task continues to read or write, or {@link StreamWriter#keepOpen} was called. {@link ClientHandler} has the
   * details.
   *
   * @param handler handles a connection
   * @param hosts names or addresses, at least one; an empty string for all interfaces
   * @param port the TCP port, 0 to 65535; 0 for one that the system chooses
   * @param limit the limit of each reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS, addresses and the sockets
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code hosts} is empty, or {@code port} or {@code limit} is not in its range
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if an address cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static Server startServer(
      ClientHandler handler, List<String> hosts, int port, int limit, ServerOptions options)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createServer(serving(loop, handler, limit), hosts, port, options);
  }

  /**
   * Serves connections that another server passes on, see {@link Server#distribute}, each in a task of its own. Asyncio
   * has no such method. Never suspends. Loop thread only.
   *
   * @param handler handles a connection
   * @param limit the limit of each reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for connections, TLS and keep-alive; the others have no effect
   * @return the server, which the caller closes
   * @throws IllegalArgumentException if {@code limit} is not more than 0
   * @throws IllegalStateException if no loop runs the caller
   */
  public static Server startServer(ClientHandler handler, int limit, ServerOptions options) {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createServer(serving(loop, handler, limit), options);
  }

  // ---- Unix sockets

  /**
   * Connects to a server on a Unix socket ({@code open_unix_connection}). Suspends. Loop thread only.
   *
   * @param path the path of the socket
   * @param limit the limit of the reader in bytes, more than 0: the length of the longest line; reading pauses when
   *     more than twice as much is buffered
   * @param options for TLS and the socket
   * @return the connection, which the caller closes
   * @throws IllegalArgumentException if {@code path} is empty, {@code limit} is not more than 0, or {@code options} has
   *     a local address or a family
   * @throws IOException if the socket cannot be connected to
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see EventLoop#createUnixConnection
   */
  public static Connection openUnixConnection(Path path, int limit, ConnectionOptions options)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    var reader = new StreamReader(loop, limit);
    var made = loop.createUnixConnection(
        () -> new StreamReaderProtocol(loop, reader, null), path, options);
    return new Connection(reader, new StreamWriter(made.transport(), made.protocol(), reader));
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
   * @throws IllegalArgumentException if {@code path} is empty, {@code limit} is not more than 0, or {@code options} has
   *     {@code reusePort}, {@code keepAlive} or a family
   * @throws IOException if the socket cannot be bound
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the caller is not a task
   * @see EventLoop#createUnixServer
   */
  public static Server startUnixServer(
      ClientHandler handler, Path path, int limit, ServerOptions options) throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createUnixServer(serving(loop, handler, limit), path, options);
  }

  private static Supplier<StreamReaderProtocol> serving(
      EventLoop loop, ClientHandler handler, int limit) {
    Objects.requireNonNull(handler, "handler");
    if (limit <= 0) {
      throw new IllegalArgumentException("limit must be more than 0: " + limit);
    }
    return () -> new StreamReaderProtocol(loop, new StreamReader(loop, limit), handler);
  }
}
