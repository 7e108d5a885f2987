package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.WriteQueue;
import dev.weft.loop.Future;
import dev.weft.stream.FlowControl;
import dev.weft.stream.StreamWriter;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A write of more than 1 MiB lends its memory until the protocol may write again. */
class LentWriteTest extends TcpTest {

  private static final int SIZE = 8 * 1024 * 1024;

  /** More than the first system call takes. */
  private static final int BEHIND = SIZE - 10;

  private final byte[] data = new byte[SIZE];

  LentWriteTest() {
    new Random(1).nextBytes(data);
  }

  private Future<byte[]> readAll(Peer peer) {
    return loop.runInExecutor(() -> peer.socket.getInputStream().readAllBytes());
  }

  private void send(Recorder protocol, boolean lines) {
    if (lines) {
      var head = ByteBuffer.wrap(data, 0, 100);
      var rest = ByteBuffer.wrap(data, 100, SIZE - 100);
      protocol.transport.writelines(List.of(head, rest));
      assertFalse(head.hasRemaining() || rest.hasRemaining());
    } else {
      protocol.transport.write(data);
    }
  }

  @ParameterizedTest(name = "writelines {0}")
  @ValueSource(booleans = {false, true})
  @DisplayName("TR-15: a large write is not copied, so it does not stop the loop")
  void notCopied(boolean lines) {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      send(protocol, lines);
      data[BEHIND] ^= 1;
      Future<byte[]> all = readAll(peer);
      protocol.transport.close();
      assertArrayEquals(data, all.await());
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-15: the memory belongs to the writer again when the protocol may write again")
  void givenBack() {
    run(() -> {
      byte[] sent = data.clone();
      var protocol = new Recorder(loop) {
        @Override
        public void resumeWriting() {
          assertTrue(transport.getWriteBufferSize() > 0);
          Arrays.fill(data, (byte) 0);
          super.resumeWriting();
        }
      };
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(new WriteBufferLimits(SIZE / 4, SIZE / 2));
      send(protocol, false);
      protocol.transport.write(bytes("end"));
      Future<byte[]> all = readAll(peer);
      protocol.transport.close();
      protocol.lost.await();
      byte[] received = all.await();
      assertArrayEquals(sent, Arrays.copyOf(received, SIZE));
      assertEquals("end", new String(received, SIZE, 3));
      assertTrue(protocol.events.contains("resume"));
    });
  }

  @Test
  @DisplayName(
      "TR-15: the memory belongs to the writer at once if the protocol is not paused or the write is small")
  void notLent() {
    run(() -> {
      byte[] sent = data.clone();
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(new WriteBufferLimits(0, 2 * SIZE));
      send(protocol, false);
      Arrays.fill(data, (byte) 0);
      byte[] small = Arrays.copyOf(sent, WriteQueue.LARGEST_COPY);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.DEFAULT);
      protocol.transport.write(small);
      Arrays.fill(small, (byte) 0);
      Future<byte[]> all = readAll(peer);
      protocol.transport.close();
      byte[] received = all.await();
      assertArrayEquals(sent, Arrays.copyOf(received, SIZE));
      assertArrayEquals(
          Arrays.copyOf(sent, small.length), Arrays.copyOfRange(received, SIZE, received.length));
    });
  }

  @Test
  @DisplayName("STR-15: the memory belongs to the writer again when drain returns")
  void drained() {
    run(() -> {
      byte[] sent = data.clone();
      Pipe pipe = Pipe.open();
      var all = loop.runInExecutor(() -> Channels.newInputStream(pipe.source()).readAllBytes());
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), pipe.sink());
      var writer = new StreamWriter(writing.transport(), writing.protocol());
      writer.write(data);
      writer.drain();
      Arrays.fill(data, (byte) 0);
      writer.close();
      assertArrayEquals(sent, all.await());
    });
  }

  @Test
  @DisplayName("in debug mode a write fails if its memory changes before it is sent")
  void changed() {
    run(() -> {
      loop.setDebug(true);
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      send(protocol, false);
      data[BEHIND] ^= 1;
      readAll(peer);
      Throwable failure = protocol.lost.await();
      assertTrue(
          failure.getMessage().startsWith("the memory of a write changed"), failure::toString);
      assertSame(failure, takeReports().get(0).exception().orElseThrow());
    });
  }
}
