package dev.weft.stream;

import static dev.weft.stream.Bytes.assertBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Descriptors;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The method {@code Server.shutdown} over TLS, where the server counts the transports below the TLS connections. */
@Timeout(60)
class TlsShutdownTest {

  private static final int LIMIT = StreamReader.DEFAULT_LIMIT;

  private final EventLoop loop = EventLoop.newEventLoop();
  private final List<ExceptionContext> reported = new ArrayList<>();
  private final List<Object> ends = new ArrayList<>();

  @BeforeEach
  void recordErrors() {
    loop.setExceptionHandler((source, record) -> reported.add(record));
  }

  @AfterEach
  void nothingElseReported() {
    loop.close();
    assertEquals(List.of(), reported);
  }

  private final ClientHandler handler = (reader, writer) -> {
    try (writer) {
      writer.write("hello\n");
      ends.add(reader.read(1).length);
    } catch (IOException broken) {
      ends.add(broken.getClass());
    }
  };

  private Server serve() throws IOException {
    var options = ServerOptions.defaults().withSsl(Certificates.server("server"));
    return Streams.startServer(handler, "127.0.0.1", 0, LIMIT, options);
  }

  private Connection connect(Server server) throws IOException {
    var ssl = SslOptions.of(Certificates.client());
    Connection connection = Streams.openConnection(
        "127.0.0.1", server.port(), LIMIT, ConnectionOptions.defaults().withSsl(ssl));
    assertBytes("hello\n", connection.reader().readline());
    return connection;
  }

  @Test
  @DisplayName(
      "SRV-17, TLS-11: shutdown waits for connections until both sides have sent close_notify")
  void graceful() {
    int before = Descriptors.sockets();
    loop.runUntilComplete(() -> {
      Server server = serve();
      List<Connection> connections = List.of(connect(server), connect(server));
      Task<Boolean> shutdown = loop.createTask(() -> server.shutdown(Duration.ofMinutes(10)));
      for (Connection connection : connections) {
        assertFalse(shutdown.done());
        connection.writer().close();
        connection.writer().waitClosed();
      }
      assertTrue(shutdown.await());
      assertEquals(List.of(0, 0), ends);
    });
    loop.close();
    assertEquals(before, Descriptors.sockets());
  }

  @Test
  @DisplayName(
      "SRV-17: after the grace the server aborts TLS connections and the transports below them")
  void overdue() {
    loop.runUntilComplete(() -> {
      Server server = serve();
      Connection connection = connect(server);
      assertFalse(server.shutdown(Duration.ofMillis(10)));
      assertEquals(0, connection.reader().read(1).length);
      connection.writer().close();
      connection.writer().waitClosed();
      assertEquals(1, ends.size());
    });
  }

  @Test
  @DisplayName(
      "SRV-17: after the grace the server aborts a connection whose handshake is not finished")
  void duringHandshake() {
    loop.setDebug(true);
    loop.runUntilComplete(() -> {
      Server server = serve();
      Connection plain =
          Streams.openConnection("127.0.0.1", server.port(), LIMIT, ConnectionOptions.defaults());
      while (server.sockets().isEmpty()) {
        Task.sleep(Duration.ZERO);
      }
      plain.writer().write(new byte[] {22, 3, 1, 2, 0}); // the beginning of a ClientHello
      assertFalse(server.shutdown(Duration.ofMillis(50)));
      assertEquals(0, plain.reader().read(1).length);
      plain.writer().close();
      plain.writer().waitClosed();
      assertEquals(List.of(), ends);
    });
    assertEquals(1, reported.size(), reported::toString); // SRV-11
    assertThrows(SocketException.class, () -> {
      throw reported.remove(0).exception().orElseThrow();
    });
  }
}
