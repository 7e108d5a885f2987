package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Server;
import dev.weft.transport.ServerOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels that the user has created. */
class AdoptionTest extends TcpTest {

  private static final ServerOptions DEFAULTS = ServerOptions.defaults();

  @Test
  @DisplayName(
      "CONN-10: a connected channel becomes the transport's own, and the transport closes it")
  void connected() {
    run(() -> {
      Pair pair = pair();
      var protocol = new Recorder(loop);
      loop.createConnection(() -> protocol, pair.channel());
      protocol.transport.write(bytes("x"));
      assertEquals("x", pair.peer().receiveText(1));
      protocol.transport.close();
      protocol.lost.await();
      assertFalse(pair.channel().isOpen());
      assertEquals(-1, pair.peer().receiveByte());
    });
  }

  @Test
  @DisplayName("CONN-10: a channel that is not connected is an error, and unchanged")
  void notConnected() {
    run(() -> {
      try (var channel = SocketChannel.open()) {
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.createConnection(() -> new Recorder(loop), channel));
        assertTrue(channel.isOpen());
        assertTrue(channel.isBlocking());
      }
      assertThrows(
          NullPointerException.class, () -> loop.createConnection(() -> new Recorder(loop), null));
    });
  }

  @Test
  @DisplayName("CONN-9: a channel whose protocol factory fails is closed")
  void factoryFails() {
    run(() -> {
      Pair pair = pair();
      assertThrows(
          IllegalCallerException.class,
          () -> loop.createConnection(
              () -> {
                throw new IllegalCallerException();
              },
              pair.channel()));
      assertFalse(pair.channel().isOpen());
      assertEquals(-1, pair.peer().receiveByte());
    });
  }

  @Test
  @DisplayName("TR-32: a channel that has a transport cannot have another; the first continues")
  void twice() {
    run(() -> {
      Pair pair = pair();
      var first = new Recorder(loop);
      loop.createConnection(() -> first, pair.channel());
      var error = assertThrows(
          IllegalStateException.class,
          () -> loop.createConnection(() -> new Recorder(loop), pair.channel()));
      assertTrue(error.getMessage().contains("in use"), error.getMessage());
      pair.peer().send("x");
      first.awaitBytes(1);
      first.transport.close();
      first.lost.await();
    });
  }

  @Test
  @DisplayName("A channel that its user closes is noticed with the next write; the loop goes on")
  void closedBehind() {
    run(() -> {
      Pair pair = pair();
      var protocol = new Recorder(loop);
      loop.createConnection(() -> protocol, pair.channel());
      pair.channel().close();
      turn();
      protocol.transport.pauseReading();
      protocol.transport.resumeReading();
      protocol.transport.write(bytes("x"));
      assertTrue(protocol.lost.await() instanceof IOException);
    });
  }

  @Test
  @DisplayName("CONN-10: a Unix-domain channel works too, without TCP options")
  void unixDomain(@TempDir Path directory) {
    run(() -> {
      var address = UnixDomainSocketAddress.of(directory.resolve("socket"));
      var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
      var accepted = new Recorder(loop);
      Server server = loop.createServer(() -> accepted, listening, DEFAULTS);
      assertThrows(IllegalStateException.class, server::port);
      var client = new Recorder(loop);
      loop.createConnection(() -> client, SocketChannel.open(address));
      assertEquals(address, client.transport.getExtraInfo("peername", null));
      client.transport.write(bytes("local"));
      accepted.awaitBytes(5);
      client.transport.close();
      client.lost.await();
      server.close();
      server.waitClosed();
      assertFalse(listening.isOpen());
    });
  }

  @Test
  @DisplayName("SRV-6: a server accepts on a bound channel, and closes it at its own close")
  void listening() {
    run(() -> {
      var channel = ServerSocketChannel.open().bind(new InetSocketAddress(LOCAL, 0));
      var accepted = new Recorder(loop);
      Server server = loop.createServer(() -> accepted, channel, DEFAULTS);
      assertEquals(channel.getLocalAddress(), server.sockets().get(0).getLocalAddress());
      connect(server).send("x");
      accepted.awaitBytes(1);
      accepted.transport.abort();
      server.close();
      assertFalse(channel.isOpen());
      server.waitClosed();
    });
  }

  @Test
  @DisplayName("SRV-6: a channel that is not bound, or that another server uses, is an error")
  void notListening() {
    run(() -> {
      try (var channel = ServerSocketChannel.open()) {
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.createServer(() -> new Recorder(loop), channel, DEFAULTS));
        channel.bind(new InetSocketAddress(LOCAL, 0));
        try (Server server = loop.createServer(() -> new Recorder(loop), channel, DEFAULTS)) {
          assertThrows(
              IllegalStateException.class,
              () -> loop.createServer(() -> new Recorder(loop), channel, DEFAULTS));
          assertTrue(channel.isOpen());
          assertEquals(
              List.of(), loop.allTasks().stream().filter(task -> task.done()).toList());
          assertTrue(server.isServing());
        }
      }
    });
  }
}
