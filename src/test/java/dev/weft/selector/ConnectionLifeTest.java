package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Server;
import dev.weft.testkit.Order;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** From the first call of a protocol to the last, and what its transport shows about itself. */
class ConnectionLifeTest extends TcpTest {

  @Test
  @DisplayName(
      "TR-1: connectionMade, then what it scheduled, then the creator, then data that was there before")
  void order() {
    run(() -> {
      var order = new Order();
      Pair pair = pair();
      pair.peer().send("early");
      var protocol = new Recorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          order.expect(1);
          loop.callSoon(() -> order.expect(2));
        }

        @Override
        public void dataReceived(ByteBuffer data) {
          super.dataReceived(data);
          order.expect(4);
        }
      };
      loop.createConnection(() -> protocol, pair.channel());
      order.expect(3);
      protocol.awaitBytes(5);
      order.finish(5);
      protocol.transport.close();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-1, TR-6, TR-11: the peer's end gives eofReceived and then a loss without an error")
  void peerCloses() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      peer.send("bye");
      peer.close();
      assertNull(protocol.lost.await());
      assertEquals(List.of("made", "data", "eof", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("TR-6: a protocol that closes at the peer's end has its answer flushed first")
  void eofFlushes() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public boolean eofReceived() {
          fill(this, 100_000);
          return super.eofReceived();
        }
      };
      Peer peer = connect(protocol);
      peer.socket.shutdownOutput();
      byte[] answer = peer.receiveAll();
      assertTrue(answer.length > 100_000);
      assertNull(protocol.lost.await());
    });
  }

  @Test
  @DisplayName("TR-6: a protocol that keeps the connection open can write after the peer's end")
  void eofKeptOpen() {
    run(() -> {
      var protocol = new Recorder(loop);
      protocol.keepOpen = true;
      Peer peer = connect(protocol);
      peer.socket.shutdownOutput();
      protocol.eof.await();
      assertFalse(protocol.transport.isClosing());
      assertTrue(protocol.transport.toString().contains("read=idle"));
      protocol.transport.write(bytes("still here"));
      assertEquals("still here", peer.receiveText(10));
      protocol.transport.close();
      assertEquals(-1, peer.receiveByte());
      protocol.lost.await();
      assertEquals(List.of("made", "eof", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "TR-7: the peer's end is delivered once, however often reading is paused and resumed afterwards")
  void eofOnce() {
    run(() -> {
      var protocol = new Recorder(loop);
      protocol.keepOpen = true;
      Peer peer = connect(protocol);
      peer.socket.shutdownOutput();
      protocol.eof.await();
      for (int i = 0; i < 3; i++) {
        protocol.transport.pauseReading();
        turn();
        protocol.transport.resumeReading();
        turn();
        turn();
      }
      assertEquals(List.of("made", "eof"), protocol.events);
      assertTrue(protocol.transport.toString().contains("read=idle")); // else the loop would spin
      protocol.transport.close();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-25: both halves are closed in turn, Weft's first; each side gets what the other still sends")
  void halfCloseByUs() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.write(bytes("question"));
      protocol.transport.writeEof();
      assertEquals("question", new String(peer.receiveAll()));
      peer.send("answer");
      protocol.awaitBytes(6);
      peer.close();
      assertNull(protocol.lost.await());
      assertEquals("answer", protocol.text());
    });
  }

  @Test
  @DisplayName(
      "TR-10, TR-14: connectionLost is not called inside close() or abort(), but in the next turn")
  void lossIsQueued() {
    run(() -> {
      var closed = new Recorder(loop);
      var aborted = new Recorder(loop);
      connect(closed);
      connect(aborted);
      closed.transport.close();
      aborted.transport.abort();
      assertFalse(closed.lost.done());
      assertFalse(aborted.lost.done());
      turn();
      assertTrue(closed.lost.done());
      assertTrue(aborted.lost.done());
    });
  }

  @Test
  @DisplayName("TR-10: close, abort and close again lead to one connectionLost")
  void lostOnce() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.close();
      protocol.transport.abort();
      protocol.transport.close();
      peer.reset();
      turn();
      protocol.transport.abort();
      protocol.transport.close();
      turn();
      turn();
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "TR-12: the socket is closed after connectionLost, and the server is notified after that")
  void closedAfterLoss() {
    run(() -> {
      Pair pair = pair();
      var protocol = new Recorder(loop) {
        @Override
        public void connectionLost(Throwable error) {
          note("open " + pair.channel().isOpen());
          super.connectionLost(error);
        }
      };
      loop.createConnection(() -> protocol, pair.channel());
      protocol.transport.close();
      protocol.lost.await();
      assertFalse(pair.channel().isOpen());
      assertEquals(List.of("made", "open true", "lost"), protocol.events);
      assertEquals(-1, pair.peer().receiveByte());
    });
  }

  @Test
  @DisplayName("TR-12: a server counts a connection until its protocol got connectionLost")
  void serverToldLast() {
    run(() -> {
      var order = new Order();
      var protocol = new Recorder(loop) {
        @Override
        public void connectionLost(Throwable error) {
          order.expect(1);
          super.connectionLost(error);
        }
      };
      Server server = serve(() -> protocol);
      connect(server);
      protocol.awaitEvent("made");
      server.close();
      protocol.transport.close();
      server.waitClosed();
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "TR-29, TR-31: addresses outlive the connection, unknown keys give the default, Nagle's algorithm is off")
  void extraInfo() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      var socket = protocol.transport.getExtraInfo(ExtraInfo.SOCKET);
      assertTrue(socket.getOption(StandardSocketOptions.TCP_NODELAY));
      protocol.transport.close();
      protocol.lost.await();
      turn();
      assertEquals(
          peer.socket.getRemoteSocketAddress(),
          protocol.transport.getExtraInfo(ExtraInfo.SOCKNAME));
      assertEquals(
          new InetSocketAddress(LOCAL, peer.socket.getLocalPort()),
          protocol.transport.getExtraInfo(ExtraInfo.PEERNAME));
      assertEquals(
          protocol.transport.getExtraInfo(ExtraInfo.PEERNAME),
          protocol.transport.getExtraInfo("peername", null));
      assertEquals("none", protocol.transport.getExtraInfo("compression", "none"));
      assertThrows(IOException.class, () -> socket.getOption(StandardSocketOptions.TCP_NODELAY));
    });
  }

  @Test
  @DisplayName("TR-31: accepted connections do not use Nagle's algorithm either")
  void acceptedWithoutNagle() {
    run(() -> {
      var protocol = new Recorder(loop);
      try (Server server = serve(() -> protocol)) {
        connect(server);
        protocol.awaitEvent("made");
        assertTrue(protocol
            .transport
            .getExtraInfo(ExtraInfo.SOCKET)
            .getOption(StandardSocketOptions.TCP_NODELAY));
        protocol.transport.abort();
      }
    });
  }

  @Test
  @DisplayName(
      "TR-30: the socket that a transport exposes has options, and no way to close or read it")
  void socketIsAView() {
    assertFalse(AutoCloseable.class.isAssignableFrom(TransportSocket.class));
    run(() -> {
      var protocol = new Recorder(loop);
      connect(protocol);
      Object socket = protocol.transport.getExtraInfo("socket", null);
      assertInstanceOf(TransportSocket.class, socket);
      assertFalse(
          protocol.transport.getExtraInfo(ExtraInfo.SOCKET).supportedOptions().isEmpty());
      assertSame(protocol, protocol.transport.getProtocol());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }
}
