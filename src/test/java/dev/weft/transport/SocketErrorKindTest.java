package dev.weft.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.stream.FlowControl;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.stream.Streams;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kinds of errors of sockets, pipes, datagrams, connects and binds. */
class SocketErrorKindTest {

  private static final int LIMIT = StreamReader.DEFAULT_LIMIT;

  private static void assertKind(SocketErrorKind kind, ThrowingRunnable<?> code) {
    Throwable error = assertThrows(Exception.class, code::run);
    assertEquals(kind, SocketErrorKind.of(error), error::toString);
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  @Test
  @DisplayName(
      "after a reset by the peer, the exceptions of read, drain and waitClosed have the kind CONNECTION_RESET")
  void reset() {
    Loops.run(() -> {
      Future<StreamWriter> done = EventLoop.getRunningLoop().createFuture();
      Server server = Streams.startServer(
          (reader, writer) -> {
            writer.keepOpen();
            assertKind(SocketErrorKind.CONNECTION_RESET, reader::read);
            assertKind(SocketErrorKind.CONNECTION_RESET, writer::drain);
            assertKind(SocketErrorKind.CONNECTION_RESET, writer::waitClosed);
            done.setResult(writer);
          },
          "127.0.0.1",
          0,
          LIMIT,
          ServerOptions.defaults());
      SocketChannel peer = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()));
      Task.sleep(Duration.ofMillis(1));
      peer.setOption(StandardSocketOptions.SO_LINGER, 0);
      peer.close();
      done.await();
      server.close();
    });
  }

  @Test
  @DisplayName(
      "after writes to a socket or pipe whose peer closed, connectionLost gets an exception of kind BROKEN_PIPE or CONNECTION_RESET")
  void brokenPipe() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Server server = Streams.startServer(
          (reader, writer) -> reader.read(1), "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.port()));
      Future<Throwable> lost = loop.createFuture();
      var made = loop.createConnection(
          () -> new Protocol() {
            @Override
            public boolean eofReceived() {
              return true;
            }

            @Override
            public void connectionLost(Throwable error) {
              lost.setResult(error);
            }
          },
          channel);
      while (!lost.done()) {
        made.transport().write(ByteBuffer.wrap(new byte[100]));
        Task.sleep(Duration.ZERO);
      }
      Set<SocketErrorKind> either =
          EnumSet.of(SocketErrorKind.BROKEN_PIPE, SocketErrorKind.CONNECTION_RESET);
      assertTrue(either.contains(SocketErrorKind.of(lost.result())), lost::toString);
      server.close();

      Pipe pipe = Pipe.open();
      Future<Throwable> pipeLost = loop.createFuture();
      var writing = loop.connectWritePipe(
          () -> new FlowControl(loop) {
            @Override
            public void connectionLost(Throwable error) {
              pipeLost.setResult(error);
            }
          },
          pipe.sink());
      pipe.source().close();
      writing.transport().write(ByteBuffer.wrap(new byte[1]));
      assertEquals(SocketErrorKind.BROKEN_PIPE, SocketErrorKind.of(pipeLost.await()));
    });
  }

  @Test
  @DisplayName(
      "without a listener, connects to one or several addresses and datagrams fail with kind CONNECTION_REFUSED")
  void refused(@TempDir Path folder) {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      int port = freePort();
      assertKind(
          SocketErrorKind.CONNECTION_REFUSED,
          () -> Streams.openConnection("127.0.0.1", port, LIMIT, ConnectionOptions.defaults()));
      try (SocketChannel raw = SocketChannel.open()) {
        raw.configureBlocking(false);
        assertKind(
            SocketErrorKind.CONNECTION_REFUSED,
            () -> loop.sockConnect(raw, new InetSocketAddress("127.0.0.1", port)));
      }
      var several =
          new IOException("Multiple exceptions: two", new ConnectException("Connection refused"));
      assertEquals(SocketErrorKind.CONNECTION_REFUSED, SocketErrorKind.of(several));
      Future<Throwable> received = loop.createFuture();
      var endpoint = loop.createDatagramEndpoint(
          () -> new DatagramProtocol() {
            @Override
            public void errorReceived(IOException error) {
              received.setResult(error);
            }
          },
          DatagramOptions.defaults().withRemoteAddr(new InetSocketAddress("127.0.0.1", port)));
      endpoint.transport().sendto(ByteBuffer.wrap(new byte[1]));
      assertEquals(SocketErrorKind.CONNECTION_REFUSED, SocketErrorKind.of(received.await()));
      endpoint.transport().close();
    });
  }

  @Test
  @DisplayName(
      "addresses in use or of another machine, unknown names, timeouts and closed channels have their own kinds")
  void addresses() {
    Loops.run(() -> {
      Server server = Streams.startServer(
          (reader, writer) -> {}, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      assertKind(
          SocketErrorKind.ADDRESS_IN_USE,
          () -> Streams.startServer(
              (reader, writer) -> {}, "127.0.0.1", server.port(), LIMIT, ServerOptions.defaults()));
      assertKind(
          SocketErrorKind.ADDRESS_NOT_AVAILABLE,
          () -> Streams.startServer(
              (reader, writer) -> {}, "192.0.2.1", 0, LIMIT, ServerOptions.defaults()));
      server.close();
      SocketChannel closed = SocketChannel.open();
      closed.close();
      assertKind(SocketErrorKind.CLOSED, () -> closed.read(ByteBuffer.allocate(1)));
    });
    assertEquals(
        SocketErrorKind.UNKNOWN_HOST, SocketErrorKind.of(new java.net.UnknownHostException("x")));
    assertEquals(
        SocketErrorKind.TIMED_OUT, SocketErrorKind.of(new java.net.SocketTimeoutException("slow")));
  }

  @Test
  @DisplayName(
      "additions of the JDK to a message do not change the kind, and other messages have other kinds")
  void texts() {
    assertEquals(
        SocketErrorKind.CONNECTION_REFUSED,
        SocketErrorKind.of(new ConnectException("Connection refused: getsockopt")));
    assertEquals(
        SocketErrorKind.TIMED_OUT,
        SocketErrorKind.of(new ConnectException("Connection timed out")));
    assertEquals(SocketErrorKind.OTHER, SocketErrorKind.of(new IOException("Broken pipework")));
    assertEquals(SocketErrorKind.OTHER, SocketErrorKind.of(new IOException()));
    assertEquals(
        SocketErrorKind.OTHER, SocketErrorKind.of(new ConnectException("Verbindung abgelehnt")));
    var circle = new IOException("a");
    circle.initCause(new IOException("b", circle));
    assertEquals(SocketErrorKind.OTHER, SocketErrorKind.of(circle));
  }

  @Test
  @DisplayName(
      "the system's own messages for a reset, a broken pipe and a refused connection are recognised")
  void learnt() {
    assertEquals(
        EnumSet.of(
            SocketErrorKind.BROKEN_PIPE,
            SocketErrorKind.CONNECTION_REFUSED,
            SocketErrorKind.CONNECTION_RESET),
        EnumSet.copyOf(SystemTexts.LEARNT.values()));
    SystemTexts.LEARNT.forEach(
        (text, kind) -> assertEquals(kind, SocketErrorKind.of(new IOException(text))));
  }
}
