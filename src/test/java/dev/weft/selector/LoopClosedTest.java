package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.testkit.LogCapture;
import dev.weft.transport.ServerOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What becomes of the open connections of a loop that is closed. */
class LoopClosedTest {

  private final EventLoop loop = EventLoop.newEventLoop();
  private final Recorder protocol = new Recorder(loop);

  private static List<String> warnings(LogCapture log) {
    return log.events(Level.WARN).stream()
        .map(LogCapture.Event::message)
        .filter(message -> message.contains("unclosed transport"))
        .toList();
  }

  @Test
  @DisplayName("TR-33: open connections are closed, with a warning, and no call of their protocols")
  void openConnections() throws Exception {
    try (var listening = new ServerSocket(0);
        var log = LogCapture.start()) {
      SocketChannel channel = SocketChannel.open(listening.getLocalSocketAddress());
      loop.runUntilComplete(() -> loop.createConnection(() -> protocol, channel));
      loop.close();
      assertFalse(channel.isOpen());
      try (Socket peer = listening.accept()) {
        assertEquals(-1, peer.getInputStream().read());
      }
      assertEquals(List.of("made"), protocol.events);
      assertEquals(1, warnings(log).size());
      assertThrows(IllegalStateException.class, () -> protocol.transport.write(new byte[1]));
    }
  }

  @Test
  @DisplayName("TR-33: connections that were closed in time cause no warning")
  void closedConnections() throws Exception {
    try (var listening = new ServerSocket(0);
        var log = LogCapture.start()) {
      SocketChannel channel = SocketChannel.open(listening.getLocalSocketAddress());
      loop.runUntilComplete(() -> {
        loop.createConnection(() -> protocol, channel).transport().close();
        protocol.lost.await();
      });
      loop.close();
      assertEquals(List.of(), warnings(log));
    }
  }

  @Test
  @DisplayName("TR-13: bytes that a closing connection could not send cause a warning")
  void unsent() throws Exception {
    try (var listening = Peer.listen();
        var log = LogCapture.start()) {
      SocketChannel channel = SocketChannel.open(listening.getLocalSocketAddress());
      loop.runUntilComplete(() -> {
        loop.createConnection(() -> protocol, channel);
        TcpTest.fill(protocol, 100_000);
        protocol.transport.close();
      });
      loop.close();
      assertFalse(channel.isOpen());
      assertEquals(1, warnings(log).size());
    }
  }

  @Test
  @DisplayName("SRV-13: a server's sockets are closed with the loop, whether or not it serves")
  void servers() throws Exception {
    for (boolean serving : List.of(true, false)) {
      EventLoop closing = EventLoop.newEventLoop();
      var options = ServerOptions.defaults().withStartServing(serving);
      Server server = closing.runUntilComplete(
          () -> closing.createServer(() -> new Recorder(closing), "127.0.0.1", 0, options));
      int port = server.port();
      closing.close();
      new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    }
    loop.close();
  }

  @Test
  @DisplayName("SRV-11: an accepted connection without a protocol is closed with the loop")
  void acceptedOnly() throws Exception {
    var accepted = new ArrayList<SocketChannel>();
    var listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    listening.configureBlocking(false);
    var server = new SelectorServer(
        (SelectorEventLoop) loop,
        () -> protocol,
        List.of(listening),
        ServerOptions.defaults(),
        channel -> {
          SocketChannel connection = channel.accept();
          if (connection != null) {
            accepted.add(connection);
            loop.stop(); // at the end of this turn
          }
          return connection;
        });
    loop.runUntilComplete(() -> {
      server.register();
      server.startServing();
    });
    try (var peer = new Socket("127.0.0.1", server.port())) {
      loop.runForever();
      assertEquals(1, accepted.size());
      loop.close();
      assertFalse(accepted.get(0).isOpen());
      assertEquals(-1, peer.getInputStream().read());
    }
    assertEquals(List.of(), protocol.events);
  }

  @Test
  @DisplayName("SRV-13: closing a server frees its port also when the loop does not run")
  void serverClosedWhileStopped() throws Exception {
    Server server =
        loop.runUntilComplete(() -> loop.createServer(() -> new Recorder(loop), "127.0.0.1", 0));
    int port = server.port();
    server.close();
    new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1")).close();
    assertTrue(server.sockets().isEmpty());
    loop.close();
  }
}
