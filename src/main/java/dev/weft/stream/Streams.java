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

/** Opens streams and serves them; {@code dev.weft.Asyncio} has the same under asyncio's names. */
public final class Streams {

  private Streams() {}

  /**
   * Connects to a TCP server ({@code open_connection}). Suspends.
   *
   * @param limit the reader's limit in bytes
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if no address can be connected to
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
   * Serves TCP connections ({@code start_server}). Suspends.
   *
   * <p>A connection is closed when its handler has returned, unless a task that the handler has started still runs,
   * another task goes on reading or writing, or {@link StreamWriter#keepOpen} was called; {@link ClientHandler} has the
   * details.
   *
   * @param handler runs in a task of its own for each connection
   * @param limit the readers' limit in bytes
   * @throws java.net.UnknownHostException if the host cannot be resolved
   * @throws IOException if an address cannot be bound
   */
  public static Server startServer(
      ClientHandler handler, String host, int port, int limit, ServerOptions options)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createServer(serving(loop, handler, limit), host, port, options);
  }

  /**
   * Serves TCP connections by streams on every address of several hosts ({@code start_server}). Suspends.
   *
   * @param handler runs in a task of its own for each connection
   * @param hosts names or addresses
   * @param port 0 to 65535; 0 for one that the system chooses
   * @param limit the readers' limit in bytes
   * @throws java.net.UnknownHostException if a host cannot be resolved
   * @throws IOException if an address cannot be bound
   */
  public static Server startServer(
      ClientHandler handler, List<String> hosts, int port, int limit, ServerOptions options)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createServer(serving(loop, handler, limit), hosts, port, options);
  }

  /**
   * Serves connections that another server hands over, see {@link Server#distribute}. Never suspends.
   *
   * @param handler runs in a task of its own for each connection
   * @param limit the readers' limit in bytes
   */
  public static Server startServer(ClientHandler handler, int limit, ServerOptions options) {
    EventLoop loop = EventLoop.getRunningLoop();
    return loop.createServer(serving(loop, handler, limit), options);
  }

  // ---- Unix sockets

  /**
   * Connects to a server on a Unix socket ({@code open_unix_connection}). Suspends.
   *
   * @param limit the reader's limit in bytes
   * @throws IOException if it cannot be connected to
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
   * Serves connections to a Unix socket ({@code start_unix_server}). Suspends.
   *
   * @param handler runs in a task of its own for each connection
   * @param limit the readers' limit in bytes
   * @throws IOException if the socket cannot be bound
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
