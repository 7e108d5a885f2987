package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.testkit.Fuzzing;
import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Order;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** Datagrams for which the system has no room yet, and the end of an endpoint. */
class DatagramQueueTest extends UdpTest {

  /** A system that reports a lack of room on request, which loopback never does by itself. */
  private static final class Door implements ChannelDatagrams.Send {
    boolean shut = true;
    int tries;
    IOException fails; // the next one only

    @Override
    public int by(DatagramChannel channel, ByteBuffer data, SocketAddress addr) throws IOException {
      tries++;
      if (shut) {
        return 0;
      }
      if (fails != null) {
        IOException failure = fails;
        fails = null;
        throw failure;
      }
      return channel.send(data, addr);
    }
  }

  private final Door door = new Door();
  private final DatagramRecorder protocol = new DatagramRecorder(loop);

  @Test
  @DisplayName(
      "DG-5: a datagram is sent at once, or queued as a copy and sent in order when there is room")
  void queued() {
    run(() -> {
      endpoint(protocol, door);
      byte[] data = bytes("one");
      var buffer = ByteBuffer.wrap(data);
      protocol.transport.sendto(buffer);
      assertEquals(1, door.tries);
      assertFalse(buffer.hasRemaining());
      data[0] = 'x';
      protocol.send("two");
      protocol.send("three");
      assertEquals(1, door.tries); // nothing overtakes
      door.shut = false;
      protocol.send("four");
      assertEquals("one", peerReceivesText(loop));
      assertEquals("two", peerReceivesText(loop));
      assertEquals("three", peerReceivesText(loop));
      assertEquals("four", peerReceivesText(loop));
      assertEquals(0, protocol.transport.getWriteBufferSize());
      int tries = door.tries;
      turn();
      assertEquals(tries, door.tries);
    });
  }

  @Test
  @DisplayName(
      "DG-3, DG-5: whatever is sent, refused or thrown, each datagram goes once, whole and in order")
  void anything() {
    Fuzzing.random(DatagramFuzz::fuzzerTestOneInput, 1, 100);
  }

  @Test
  @DisplayName(
      "if memory is exhausted in a send, only that endpoint fails, at once and from the queue")
  void memoryEnds() {
    run(() -> {
      var error = new OutOfMemoryError("on purpose");
      for (boolean queued : new boolean[] {false, true}) {
        var failing = new DatagramRecorder(loop);
        var tries = new int[1];
        endpoint(failing, (channel, data, addr) -> {
          if (queued && tries[0]++ == 0) {
            return 0;
          }
          throw error;
        });
        failing.send("one");
        failing.send("two");
        assertSame(error, failing.lost.await());
        assertEquals(List.of("made", "lost OutOfMemoryError"), failing.events);
        assertEquals(0, failing.transport.getWriteBufferSize());
        var report = takeReport();
        assertSame(error, report.exception().orElseThrow());
        assertEquals("Fatal write error on datagram transport", report.message());
      }
    });
  }

  @Test
  @DisplayName("DG-5: a datagram counts as its bytes and 8; the marks pause and resume")
  void flowControl() {
    run(() -> {
      endpoint(protocol, door);
      protocol.transport.setWriteBufferLimits(new WriteBufferLimits(10, 36));
      protocol.send("0123456789");
      assertEquals(18, protocol.transport.getWriteBufferSize());
      protocol.send("0123456789");
      assertEquals(36, protocol.transport.getWriteBufferSize());
      assertEquals(List.of("made"), protocol.events);
      protocol.transport.sendto(ByteBuffer.allocate(0), peerAddress());
      assertEquals(44, protocol.transport.getWriteBufferSize());
      assertEquals(List.of("made", "pause"), protocol.events);
      door.shut = false;
      protocol.awaitEvents(3);
      assertEquals(List.of("made", "pause", "resume"), protocol.events);
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertEquals(new WriteBufferLimits(10, 36), protocol.transport.getWriteBufferLimits());
    });
  }

  @Test
  @DisplayName("DG-5: new marks pause at once; a pauseWriting that fails is only reported")
  void pauseFails() {
    run(() -> {
      var failure = new IllegalCallerException();
      var failing = new DatagramRecorder(loop) {
        @Override
        public void pauseWriting() {
          super.pauseWriting();
          throw failure;
        }
      };
      endpoint(failing, door);
      failing.send("one");
      failing.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(8));
      assertEquals(List.of("made", "pause"), failing.events);
      door.shut = false;
      assertEquals("one", peerReceivesText(loop));
      assertSame(failure, takeReport().exception().orElseThrow());
    });
  }

  @Test
  @DisplayName(
      "DG-3: the failure of a queued datagram is delivered; the others are sent in the next turn")
  void queuedFails() {
    run(() -> {
      var order = new Order();
      var failing = new DatagramRecorder(loop) {
        @Override
        public void errorReceived(IOException error) {
          super.errorReceived(error);
          assertEquals(11, transport.getWriteBufferSize());
          order.expect(1);
          loop.callSoon(() -> {
            order.expect(2);
            assertEquals(11, transport.getWriteBufferSize());
          });
        }
      };
      endpoint(failing, door);
      failing.send("one");
      failing.send("two");
      door.fails = new SocketException("not this one");
      door.shut = false;
      assertEquals("two", peerReceivesText(loop));
      order.finish(3);
      assertEquals(List.of("made", "error"), failing.events);
    });
  }

  @Test
  @DisplayName(
      "DG-7: close sends the queue, then calls connectionLost(null), and receives nothing more")
  void closeFlushes() {
    run(() -> {
      endpoint(protocol, door);
      protocol.send("one");
      protocol.send("two");
      protocol.transport.close();
      assertTrue(protocol.transport.isClosing());
      protocol.transport.close();
      protocol.send("three");
      peerSends("late", protocol);
      turn();
      turn();
      assertEquals(List.of("made"), protocol.events);
      door.shut = false;
      protocol.lost.await();
      assertEquals(
          List.of("one", "two", "three"),
          List.of(peerReceivesText(), peerReceivesText(), peerReceivesText()));
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("DG-7: close ends in the next turn if the last queued datagram fails")
  void closeAfterFailure() {
    run(() -> {
      endpoint(protocol, door);
      protocol.send("one");
      protocol.transport.close();
      door.fails = new SocketException("not this one");
      door.shut = false;
      protocol.lost.await();
      assertEquals(List.of("made", "error", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("DG-7: abort drops the queue, and connectionLost comes in the next turn")
  void abortDrops() {
    run(() -> {
      endpoint(protocol, door);
      protocol.send("one");
      protocol.transport.abort();
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertEquals(List.of("made"), protocol.events);
      door.shut = false;
      protocol.transport.abort();
      protocol.lost.await();
      turn();
      assertEquals(List.of("made", "lost"), protocol.events);
      peerSends(bytes("marker"), new java.net.InetSocketAddress(LOCAL, peer.getLocalPort()));
      assertEquals("marker", peerReceivesText());
    });
  }

  @Test
  @DisplayName(
      "DG-7: abort while a close waits for room drops the queue, and connectionLost comes once")
  void abortWhileClosing() {
    run(() -> {
      endpoint(protocol, door);
      protocol.send("one");
      protocol.transport.close();
      protocol.transport.abort();
      door.shut = false;
      protocol.lost.await();
      turn();
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "DG-10: nothing is delivered after close, even if it has arrived and was polled before")
  void closed() {
    run(() -> {
      var closing = new DatagramRecorder(loop) {
        @Override
        public void datagramReceived(ByteBuffer data, SocketAddress addr) {
          super.datagramReceived(data, addr);
          transport.close();
        }
      };
      endpoint(closing, HERE);
      peerSends("one", closing);
      peerSends("two", closing);
      closing.lost.await();
      turn();
      assertEquals(List.of("made", "one", "lost"), closing.events);

      DatagramRecorder late = endpoint(HERE);
      peerSends("x", late);
      loop.callSoon(late.transport::close); // runs after the poll, before the reader
      late.lost.await();
      turn();
      assertEquals(List.of("made", "lost"), late.events);
    });
  }

  @Test
  @DisplayName("DG-10: an endpoint closed in connectionMade receives nothing")
  void closedWhenMade() {
    run(() -> {
      var closing = new DatagramRecorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          base.close();
        }
      };
      var channel = DatagramChannel.open().bind(new java.net.InetSocketAddress(LOCAL, 0));
      peerSends(bytes("x"), channel.getLocalAddress());
      endpoint(closing, channel);
      closing.lost.await();
      turn();
      assertEquals(List.of("made", "lost"), closing.events);
      assertFalse(channel.isOpen());
    });
  }

  @Test
  @DisplayName("DG-7: the port is free in the callback after connectionLost, without a poll")
  void portIsFree() {
    run(() -> {
      DatagramRecorder first = endpoint(HERE);
      Future<Void> bound = loop.createFuture();
      first.transport.close();
      loop.callSoon(() -> {
        assertEquals(List.of("made", "lost"), first.events);
        try {
          new DatagramSocket(first.address()).close();
          bound.setResult(null);
        } catch (IOException e) {
          bound.setException(e);
        }
      });
      bound.await();
    });
  }

  @Test
  @DisplayName("Datagrams for a lost endpoint are dropped, with one warning at the fifth")
  void sendAfterLoss() {
    run(() -> {
      DatagramRecorder lost = endpoint(HERE.withRemoteAddr(peerAddress()));
      lost.transport.close();
      try (var log = LogCapture.start()) {
        var perSend = new ArrayList<Integer>();
        for (int i = 0; i < 7; i++) {
          lost.send("x");
          perSend.add(log.events(Level.WARN).size());
        }
        assertEquals(List.of(0, 0, 0, 0, 1, 1, 1), perSend);
      }
      lost.lost.await();
      lost.send("y");
      assertEquals(List.of("made", "lost"), lost.events);
    });
  }

  @Test
  @DisplayName("TR-33: an endpoint that is open when its loop closes is closed, with a warning")
  void loopClosed() throws Exception {
    EventLoop closing = EventLoop.newEventLoop();
    try (var log = LogCapture.start()) {
      var open = new DatagramRecorder(closing);
      closing.runUntilComplete(() -> closing.createDatagramEndpoint(() -> open, HERE));
      closing.close();
      new DatagramSocket(open.address()).close();
      assertEquals(List.of("made"), open.events);
      List<String> warnings =
          log.events(Level.WARN).stream().map(LogCapture.Event::message).toList();
      assertEquals(1, warnings.size(), warnings::toString);
      assertTrue(warnings.get(0).contains("DatagramTransport["), warnings::toString);
    }
  }

  /** Receives while the loop goes on. */
  private String peerReceivesText(EventLoop loop) {
    return loop.runInExecutor(() -> peerReceivesText()).await();
  }
}
