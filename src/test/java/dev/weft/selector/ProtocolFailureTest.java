package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.ExceptionContext;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Server;
import dev.weft.transport.BaseTransport;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What happens to a connection whose protocol throws. */
class ProtocolFailureTest extends TcpTest {

  private final RuntimeException failure = new RuntimeException("provoked");

  /**
   * The protocol has failed with {@code failure}: it gets connectionLost, the handler a report, and the peer the end
   * of data.
   */
  private void assertFatal(Recording protocol, Peer peer, String method) {
    Throwable told = protocol.lost.await();
    ExceptionContext report = takeReport();
    assertSame(told, report.exception().get());
    assertSame(protocol, report.protocol().get());
    assertSame(protocol.transport, report.transport().get());
    assertTrue(report.message().contains(method), report.message());
    assertTrue(protocol.transport.isClosing());
    peerSeesTheEnd(peer);
  }

  private static void peerSeesTheEnd(Peer peer) {
    try {
      assertEquals(-1, peer.receiveByte());
    } catch (Throwable reset) {
      assertTrue(reset instanceof java.net.SocketException, reset::toString);
    }
  }

  @Test
  @DisplayName("TR-2: a connectionMade that throws is reported, and the connection lives")
  void connectionMade() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      assertSame(failure, takeReport().exception().get());
      peer.send("x");
      protocol.awaitBytes(1);
      protocol.transport.close();
      assertEquals(-1, peer.receiveByte());
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-8: a dataReceived that throws is reported and ends the connection with that error")
  void dataReceived() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      peer.send("x");
      assertFatal(protocol, peer, "dataReceived");
      assertSame(failure, protocol.lost.result());
    });
  }

  @Test
  @DisplayName("TR-8: queued data is dropped when dataReceived throws")
  void dataReceivedWhileSending() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      fill(protocol, 100_000);
      peer.send("x");
      assertSame(failure, protocol.lost.await());
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertSame(failure, takeReport().exception().get());
    });
  }

  @Test
  @DisplayName(
      "TR-8: an eofReceived that throws is reported and ends the connection with that error")
  void eofReceived() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public boolean eofReceived() {
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      peer.socket.shutdownOutput();
      assertFatal(protocol, peer, "eofReceived");
      assertSame(failure, protocol.lost.result());
    });
  }

  @Test
  @DisplayName("TR-8: an eofReceived of a protocol with its own buffer that throws does the same")
  void eofReceivedBuffered() {
    run(() -> {
      var protocol = new BufferedRecorder(loop, ByteBuffer.allocate(10)) {
        @Override
        public boolean eofReceived() {
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      peer.socket.shutdownOutput();
      assertFatal(protocol, peer, "eofReceived");
    });
  }

  @Test
  @DisplayName("TR-8: a getBuffer that throws is reported and ends the connection with that error")
  void getBuffer() {
    run(() -> {
      var protocol = new BufferedRecorder(loop, ByteBuffer.allocate(10)) {
        @Override
        public ByteBuffer getBuffer(int sizeHint) {
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      peer.send("x");
      assertFatal(protocol, peer, "getBuffer");
      assertSame(failure, protocol.lost.result());
    });
  }

  @Test
  @DisplayName(
      "TR-28: an empty, a missing and a read-only buffer end the connection, and do not spin")
  void uselessBuffer() {
    run(() -> {
      ByteBuffer[] useless = {
        ByteBuffer.allocate(0),
        null,
        ByteBuffer.allocate(10).asReadOnlyBuffer(),
        ByteBuffer.allocateDirect(10).asReadOnlyBuffer()
      };
      for (ByteBuffer buffer : useless) {
        var protocol = new BufferedRecorder(loop, buffer);
        Peer peer = connect(protocol);
        peer.send("x");
        assertFatal(protocol, peer, "getBuffer");
      }
    });
  }

  @Test
  @DisplayName(
      "TR-8: a bufferUpdated that throws is reported and ends the connection with that error")
  void bufferUpdated() {
    run(() -> {
      var protocol = new BufferedRecorder(loop, ByteBuffer.allocate(10)) {
        @Override
        public void bufferUpdated(int nbytes) {
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      peer.send("x");
      assertFatal(protocol, peer, "bufferUpdated");
      assertSame(failure, protocol.lost.result());
    });
  }

  @Test
  @DisplayName(
      "TR-22: a pauseWriting or resumeWriting that throws is reported, and the connection lives")
  void flowControl() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void pauseWriting() {
          super.pauseWriting();
          throw failure;
        }

        @Override
        public void resumeWriting() {
          super.resumeWriting();
          throw failure;
        }
      };
      Peer peer = connect(protocol);
      int written = fill(protocol, 100_000);
      ExceptionContext paused = takeReport();
      assertSame(failure, paused.exception().get());
      assertTrue(paused.message().contains("pauseWriting"), paused.message());
      assertEquals(written, peer.receive(written).length);
      protocol.awaitEvent("resume");
      ExceptionContext resumed = takeReport();
      assertSame(failure, resumed.exception().get());
      assertSame(protocol, resumed.protocol().get());
      assertFalse(protocol.transport.isClosing());
      protocol.transport.write(bytes("x"));
      assertEquals("x", peer.receiveText(1));
      protocol.transport.close();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-12: a connectionLost that throws is reported; the socket is closed and the server notified")
  void connectionLost() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void connectionLost(Throwable error) {
          super.connectionLost(error);
          throw failure;
        }
      };
      Server server = serve(() -> protocol);
      Peer peer = connect(server);
      protocol.awaitEvent("made");
      server.close();
      protocol.transport.close();
      server.waitClosed();
      assertEquals(-1, peer.receiveByte());
      assertSame(failure, takeReport().exception().get());
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "CONN-9: createConnection throws the exception of the protocol factory, and closes the connection")
  void clientFactory() {
    run(() -> {
      try (var listening = Peer.listen()) {
        var thrown = assertThrows(
            RuntimeException.class,
            () -> loop.createConnection(
                () -> {
                  throw failure;
                },
                LOCAL,
                listening.getLocalPort()));
        assertSame(failure, thrown);
        assertEquals(-1, Peer.accept(loop, listening).receiveByte());
      }
    });
  }

  @Test
  @DisplayName(
      "CONN-9: a factory that returns no protocol, or one of an unknown kind, is an error in the same way")
  void clientFactoryMakesNonsense() {
    run(() -> {
      try (var listening = Peer.listen()) {
        int port = listening.getLocalPort();
        assertThrows(
            NullPointerException.class, () -> loop.createConnection(() -> null, LOCAL, port));
        assertEquals(-1, Peer.accept(loop, listening).receiveByte());
        var neither = new Recording(loop) {};
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.createConnection(() -> neither, LOCAL, port));
        assertEquals(-1, Peer.accept(loop, listening).receiveByte());
      }
    });
  }

  @Test
  @DisplayName(
      "SRV-11: a factory that throws is reported and its connection closed; the next one is served")
  void serverFactory() {
    run(() -> {
      var second = new Recorder(loop);
      var answers = List.of(failure, second).iterator();
      Server server = serve(() -> {
        Object next = answers.next();
        if (next instanceof RuntimeException error) {
          throw error;
        }
        return (Recorder) next;
      });
      assertEquals(-1, connect(server).receiveByte());
      ExceptionContext report = takeReport();
      assertSame(failure, report.exception().get());
      assertTrue(report.protocol().isEmpty());
      connect(server).send("x");
      second.awaitBytes(1);
      server.close();
      second.transport.abort();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName("SRV-11: a request to end the program that a factory throws leaves the loop")
  void fatalInServerFactory() {
    assertThrows(
        KeyboardInterrupt.class,
        () -> run(() -> {
          try (Server server = serve(() -> {
            throw new KeyboardInterrupt();
          })) {
            connect(server);
            loop.createFuture().await();
          }
        }));
    takeReports(); // of the task that waits without end
  }
}
