package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.transport.WriteBufferLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When a protocol gets the request to stop writing, and to go on. */
class FlowControlTest extends TcpTest {

  @Test
  @DisplayName(
      "TR-20: writing is paused once, inside the write that goes strictly above the high mark")
  void pause() {
    run(() -> {
      var protocol = new Recorder(loop);
      connect(protocol);
      fill(protocol, 0);
      int size = protocol.transport.getWriteBufferSize();
      protocol.transport.setWriteBufferLimits(new WriteBufferLimits(0, size + 10));
      protocol.transport.write(new byte[10]);
      assertEquals(List.of("made"), protocol.events);
      protocol.transport.write(new byte[1]);
      assertEquals(List.of("made", "pause"), protocol.events);
      protocol.transport.write(new byte[100_000]);
      assertEquals(List.of("made", "pause"), protocol.events);
      protocol.transport.abort();
      protocol.lost.await();
      assertEquals(List.of("made", "pause", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "TR-20: writing is resumed once, at or below the low mark, and paused again if necessary")
  void resume() {
    run(() -> {
      var sizes = new ArrayList<Integer>();
      var protocol = new Recorder(loop) {
        @Override
        public void resumeWriting() {
          sizes.add(transport.getWriteBufferSize());
          super.resumeWriting();
        }
      };
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(new WriteBufferLimits(10_000, 100_000));
      peer.receive(fill(protocol, 100_000) - 5_000);
      protocol.awaitEvent("resume");
      assertTrue(sizes.get(0) <= 10_000, sizes::toString);
      fill(protocol, 100_000);
      assertEquals(List.of("made", "pause", "resume", "pause"), protocol.events);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-21: the defaults are 64 KiB and 16 KiB; setting marks pauses at once and does not resume")
  void setLimits() {
    run(() -> {
      var protocol = new Recorder(loop);
      connect(protocol);
      assertEquals(
          new WriteBufferLimits(16 * 1024, 64 * 1024), protocol.transport.getWriteBufferLimits());
      fill(protocol, 1);
      assertEquals(List.of("made"), protocol.events);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(0));
      assertEquals(List.of("made", "pause"), protocol.events);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(10_000_000));
      assertEquals(List.of("made", "pause"), protocol.events);
      assertThrows(NullPointerException.class, () -> protocol.transport.setWriteBufferLimits(null));
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-21: with a high mark of 0 any queued byte pauses, and an empty queue resumes")
  void zero() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(0));
      protocol.transport.write(new byte[1]);
      assertEquals(List.of("made"), protocol.events); // sent: nothing waits
      int written = fill(protocol, 0);
      assertEquals(List.of("made", "pause"), protocol.events);
      peer.receive(1 + written);
      protocol.awaitEvent("resume");
      assertEquals(0, protocol.transport.getWriteBufferSize());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-23: what resumeWriting writes is sent, whether or not it fits at once")
  void writesInResume() {
    run(() -> {
      var protocol = new Recorder(loop) {
        private int rounds;

        @Override
        public void resumeWriting() {
          super.resumeWriting();
          if (++rounds <= 3) {
            transport.write(new byte[200_000]);
          }
        }
      };
      Peer peer = connect(protocol);
      int written = fill(protocol, 100_000);
      assertEquals(written + 600_000, peer.receive(written + 600_000).length);
      protocol.transport.close();
      assertEquals(-1, peer.receiveByte());
      protocol.lost.await();
      assertEquals(
          List.of(
              "made", "pause", "resume", "pause", "resume", "pause", "resume", "pause", "resume",
              "lost"),
          protocol.events);
    });
  }

  @Test
  @DisplayName("TR-10, TR-23: resumeWriting may close when all is sent: connectionLost comes once")
  void closeInResume() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void resumeWriting() {
          super.resumeWriting();
          transport.close();
        }
      };
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(0));
      int written = fill(protocol, 0);
      assertEquals(written, peer.receiveAll().length);
      protocol.lost.await();
      turn();
      turn();
      assertEquals(List.of("made", "pause", "resume", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "TR-14, TR-23: resumeWriting may abort a connection that flushes: connectionLost comes once")
  void abortInResume() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void resumeWriting() {
          super.resumeWriting();
          assertFalse(lost.done());
          transport.abort();
        }
      };
      Peer peer = connect(protocol);
      fill(protocol, 100_000);
      protocol.transport.close();
      peer.receiveAll();
      protocol.lost.await();
      turn();
      turn();
      assertEquals(List.of("made", "pause", "resume", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "TR-23, TR-25: resumeWriting may end the writing half; the peer sees the end after all data")
  void writeEofInResume() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void resumeWriting() {
          super.resumeWriting();
          transport.writeEof();
        }
      };
      Peer peer = connect(protocol);
      int written = fill(protocol, 100_000);
      assertEquals(written, peer.receiveAll().length);
      assertFalse(protocol.transport.isClosing());
      protocol.transport.close();
      protocol.lost.await();
      assertEquals(List.of("made", "pause", "resume", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("TR-20: close inside pauseWriting still flushes what was written")
  void closeInPause() {
    run(() -> {
      var protocol = new Recorder(loop) {
        @Override
        public void pauseWriting() {
          super.pauseWriting();
          transport.close();
        }
      };
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(0));
      int written = fill(protocol, 0);
      assertTrue(protocol.transport.isClosing());
      assertEquals(written, peer.receiveAll().length);
      protocol.lost.await();
      assertEquals(List.of("made", "pause", "resume", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("TR-20: writing is resumed at the low mark, before everything is sent")
  void resumeAtLowMark() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(new WriteBufferLimits(400_000, 500_000));
      fill(protocol, 500_000);
      peer.receive(200_000);
      protocol.awaitEvent("resume");
      assertTrue(protocol.transport.getWriteBufferSize() > 100_000);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-15: the channel is watched for writing only while bytes wait to be sent")
  void watchesOutputWhileQueued() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      assertTrue(protocol.transport.toString().contains("write=<idle"));
      int written = fill(protocol, 0);
      assertTrue(protocol.transport.toString().contains("write=<polling"));
      peer.receive(written);
      while (protocol.transport.getWriteBufferSize() > 0) {
        turn();
      }
      assertTrue(protocol.transport.toString().contains("write=<idle")); // else the loop would spin
      fill(protocol, 0);
      protocol.transport.abort();
      assertTrue(protocol.transport.toString().contains("write=<idle"));
      protocol.lost.await();
    });
  }
}
