package dev.weft.stream;

import static dev.weft.stream.Bytes.assertBytes;
import static dev.weft.stream.Bytes.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Certificates;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ReadTransport;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams with TLS over real sockets. */
class TlsStreamsTest {

  private static final SSLContext SERVER = Certificates.server("server");
  private static final SSLContext CLIENT = Certificates.client();
  private static final SslOptions LOCAL_CLIENT =
      SslOptions.of(CLIENT).withServerHostname("localhost");
  private static final int LIMIT = StreamReader.DEFAULT_LIMIT;

  private final EventLoop loop = EventLoop.newEventLoop();
  private final List<ExceptionContext> reported = new ArrayList<>();

  @BeforeEach
  void recordErrors() {
    loop.setExceptionHandler((source, record) -> reported.add(record));
  }

  @AfterEach
  void nothingElseReported() {
    loop.close();
    assertEquals(List.of(), reported);
  }

  private void run(ThrowingRunnable<?> test) {
    loop.runUntilComplete(test);
  }

  private static final ClientHandler ECHO = (reader, writer) -> {
    for (byte[] data; (data = reader.read(65536)).length > 0; ) {
      writer.write(data);
      writer.drain();
    }
  };

  private static Server serve(ClientHandler handler, ServerOptions options) throws IOException {
    return Streams.startServer(handler, "127.0.0.1", 0, LIMIT, options);
  }

  private static Server echo() throws IOException {
    return serve(ECHO, ServerOptions.defaults().withSsl(SERVER));
  }

  private static Connection connect(Server server, ConnectionOptions options) throws IOException {
    return Streams.openConnection("127.0.0.1", server.port(), LIMIT, options);
  }

  private static void end(Connection connection, Server server) throws IOException {
    connection.writer().close();
    connection.writer().waitClosed();
    server.close();
    server.waitClosed();
  }

  @Test
  @DisplayName(
      "TLS-11, STR-21: after an echo the client closes, and the server reads the end of data")
  void echoOverTls() {
    run(() -> {
      Server server = echo();
      Connection connection = connect(server, ConnectionOptions.defaults().withSsl(CLIENT));
      connection.writer().write("hello\n");
      assertBytes("hello\n", connection.reader().readline());
      assertNotNull(connection.writer().getExtraInfo(ExtraInfo.CIPHER));
      end(connection, server);
      assertEquals(0, connection.reader().read(1).length);
    });
  }

  @Test
  @DisplayName(
      "TLS-18, TLS-19: an echo of 16 MiB arrives unchanged, with back-pressure on both sides")
  void muchData() {
    run(() -> {
      Server server = echo();
      Connection connection = connect(server, ConnectionOptions.defaults().withSsl(CLIENT));
      byte[] data = new byte[16 << 20];
      new Random(1).nextBytes(data);
      var writing = loop.createTask(() -> {
        for (int i = 0; i < data.length; i += 1 << 18) {
          connection.writer().write(ByteBuffer.wrap(data, i, 1 << 18));
          connection.writer().drain();
        }
      });
      assertArrayEquals(data, connection.reader().readexactly(data.length));
      writing.await();
      end(connection, server);
    });
  }

  @Test
  @DisplayName("TLS-2: a client checks the host name")
  void hostIsChecked() {
    loop.setDebug(true);
    run(() -> {
      Server server = serve(ECHO, ServerOptions.defaults().withSsl(Certificates.server("other")));
      assertThrows(
          SSLHandshakeException.class,
          () -> connect(server, ConnectionOptions.defaults().withSsl(CLIENT)));
      Connection connection = connect(
          server,
          ConnectionOptions.defaults()
              .withSsl(SslOptions.of(CLIENT).withServerHostname("other.example")));
      end(connection, server);
      assertEquals(1, reported.size()); // the server reports the first handshake
      reported.clear();
    });
  }

  @Test
  @DisplayName(
      "TLS-5, SRV-11: in debug mode a failed handshake on the server is reported; the handler is not called")
  void serverReports() {
    loop.setDebug(true);
    run(() -> {
      var calls = new ArrayList<String>();
      Server server = serve(
          (reader, writer) -> calls.add("called"), ServerOptions.defaults().withSsl(SERVER));
      Connection plain = connect(server, ConnectionOptions.defaults());
      plain.writer().write("GET / HTTP/1.1\r\n\r\n");
      plain.reader().read();
      plain.writer().close();
      server.close();
      server.waitClosed();
      assertEquals(1, reported.size(), reported::toString);
      ExceptionContext report = reported.remove(0);
      assertTrue(report.exception().get() instanceof SSLException);
      assertEquals("Error on transport creation for incoming connection", report.message());
      assertNotNull(report.protocol().get());
      assertEquals(List.of(), calls);
    });
  }

  @Test
  @DisplayName("SRV-6, CONN-12: wrong TLS options are errors before anything is bound or connected")
  void checks() {
    run(() -> {
      assertThrows(
          IllegalArgumentException.class,
          () -> serve(ECHO, ServerOptions.defaults().withSsl(SslOptions.defaults())));
      assertThrows(
          IllegalArgumentException.class,
          () -> serve(ECHO, ServerOptions.defaults().withSsl(LOCAL_CLIENT)));
      var unfinished = SSLContext.getInstance("TLS"); // is not initialised
      assertThrows(
          IllegalStateException.class,
          () -> Streams.openConnection(
              "name.invalid", 1, LIMIT, ConnectionOptions.defaults().withSsl(unfinished)));
    });
  }

  @Test
  @DisplayName("CONN-11: cancelling a task during the handshake closes its connection")
  void cancelled() {
    run(() -> {
      try (ServerSocketChannel silent = ServerSocketChannel.open()) {
        silent.bind(new InetSocketAddress("127.0.0.1", 0));
        int port = silent.socket().getLocalPort();
        var connecting = loop.createTask(() -> Streams.openConnection(
            "127.0.0.1", port, LIMIT, ConnectionOptions.defaults().withSsl(CLIENT)));
        try (SocketChannel accepted = loop.runInExecutor(silent::accept).await()) {
          ByteBuffer hello = ByteBuffer.allocate(16);
          loop.runInExecutor(() -> accepted.read(hello)).await();
          connecting.cancel();
          assertThrows(CancelledError.class, connecting::await);
          int end = loop.runInExecutor(() -> {
                ByteBuffer rest = ByteBuffer.allocate(65536);
                int count;
                do {
                  count = accepted.read(rest.clear());
                } while (count > 0);
                return count;
              })
              .await();
          assertEquals(-1, end);
        }
      }
    });
  }

  @Test
  @DisplayName("SRV-19: closeClients closes TLS connections with close_notify")
  void closeClients() {
    run(() -> {
      Future<Void> made = loop.createFuture();
      Server server = serve(
          (reader, writer) -> made.setResult(null), ServerOptions.defaults().withSsl(SERVER));
      Connection connection = connect(server, ConnectionOptions.defaults().withSsl(CLIENT));
      made.await();
      server.closeClients();
      assertEquals(0, connection.reader().read(1).length);
      assertEquals(false, connection.writer().getExtraInfo(ExtraInfo.RAGGED_EOF));
      end(connection, server);
    });
  }

  @Test
  @DisplayName(
      "TLS-2: a server that has trusted authorities requires certificates from its clients")
  void trustedAuthorities() {
    run(() -> {
      Future<Object> certificate = loop.createFuture();
      Server server = serve(
          (reader, writer) -> {
            certificate.setResult(writer.getExtraInfo(ExtraInfo.PEERCERT));
            writer.write("welcome\n");
          },
          ServerOptions.defaults().withSsl(Certificates.asking("server")));
      Connection stranger = connect(server, ConnectionOptions.defaults().withSsl(CLIENT));
      assertThrows(SSLException.class, () -> stranger.reader().readline());
      assertFalse(certificate.done());
      reported.clear(); // the server may report the failure of a client
      Connection known = connect(
          server, ConnectionOptions.defaults().withSsl(Certificates.clientWithCertificate()));
      assertBytes("welcome\n", known.reader().readline());
      assertNotNull(certificate.await());
      end(known, server);
    });
  }

  @Test
  @DisplayName(
      "STR-25: startTls works on both sides of a stream, and keeps the reader and the writer")
  void startTls() {
    run(() -> {
      Future<Object> cipher = loop.createFuture();
      Server server = serve(
          (reader, writer) -> {
            assertBytes("STARTTLS\n", reader.readline());
            writer.write("go\n");
            writer.startTls(SslOptions.of(SERVER));
            cipher.setResult(writer.getExtraInfo(ExtraInfo.CIPHER));
            writer.write(reader.readline());
            writer.drain();
            reader.read(1);
          },
          ServerOptions.defaults());
      Connection connection = connect(server, ConnectionOptions.defaults());
      var before = connection.writer().transport();
      connection.writer().write("STARTTLS\n");
      assertBytes("go\n", connection.reader().readline());
      connection.writer().startTls(LOCAL_CLIENT);
      assertTrue(before != connection.writer().transport());
      connection.writer().write("secret\n");
      assertBytes("secret\n", connection.reader().readline());
      assertNotNull(cipher.await());
      end(connection, server);
    });
  }

  @Test
  @DisplayName("STR-25: after startTls the reader pauses the new transport, not the old one")
  void readerPausesTheNewTransport() {
    run(() -> {
      Server server = serve(
          (reader, writer) -> {
            writer.startTls(SslOptions.of(SERVER));
            writer.write(new byte[1 << 20]);
            writer.drain();
            reader.read(1);
          },
          ServerOptions.defaults());
      Connection connection = connect(server, ConnectionOptions.defaults());
      connection.writer().startTls(LOCAL_CLIENT);
      var transport = (ReadTransport) connection.writer().transport();
      while (transport.isReading()) {
        Task.sleep(Duration.ofMillis(1));
      }
      assertEquals(1 << 20, connection.reader().readexactly(1 << 20).length);
      end(connection, server);
    });
  }

  @Test
  @DisplayName(
      "STR-26: the server's handshake uses bytes that an early client sent before startTls")
  void bufferedHandshake() {
    run(() -> {
      Future<Void> hello = loop.createFuture();
      Server server = serve(
          (reader, writer) -> {
            assertBytes("STARTTLS\n", reader.readline());
            while (reader.buffered() == 0) {
              Task.sleep(Duration.ofMillis(1));
            }
            assertThrows(
                IllegalArgumentException.class, () -> writer.startTls(SslOptions.defaults()));
            assertTrue(reader.buffered() > 0, "bad arguments do not lose the buffered data");
            writer.startTls(SslOptions.of(SERVER));
            hello.setResult(null);
            writer.write(reader.readline());
            writer.drain();
            reader.read(1);
          },
          ServerOptions.defaults());
      Connection connection = connect(server, ConnectionOptions.defaults());
      connection.writer().write("STARTTLS\n");
      connection.writer().startTls(LOCAL_CLIENT);
      hello.await();
      connection.writer().write("secret\n");
      assertBytes("secret\n", connection.reader().readline());
      end(connection, server);
    });
  }

  @Test
  @DisplayName("STR-25: startTls fails on a client whose reader has bytes that came in the clear")
  void injectedResponse() {
    run(() -> {
      Server server = serve(
          (reader, writer) -> {
            assertBytes("STARTTLS\n", reader.readline());
            writer.write("220 go\n250 injected\n");
            assertThrows(IOException.class, () -> writer.startTls(SslOptions.of(SERVER)));
          },
          ServerOptions.defaults());
      Connection connection = connect(server, ConnectionOptions.defaults());
      connection.writer().write("STARTTLS\n");
      assertBytes("220 go\n", connection.reader().readline());
      assertTrue(connection.reader().buffered() > 0);
      var error =
          assertThrows(SSLException.class, () -> connection.writer().startTls(LOCAL_CLIENT));
      assertTrue(error.getMessage().contains("in the clear"), error.getMessage());
      assertTrue(connection.writer().isClosing());
      end(connection, server);
    });
  }

  @Test
  @DisplayName(
      "STR-26: startTls fails on a server whose reader has bytes that do not begin a handshake")
  void injectedCommand() {
    run(() -> {
      Future<Throwable> outcome = loop.createFuture();
      Server server = serve(
          (reader, writer) -> {
            assertBytes("STARTTLS\n", reader.readline());
            outcome.setResult(
                assertThrows(SSLException.class, () -> writer.startTls(SslOptions.of(SERVER))));
            assertTrue(writer.isClosing());
          },
          ServerOptions.defaults());
      Connection connection = connect(server, ConnectionOptions.defaults());
      connection.writer().write("STARTTLS\nRCPT TO:<eve>\n");
      assertThrows(IOException.class, () -> connection.writer().startTls(LOCAL_CLIENT));
      assertTrue(outcome.await().getMessage().contains("in the clear"));
      server.close();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName("CONN-10: channels that are already connected can be both sides of TLS")
  void channels() {
    run(() -> {
      try (ServerSocketChannel listening = ServerSocketChannel.open()) {
        listening.bind(new InetSocketAddress("127.0.0.1", 0));
        SocketChannel one = SocketChannel.open(listening.getLocalAddress());
        SocketChannel other = listening.accept();
        var reader = new StreamReader(loop, LIMIT);
        var serverReader = new StreamReader(loop, LIMIT);
        var accepting = loop.createTask(() -> loop.connectAcceptedSocket(
            () -> new StreamReaderProtocol(loop, serverReader, null),
            other,
            SslOptions.of(SERVER)));
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.createConnection(
                () -> new StreamReaderProtocol(loop, reader, null), one, SslOptions.of(CLIENT)));
        var client = loop.createConnection(
            () -> new StreamReaderProtocol(loop, reader, null), one, LOCAL_CLIENT);
        var server = accepting.await();
        client.transport().write(bytes("ping\n"));
        assertBytes("ping\n", serverReader.readline());
        client.transport().close();
        client.protocol().waitClosed();
        server.protocol().waitClosed();
      }
    });
  }

  @Test
  @DisplayName("CONN-10: connectAcceptedSocket works with an accepted channel without TLS")
  void plainAcceptedChannel() {
    run(() -> {
      try (ServerSocketChannel listening = ServerSocketChannel.open()) {
        listening.bind(new InetSocketAddress("127.0.0.1", 0));
        try (SocketChannel one = SocketChannel.open(listening.getLocalAddress())) {
          var reader = new StreamReader(loop, LIMIT);
          var server = loop.connectAcceptedSocket(
              () -> new StreamReaderProtocol(loop, reader, null), listening.accept());
          one.write(ByteBuffer.wrap(bytes("x\n")));
          assertBytes("x\n", reader.readline());
          server.transport().close();
          server.protocol().waitClosed();
        }
      }
    });
  }

  @Test
  @DisplayName(
      "UX-5: TLS works over a Unix socket, and the client must give the expected host name")
  void unixSockets(@TempDir Path folder) {
    run(() -> {
      Path path = folder.resolve("socket");
      Server server = loop.createUnixServer(
          () -> new StreamReaderProtocol(loop, new StreamReader(loop, LIMIT), ECHO),
          path,
          ServerOptions.defaults().withSsl(SERVER));
      var reader = new StreamReader(loop, LIMIT);
      assertThrows(
          IllegalArgumentException.class,
          () -> loop.createUnixConnection(
              () -> new StreamReaderProtocol(loop, reader, null),
              path,
              ConnectionOptions.defaults().withSsl(CLIENT)));
      var client = loop.createUnixConnection(
          () -> new StreamReaderProtocol(loop, reader, null),
          path,
          ConnectionOptions.defaults().withSsl(LOCAL_CLIENT));
      client.transport().write(bytes("ping\n"));
      assertBytes("ping\n", reader.readline());
      client.transport().close();
      client.protocol().waitClosed();
      server.close();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName(
      "TLS: startTls fails at once, not after the handshake timeout, if the peer's end was already read")
  void endBeforeStartTls() {
    run(() -> {
      Future<Throwable> outcome = loop.createFuture();
      ClientHandler upgrading = (reader, writer) -> {
        reader.read();
        outcome.setResult(
            assertThrows(IOException.class, () -> writer.startTls(SslOptions.of(SERVER))));
      };
      try (Server server =
          Streams.startServer(upgrading, "127.0.0.1", 0, LIMIT, ServerOptions.defaults())) {
        int port = ((InetSocketAddress) server.sockets().get(0).getLocalAddress()).getPort();
        try (StreamWriter client = Streams.openConnection(
                "127.0.0.1", port, LIMIT, ConnectionOptions.defaults())
            .writer()) {
          client.writeEof();
          outcome.await();
        }
      }
    });
  }
}
