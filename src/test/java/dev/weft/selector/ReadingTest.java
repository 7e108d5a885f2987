package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.transport.BaseTransport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How data arrives, and how a protocol holds it back. */
class ReadingTest extends TcpTest {

  @Test
  @DisplayName(
      "TR-3: reading that is paused inside connectionMade stays paused until it is resumed")
  void pausedAtOnce() {
    run(() -> {
      Pair pair = pair();
      pair.peer().send("early");
      var protocol = new Recorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          transport.pauseReading();
        }
      };
      loop.createConnection(() -> protocol, pair.channel());
      assertFalse(protocol.transport.isReading());
      turn();
      turn();
      assertEquals(List.of("made"), protocol.events);
      protocol.transport.resumeReading();
      assertTrue(protocol.transport.isReading());
      protocol.awaitBytes(5);
      assertEquals("early", protocol.text());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-3, TR-26: after a pause and a resumption inside connectionMade, data comes after it, not inside")
  void pausedAndResumedAtOnce() {
    run(() -> {
      Pair pair = pair();
      pair.peer().send("early");
      var protocol = new Recorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          transport.pauseReading();
          transport.resumeReading();
          note("end of made");
        }
      };
      loop.createConnection(() -> protocol, pair.channel());
      protocol.awaitBytes(5);
      assertEquals(List.of("made", "end of made", "data"), protocol.events);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-4: one read of at most 256 KiB per turn and connection")
  void oneReadPerTurn() {
    run(() -> {
      var turns = new AtomicInteger();
      var seen = new ArrayList<Integer>();
      var sizes = new ArrayList<Integer>();
      Pair pair = pair();
      var protocol = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          seen.add(turns.get());
          sizes.add(data.remaining());
          super.dataReceived(data);
        }
      };
      loop.createConnection(() -> protocol, pair.channel());
      var counter = new Runnable() {
        @Override
        public void run() {
          turns.incrementAndGet();
          if (!protocol.lost.done()) {
            loop.callSoon(this);
          }
        }
      };
      counter.run();
      pair.peer().send(new byte[3_000_000]);
      protocol.awaitBytes(3_000_000);
      assertEquals(seen.stream().distinct().toList(), seen);
      assertTrue(sizes.stream().allMatch(size -> size > 0 && size <= 256 * 1024), sizes::toString);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-5: the data of dataReceived belongs to the protocol: if kept, it does not change")
  void ownData() {
    run(() -> {
      var kept = new ArrayList<ByteBuffer>();
      var protocol = new Recorder(loop) {
        @Override
        public void dataReceived(ByteBuffer data) {
          kept.add(data.duplicate());
          super.dataReceived(data);
        }
      };
      Peer peer = connect(protocol);
      peer.send("first");
      protocol.awaitBytes(5);
      peer.send("other");
      protocol.awaitBytes(10);
      assertEquals(ByteBuffer.wrap(bytes("first")), kept.get(0));
      assertEquals(ByteBuffer.wrap(bytes("other")), kept.get(1));
      assertNotSame(kept.get(0).array(), kept.get(1).array());
      assertFalse(kept.get(0).isReadOnly());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  /** Two connections become readable in one poll; the first that is read does something to the other. */
  private abstract class Rival extends Recorder {
    Rival other;

    Rival() {
      super(ReadingTest.this.loop);
    }

    abstract void act();

    @Override
    public void dataReceived(ByteBuffer data) {
      super.dataReceived(data);
      other.act();
    }
  }

  private static void makeRivals(Rival one, Rival two) {
    one.other = two;
    two.other = one;
  }

  @Test
  @DisplayName(
      "TR-13: a connection closed in the turn in which it became readable delivers nothing more")
  void closedWhileReady() {
    run(() -> {
      class Closing extends Rival {
        @Override
        void act() {
          transport.close();
        }
      }
      var one = new Closing();
      var two = new Closing();
      makeRivals(one, two);
      Peer first = connect(one);
      Peer second = connect(two);
      first.send("x");
      second.send("x");
      while (!one.lost.done() && !two.lost.done()) {
        turn();
      }
      assertEquals(1, one.received.size() + two.received.size());
      one.transport.abort();
      two.transport.abort();
      turn();
    });
  }

  @Test
  @DisplayName("TR-26: a connection paused in the turn in which it became readable keeps its data")
  void pausedWhileReady() {
    run(() -> {
      class Pausing extends Rival {
        @Override
        void act() {
          transport.pauseReading();
        }
      }
      var one = new Pausing();
      var two = new Pausing();
      makeRivals(one, two);
      Peer first = connect(one);
      Peer second = connect(two);
      first.send("x");
      second.send("x");
      while (one.transport.isReading() && two.transport.isReading()) {
        turn();
      }
      turn();
      assertEquals(1, one.received.size() + two.received.size());
      one.transport.resumeReading();
      two.transport.resumeReading();
      one.awaitBytes(1);
      two.awaitBytes(1);
      one.transport.abort();
      two.transport.abort();
      turn();
    });
  }

  @Test
  @DisplayName(
      "TR-26: pausing and resuming twice has the effect of once, and nothing is lost in between")
  void idempotent() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.resumeReading();
      protocol.transport.pauseReading();
      protocol.transport.pauseReading();
      peer.send("held");
      peer.socket.shutdownOutput();
      turn();
      turn();
      assertEquals(List.of("made"), protocol.events);
      protocol.transport.resumeReading();
      protocol.transport.resumeReading();
      protocol.lost.await();
      assertEquals(List.of("made", "data", "eof", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("TR-26: a closing transport does not read, whichever method is called")
  void closing() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      fill(protocol, 100_000);
      protocol.transport.close();
      assertTrue(protocol.transport.isClosing());
      assertFalse(protocol.transport.isReading());
      peer.send("x");
      protocol.transport.pauseReading();
      protocol.transport.resumeReading();
      assertFalse(protocol.transport.isReading());
      turn();
      turn();
      assertEquals(0, protocol.received.size());
      protocol.transport.abort();
      protocol.lost.await();
      protocol.transport.resumeReading();
      protocol.transport.pauseReading();
      assertFalse(protocol.transport.isReading());
    });
  }

  @Test
  @DisplayName(
      "TR-26: resuming after a pause in which the peer reset the connection shows the reset")
  void resetWhilePaused() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.pauseReading();
      peer.reset();
      turn();
      turn();
      assertFalse(protocol.lost.done());
      protocol.transport.resumeReading();
      assertTrue(protocol.lost.await() instanceof java.io.IOException);
    });
  }

  @Test
  @DisplayName("TR-27: a new protocol gets the next data and the loss, but no connectionMade")
  void setProtocol() {
    run(() -> {
      var first = new Recorder(loop);
      var second = new Recorder(loop);
      Peer peer = connect(first);
      peer.send("one");
      first.awaitBytes(3);
      first.transport.setProtocol(second);
      assertEquals(second, first.transport.getProtocol());
      peer.send("two");
      peer.socket.shutdownOutput();
      second.lost.await();
      assertEquals(List.of("made", "data"), first.events);
      assertEquals(List.of("data", "eof", "lost"), second.events);
    });
  }

  @Test
  @DisplayName("TR-27: a buffered and a plain protocol can replace each other during a connection")
  void setProtocolOfTheOtherKind() {
    run(() -> {
      var chunks = new Recorder(loop);
      var buffers = new BufferedRecorder(loop, ByteBuffer.allocate(10));
      Peer peer = connect(chunks);
      peer.send("one");
      chunks.awaitBytes(3);
      chunks.transport.setProtocol(buffers);
      peer.send("two");
      buffers.awaitBytes(3);
      chunks.transport.setProtocol(chunks);
      peer.send("three");
      chunks.awaitBytes(8);
      assertEquals("onethree", chunks.text());
      assertEquals(List.of("data 3"), buffers.events);
      chunks.transport.abort();
      chunks.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-27: a protocol that is replaced inside its getBuffer gets nothing more; the new one gets the data")
  void setProtocolInGetBuffer() {
    run(() -> {
      var chunks = new Recorder(loop);
      var buffers = new BufferedRecorder(loop, ByteBuffer.allocate(10)) {
        @Override
        public ByteBuffer getBuffer(int sizeHint) {
          transport.setProtocol(chunks);
          return super.getBuffer(sizeHint);
        }
      };
      Peer peer = connect(buffers);
      peer.send("x");
      chunks.awaitBytes(1);
      assertEquals(List.of("made"), buffers.events);
      buffers.transport.abort();
      chunks.lost.await();
    });
  }

  @Test
  @DisplayName("TR-13: a connection closed inside getBuffer delivers nothing more")
  void closeInGetBuffer() {
    run(() -> {
      var buffers = new BufferedRecorder(loop, ByteBuffer.allocate(10)) {
        @Override
        public ByteBuffer getBuffer(int sizeHint) {
          transport.close();
          return super.getBuffer(sizeHint);
        }
      };
      Peer peer = connect(buffers);
      peer.send("x");
      buffers.lost.await();
      assertEquals(List.of("made", "lost"), buffers.events);
    });
  }

  @ParameterizedTest(name = "direct {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("TR-28: a protocol's own buffer is filled between its position and limit only")
  void ownBuffer(boolean direct) {
    run(() -> {
      var buffer = direct ? ByteBuffer.allocateDirect(10) : ByteBuffer.allocate(10);
      var protocol = new BufferedRecorder(loop, buffer) {
        @Override
        public ByteBuffer getBuffer(int sizeHint) {
          assertEquals(-1, sizeHint);
          return buffer.position(3).limit(7);
        }

        @Override
        public void bufferUpdated(int nbytes) {
          assertEquals(3 + nbytes, buffer.position());
          super.bufferUpdated(nbytes);
        }
      };
      Peer peer = connect(protocol);
      peer.send("abcdef");
      peer.socket.shutdownOutput();
      protocol.lost.await();
      assertEquals(List.of("made", "data 4", "data 2", "eof", "lost"), protocol.events);
      assertEquals("abcdef", protocol.text());
      byte[] around = new byte[3];
      buffer.clear().get(7, around);
      assertArrayEquals(new byte[3], around);
    });
  }

  @ParameterizedTest(name = "direct {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "TR-28: a million bytes through a buffer larger than one read arrive as they were sent")
  void ownLargeBuffer(boolean direct) {
    run(() -> {
      int size = 300 * 1024;
      var protocol = new BufferedRecorder(
          loop, direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size));
      Peer peer = connect(protocol);
      byte[] sent = new byte[1_000_000];
      new Random(1).nextBytes(sent);
      peer.send(sent);
      protocol.awaitBytes(sent.length);
      assertArrayEquals(sent, protocol.received.toByteArray());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }
}
