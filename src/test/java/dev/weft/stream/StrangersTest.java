package dev.weft.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.LogCapture;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The log messages that other programs can cause on a server. */
class StrangersTest {

  private final List<ExceptionContext> reports = new ArrayList<>();

  /** Connects 200 clients, which send a few bytes and reset or close the connection. Returns the warnings. */
  private List<String> visit(ClientHandler handler, ServerOptions options, boolean reset) {
    try (LogCapture log = LogCapture.start()) {
      try (EventLoop loop = EventLoop.newEventLoop()) {
        loop.setExceptionHandler((source, context) -> reports.add(context));
        loop.runUntilComplete(() -> {
          Server server = Streams.startServer(handler, "127.0.0.1", 0, 8, options);
          for (int i = 0; i < 200; i++) {
            try (var stranger =
                SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()))) {
              stranger.write(ByteBuffer.wrap("GET / HTTP/1.1\n".getBytes()));
              if (reset) {
                stranger.setOption(StandardSocketOptions.SO_LINGER, 0);
              }
            }
            Task.sleep(Duration.ZERO);
          }
          server.close();
          server.waitClosed();
          while (loop.allTasks().size() > 1) { // the last handlers end after their connections
            Task.sleep(Duration.ofMillis(1));
          }
          return null;
        });
      }
      assertEquals(List.of(), log.events(Level.ERROR));
      return log.events(Level.WARN).stream().map(LogCapture.Event::message).toList();
    }
  }

  private void assertSummary(List<String> lines) {
    assertEquals(List.of(), reports);
    assertTrue(lines.size() == 1, lines::toString);
    String count = lines.get(0).replaceAll(".*?\\((\\d+) in \\d+ s;.*", "$1");
    assertTrue(
        Integer.parseInt(count) > 150,
        lines.get(0)); // the server may not have accepted the last ones
  }

  @Test
  @DisplayName("failed TLS handshakes are one log message, with reason and address")
  void handshakes() {
    var tls = ServerOptions.defaults().withSsl(SslOptions.of(Certificates.server("server")));
    List<String> lines = visit((reader, writer) -> {}, tls, false);
    assertSummary(lines);
    assertTrue(lines.get(0).contains("SSLException"), lines.get(0));
    assertTrue(lines.get(0).contains("/127.0.0.1:"), lines.get(0));
    assertSummary(visit((reader, writer) -> {}, tls, true));
  }

  @Test
  @DisplayName(
      "handlers that throw because of an early end, a reset or an overlong line cause one log message")
  void handlers() {
    ServerOptions plain = ServerOptions.defaults();
    assertSummary(visit((reader, writer) -> reader.readexactly(1000), plain, false));
    assertSummary(visit((reader, writer) -> reader.readexactly(1000), plain, true));
    assertSummary(visit((reader, writer) -> reader.readline(), plain, false));
    assertSummary(visit((reader, writer) -> reader.lines().forEach(line -> {}), plain, false));
    assertSummary(visit(
        (reader, writer) -> {
          while (true) {
            Task.sleep(Duration.ofMillis(1));
            writer.write("hello\n");
            writer.drain();
          }
        },
        plain,
        true));
    var secure = SslOptions.of(Certificates.server("server"));
    assertSummary(visit((reader, writer) -> writer.startTls(secure), plain, false));
  }

  @Test
  @DisplayName(
      "other exceptions of a handler are reported in full, also an IOException of another resource")
  void ownFailures() {
    List<String> lines = visit(
        (reader, writer) -> {
          try {
            reader.readexactly(1000);
          } catch (IOException peer) {
            throw new UncheckedIOException(new FileNotFoundException("config"));
          }
        },
        ServerOptions.defaults(),
        false);
    assertEquals(List.of(), lines);
    assertTrue(reports.size() > 150, reports::toString);
  }
}
