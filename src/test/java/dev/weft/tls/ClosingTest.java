package dev.weft.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Task;
import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

class ClosingTest extends TlsTest {

  private static ByteBuffer joined(ByteBuffer one, ByteBuffer other) {
    return ByteBuffer.allocate(one.remaining() + other.remaining())
        .put(one)
        .put(other)
        .flip();
  }

  @Test
  @DisplayName("TLS-10: no half-close")
  void noHalfClose() {
    run(() -> {
      serverPeer();
      Transport transport = connected(CLIENT).layer.transport();
      assertFalse(transport.canWriteEof());
      assertThrows(UnsupportedOperationException.class, transport::writeEof);
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @DisplayName(
      "TLS-10, TLS-13: data, then eofReceived, whose true has no effect, then Weft's close_notify")
  void peerCloses(String version) {
    try (var log = LogCapture.start()) {
      run(() -> {
        EnginePeer peer = serverPeer(version);
        Side client = connected(CLIENT);
        client.app.keepOpen = true;
        client.app.onData = () -> client.write("answer");
        peer.transport.write(joined(peer.records(bytes("question")), peer.closeNotify()));
        settle();
        assertEquals(List.of("made", "data 8", "eof", "lost"), client.app.events);
        assertEquals("answer", peer.received.toString());
        assertTrue(peer.endReceived);
        assertTrue(peer.belowEnded);
        assertEquals(false, client.layer.transport().getExtraInfo(ExtraInfo.RAGGED_EOF));
      });
      assertTrue(log.events(Level.WARN).get(0).message().contains("no effect"));
    }
  }

  @Test
  @DisplayName(
      "TLS-11, TLS-16: close flushes, sends close_notify, waits for the peer's, then closes below")
  void close() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      clientEnd.stalled = true;
      client.layer.transport().write(new byte[200_000]);
      client.close();
      assertTrue(client.layer.transport().isClosing());
      settle();
      assertFalse(clientEnd.isClosing());
      clientEnd.flow();
      settle();
      assertEquals(200_000, peer.received.size());
      assertTrue(peer.endReceived);
      assertFalse(clientEnd.isClosing(), "before the peer's");
      peer.transport.write(peer.closeNotify());
      settle();
      assertTrue(clientEnd.isClosing());
      assertEquals(List.of("made", "lost"), client.app.events);
      assertNull(client.app.error);
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @DisplayName(
      "TLS-16: data that was written before the close is delivered even if the peer closes first")
  void peerClosesWhileWeWrite(String version) {
    run(() -> {
      EnginePeer peer = serverPeer(version);
      Side client = connected(CLIENT);
      clientEnd.stalled = true;
      client.layer.transport().write(new byte[100_000]);
      peer.transport.write(peer.closeNotify());
      settle();
      clientEnd.flow();
      settle();
      assertEquals(100_000, peer.received.size());
      assertTrue(peer.endReceived);
      assertEquals(List.of("made", "eof", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-12: a peer that does not answer a close_notify in time")
  void shutdownTimeout() {
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      long begin = loop.time();
      client.close();
      Task.sleep(Duration.ofSeconds(31));
      assertInstanceOf(SocketTimeoutException.class, client.app.error);
      assertTrue(client.app.error.getMessage().contains("PT30S"));
      assertEquals(List.of("made", "lost SocketTimeoutException"), client.app.events);
      assertTrue(begin < loop.time());
    });
  }

  @Test
  @DisplayName("TLS-12: an orderly end leaves no timer")
  void noTimerLeft() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = connected(CLIENT);
      client.close();
      settle();
      Task.sleep(Duration.ofMinutes(5));
      assertEquals(List.of("made", "lost"), client.app.events);
      assertEquals(List.of("made", "eof", "lost"), server.app.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-14: an end without close_notify is an end of data, and a program can tell the difference")
  void raggedEnd() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      peer.send(bytes("all"));
      serverEnd.sendEnd();
      settle();
      assertEquals(List.of("made", "data 3", "eof", "lost"), client.app.events);
      assertEquals(true, client.layer.transport().getExtraInfo(ExtraInfo.RAGGED_EOF));
    });
  }

  @Test
  @DisplayName("TLS-14: a record that is cut off is an end of data too; its part is not delivered")
  void truncatedRecord() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      ByteBuffer records = peer.records(bytes("whole"), bytes("cut off"));
      records.limit(records.limit() - 1);
      peer.transport.write(records);
      serverEnd.sendEnd();
      settle();
      assertEquals(List.of("made", "data 5", "eof", "lost"), client.app.events);
      assertEquals(true, client.layer.transport().getExtraInfo(ExtraInfo.RAGGED_EOF));
    });
  }

  @Test
  @DisplayName("TLS-14: data that was written before a ragged end is still sent")
  void writesBeforeRaggedEnd() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      clientEnd.stalled = true;
      client.layer.transport().write(new byte[50_000]);
      serverEnd.sendEnd();
      settle();
      clientEnd.flow();
      settle();
      assertEquals(50_000, peer.received.size());
      assertEquals(List.of("made", "eof", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-15: nothing is delivered after close")
  void nothingAfterClose() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.app.onData = client::close;
      peer.send(bytes("first"));
      settle();
      peer.send(bytes("second"));
      peer.transport.write(peer.closeNotify());
      settle();
      assertEquals(List.of("made", "data 5", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-17: connectionLost comes a turn after that of the transport below")
  void lostOneTurnLater() {
    var order = new Order();
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      client.app.onLost = () -> order.finish(3);
      client.layer.transport().abort();
      loop.callSoon(() -> order.expect(1));
      // in the first turn run the end of the transport below and the callback above
      Loops.turns(1);
      order.expect(2);
      assertEquals(List.of("made"), client.app.events);
      Loops.turns(1);
      assertEquals(List.of("made", "lost"), client.app.events);
    });
    order.checkFinished();
  }

  @Test
  @DisplayName("TLS-20: abort drops everything and sends no close_notify")
  void abort() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      clientEnd.stalled = true;
      client.write("dropped");
      client.layer.transport().abort();
      client.layer.transport().abort();
      settle();
      assertEquals(0, peer.received.size());
      assertFalse(peer.endReceived);
      assertEquals(List.of("made", "lost"), client.app.events);
      assertNull(client.app.error);
    });
  }

  @Test
  @DisplayName("TLS-20: a peer can tell an abort from a close")
  void abortIsNoClose() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.layer.transport().abort();
      settle();
      assertTrue(peer.belowEnded);
      assertFalse(peer.endReceived);
    });
  }

  @Test
  @DisplayName("TLS-20: abort while a close waits")
  void abortAfterClose() {
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      client.close();
      settle();
      client.layer.transport().abort();
      settle();
      assertEquals(List.of("made", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-21: writes after close are dropped; at the fifth there is one warning")
  void writesAfterClose() {
    try (var log = LogCapture.start()) {
      run(() -> {
        EnginePeer peer = serverPeer();
        Side client = connected(CLIENT);
        client.close();
        ByteBuffer data = ByteBuffer.wrap(bytes("late"));
        client.layer.transport().write(data);
        assertEquals(0, data.remaining());
        for (int i = 0; i < 3; i++) {
          client.write("late");
        }
        assertEquals(List.of(), log.events(Level.WARN));
        client.write("late");
        client.write("late");
        assertEquals(1, log.events(Level.WARN).size());
        assertTrue(log.events(Level.WARN).get(0).message().contains("SSL connection is closed"));
        settle();
        assertEquals(0, peer.received.size());
      });
    }
  }

  @Test
  @DisplayName("TLS-17: a connection that breaks is lost with that error, once")
  void reset() {
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      var error = new IOException("reset");
      clientEnd.reset(error);
      client.close();
      settle();
      assertEquals(error, client.app.error);
      assertEquals(List.of("made", "lost IOException"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-17: a connection that breaks while a close waits")
  void resetDuringShutdown() {
    run(() -> {
      serverPeer();
      Side client = connected(CLIENT);
      client.close();
      settle();
      clientEnd.reset(new IOException("reset"));
      settle();
      assertEquals(List.of("made", "lost IOException"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-13: an invalid record ends the connection, after the data before it")
  void wrongRecord() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      ByteBuffer records = peer.records(bytes("good"), bytes("bad"));
      int last = records.limit() - 1;
      records.put(last, (byte) (records.get(last) ^ 1));
      peer.transport.write(records);
      settle();
      assertEquals("good", client.app.text());
      assertInstanceOf(SSLException.class, client.app.error);
      assertEquals("made", client.app.events.get(0));
      assertEquals(3, client.app.events.size());
      assertTrue(peer.failure.getMessage().contains("alert"), "told by an alert");
    });
  }

  @Test
  @DisplayName("TLS-15: an invalid record while a close waits")
  void wrongRecordDuringShutdown() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.close();
      ByteBuffer records = peer.records(bytes("bad"));
      records.put(records.limit() - 1, (byte) (records.get(records.limit() - 1) ^ 1));
      peer.transport.write(records);
      settle();
      assertInstanceOf(SSLException.class, client.app.error);
    });
  }

  @Test
  @DisplayName("TLS-13: methods of the application that throw are reported and end the connection")
  void applicationFails() {
    var failure = new IllegalStateException("mine");
    for (String method : List.of("data", "eof")) {
      var test = new ClosingTest();
      test.recordErrors();
      test.run(() -> {
        EnginePeer peer = test.serverPeer();
        Side client = test.connected(CLIENT);
        Runnable fail = () -> {
          throw failure;
        };
        client.app.onData = method.equals("data") ? fail : () -> {};
        client.app.onEnd = fail;
        peer.transport.write(joined(peer.records(bytes("x")), peer.closeNotify()));
        settle();
        assertEquals(failure, test.takeReport().exception().get());
        assertEquals(failure, client.app.error);
        assertEquals(
            1, client.app.events.stream().filter(e -> e.startsWith("lost")).count());
      });
      test.nothingElseReported();
    }
  }

  @Test
  @DisplayName("TLS-13: close in eofReceived, and abort in dataReceived")
  void endsFromInside() {
    run(() -> {
      EnginePeer peer = serverPeer();
      Side client = connected(CLIENT);
      client.app.onData = client.layer.transport()::abort;
      peer.transport.write(joined(peer.records(bytes("x")), peer.closeNotify()));
      settle();
      assertEquals(List.of("made", "data 1", "lost"), client.app.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-15, STR-15: a transport whose connection below breaks is closing at once, so a task that writes and drains gives way")
  void brokenBelow() {
    run(() -> {
      server(SERVER, new App());
      Side client = connected(CLIENT);
      assertFalse(client.layer.transport().isClosing());
      clientEnd.reset(new IOException("broken"));
      assertTrue(client.layer.transport().isClosing());
      assertEquals(List.of("made"), client.app.events);
      settle();
      assertEquals(List.of("made", "lost IOException"), client.app.events);
    });
  }
}
