package dev.weft.stream;

import static dev.weft.Asyncio.allTasks;
import static dev.weft.Asyncio.sleep;
import static dev.weft.stream.Bytes.assertBytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a server runs a connection's handler and treats its outcome. */
class ClientHandlerTest {

  private final RecordingTransport transport = new RecordingTransport();
  private final List<ExceptionContext> reports = new ArrayList<>();

  @Test
  @DisplayName("STR-22: the handler runs in a task of its own, after connectionMade")
  void task() {
    var order = new Order();
    Loops.run(() -> {
      connect((reader, writer) -> {
        assertTrue(Task.current().isPresent());
        assertSame(transport, writer.transport());
        order.expect(2);
      });
      order.expect(1);
      sleep(Duration.ZERO);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("STR-22: when a handler returns, its connection is closed without a report")
  void normalReturn() {
    Loops.run(() -> {
      connect((reader, writer) -> {});
      turns();
      assertTrue(transport.closing);
      assertEquals(List.of(), reports);
    });
  }

  @Test
  @DisplayName(
      "STR-22: when a handler fails, this is reported with its transport, and the connection is closed")
  void failure() {
    Loops.run(() -> {
      var failure = new IllegalStateException("broken");
      connect((reader, writer) -> {
        throw failure;
      });
      turns();
      assertTrue(transport.closing);
      assertEquals(1, reports.size());
      assertSame(failure, reports.get(0).exception().orElseThrow());
      assertSame(transport, reports.get(0).transport().orElseThrow());
    });
    assertEquals(1, reports.size(), "reported once");
  }

  @Test
  @DisplayName("STR-22: when a handler is cancelled, its connection is closed without a report")
  void cancellation() {
    Loops.run(() -> {
      connect((reader, writer) -> reader.read());
      sleep(Duration.ZERO);
      Task<?> self = Task.current().orElseThrow();
      allTasks().stream().filter(task -> task != self).forEach(Task::cancel);
      turns();
      assertTrue(transport.closing);
      assertEquals(List.of(), reports);
    });
  }

  @Test
  @DisplayName("STR-22: at the end of run a handler is cancelled and its connection closed")
  void endOfRun() throws IOException {
    var seen = new ArrayList<Throwable>();
    Asyncio.run(() -> {
      Server server = Asyncio.startServer(
          (reader, writer) -> {
            writer.write("hello\n");
            try {
              reader.read();
            } catch (CancelledError cancelled) {
              seen.add(cancelled);
              throw cancelled;
            }
          },
          "127.0.0.1",
          0);
      try (Connection connection = Asyncio.openConnection("127.0.0.1", server.port())) {
        assertBytes("hello\n", connection.reader().readline());
      }
    });
    assertEquals(1, seen.size());
  }

  @Test
  @DisplayName("SRV-1: a server on several hosts serves all of them with one handler")
  void severalHosts() {
    Loops.run(() -> {
      ClientHandler handler = (reader, writer) -> writer.write("hello\n");
      Server server = Asyncio.startServer(
          handler, List.of("127.0.0.2", "127.0.0.3"), 0, 100, ServerOptions.defaults());
      for (TransportSocket socket : server.sockets()) {
        var address = (InetSocketAddress) socket.getLocalAddress();
        try (Connection connection =
            Asyncio.openConnection(address.getHostString(), address.getPort())) {
          assertBytes("hello\n", connection.reader().readline());
        }
      }
      assertEquals(2, server.sockets().size());
      server.shutdown(Duration.ofSeconds(1));
    });
  }

  @Test
  @DisplayName("SRV-17: handlers read the end of data when a shutdown aborts their connections")
  void shutdown() {
    Loops.run(() -> {
      var order = new Order();
      var refused = new ArrayList<IOException>();
      Server server = Asyncio.startServer(
          (reader, writer) -> {
            writer.write("hello\n");
            order.expect(1);
            assertBytes("", reader.read());
            order.expect(2); // the handler ends before shutdown returns
            writer.write("no peer receives this");
            refused.add(assertThrows(IOException.class, writer::drain));
          },
          "127.0.0.1",
          0);
      try (Connection connection = Asyncio.openConnection("127.0.0.1", server.port())) {
        assertBytes("hello\n", connection.reader().readline());
        assertFalse(server.shutdown(Duration.ofSeconds(1)));
        order.finish(3);
        assertBytes("", connection.reader().read());
        assertEquals(1, refused.size());
      }
    });
  }

  @Test
  @DisplayName("STR-1: the readers have the limit that the server or the connection was given")
  void limits() {
    Loops.run(() -> {
      ClientHandler handler = (reader, writer) -> {
        assertThrows(LimitOverrunException.class, reader::readline);
        writer.write("123456\n");
      };
      try (Server server =
              Streams.startServer(handler, "127.0.0.1", 0, 5, ServerOptions.defaults());
          Connection connection =
              Streams.openConnection("127.0.0.1", server.port(), 3, ConnectionOptions.defaults())) {
        connection.writer().write("123456\n");
        var overrun = assertThrows(
            LimitOverrunException.class, () -> connection.reader().readuntil(new byte[] {'\n'}));
        assertEquals(6, overrun.consumed());
      }
    });
  }

  private void connect(ClientHandler handler) {
    EventLoop loop = EventLoop.getRunningLoop();
    loop.setExceptionHandler((l, context) -> reports.add(context));
    new StreamReaderProtocol(loop, Bytes.reader(100), handler).connectionMade(transport);
  }

  private static void turns() {
    for (int i = 0; i < 10; i++) {
      sleep(Duration.ZERO);
    }
  }
}
