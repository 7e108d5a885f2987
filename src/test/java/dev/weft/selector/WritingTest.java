package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Future;
import dev.weft.stream.FlowControl;
import dev.weft.testkit.LogCapture;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.Level;

/** How data is sent. */
class WritingTest extends TcpTest {

  private static final int MIB = 1024 * 1024;

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private Future<byte[]> readAll(Peer peer) {
    return loop.runInExecutor(() -> peer.socket.getInputStream().readAllBytes());
  }

  @Test
  @DisplayName("TR-15: a small write is sent at once, not in a later turn")
  void atOnce() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.write(bytes("now"));
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertEquals(3, peer.socket.getInputStream().available());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  /** Reads all data as fast as it can, on its own thread. Returns the number of bytes. */
  private Future<Integer> readFast(Peer peer) {
    return loop.runInExecutor(() -> {
      byte[] buffer = new byte[MIB];
      int all = 0;
      for (int count; (count = peer.socket.getInputStream().read(buffer)) >= 0; ) {
        all += count;
      }
      return all;
    });
  }

  /** Checks in each turn how much is queued, until nothing is. Returns the most that one turn has sent. */
  private static int mostPerTurn(WriteTransport transport) {
    int most = 0;
    for (int before = transport.getWriteBufferSize(); before > 0; ) {
      turn();
      int after = transport.getWriteBufferSize();
      most = Math.max(most, before - after);
      before = after;
    }
    return most;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @DisplayName("a turn writes at most 1 MiB to a connection, however fast its peer reads")
  void boundedPerTurn(boolean lines) {
    run(() -> {
      ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName(LOCAL));
      var protocol = new Recorder(loop);
      loop.createConnection(() -> protocol, LOCAL, listening.getLocalPort());
      Peer peer = Peer.accept(loop, listening);
      listening.close();
      Future<Integer> read = readFast(peer);
      ByteBuffer data = ByteBuffer.allocate(64 * MIB);
      if (lines) {
        protocol.transport.writelines(List.of(data));
      } else {
        protocol.transport.write(data);
      }
      assertTrue(protocol.transport.getWriteBufferSize() >= 63 * MIB);
      int most = mostPerTurn(protocol.transport);
      assertTrue(most <= MIB, () -> most + " bytes in a turn");
      protocol.transport.close();
      assertEquals(64 * MIB, read.await());
      peer.close();
    });
  }

  @Test
  @DisplayName("writelines with a null fails before anything is queued, and the connection goes on")
  void nullInLines() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      ByteBuffer first = ByteBuffer.wrap(bytes("lost?"));
      assertThrows(
          NullPointerException.class,
          () -> protocol.transport.writelines(Arrays.asList(first, null)));
      assertThrows(NullPointerException.class, () -> protocol.transport.writelines(null));
      assertEquals(5, first.remaining());
      protocol.transport.write(bytes("next"));
      protocol.transport.close();
      assertArrayEquals(bytes("next"), peer.receiveAll());

      Pipe pipe = Pipe.open();
      var writing = loop.connectWritePipe(() -> new FlowControl(loop), pipe.sink());
      assertThrows(
          NullPointerException.class,
          () -> writing.transport().writelines(Arrays.asList(first, null)));
      assertEquals(5, first.remaining());
      writing.transport().write(bytes("next"));
      writing.transport().close();
      turn();
      ByteBuffer read = ByteBuffer.allocate(10);
      assertEquals(4, pipe.source().read(read));
      pipe.source().close();
    });
  }

  @Test
  @DisplayName("TR-15: writing nothing does nothing, also while something is queued")
  void nothing() {
    run(() -> {
      var protocol = new Recorder(loop);
      connect(protocol);
      protocol.transport.write(new byte[0]);
      protocol.transport.writelines(List.of());
      protocol.transport.writelines(List.of(ByteBuffer.allocate(0)));
      assertEquals(0, protocol.transport.getWriteBufferSize());
      fill(protocol, 0);
      int size = protocol.transport.getWriteBufferSize();
      protocol.transport.write(ByteBuffer.allocate(0));
      assertEquals(size, protocol.transport.getWriteBufferSize());
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @ParameterizedTest(name = "direct {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("TR-15: 64 MiB in one write arrive byte by byte through small socket buffers")
  void large(boolean direct) {
    run(() -> {
      byte[] sent = random(64 * MIB);
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      var data = direct ? ByteBuffer.allocateDirect(sent.length) : ByteBuffer.allocate(sent.length);
      data.put(sent).flip();
      protocol.transport.write(data);
      assertFalse(data.hasRemaining());
      assertTrue(protocol.transport.getWriteBufferSize() > 0);
      protocol.transport.close();
      assertArrayEquals(sent, all.await());
      protocol.lost.await();
      assertEquals(List.of("made", "pause", "resume", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("TR-15: thousands of writes of all sizes and kinds arrive in their order")
  void manyWrites() {
    run(() -> {
      var random = new Random(7);
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      var expected = new ByteArrayOutputStream();
      for (int i = 0; i < 3_000; i++) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(3_000) + 1)];
        random.nextBytes(bytes);
        expected.writeBytes(bytes);
        switch (random.nextInt(3)) {
          case 0 -> protocol.transport.write(bytes);
          case 1 ->
            protocol.transport.write(
                ByteBuffer.allocateDirect(bytes.length).put(bytes).flip().asReadOnlyBuffer());
          default -> {
            int cut = random.nextInt(bytes.length + 1);
            protocol.transport.writelines(List.of(
                ByteBuffer.wrap(bytes, 0, cut), ByteBuffer.wrap(bytes, cut, bytes.length - cut)));
          }
        }
        if (random.nextInt(50) == 0) {
          turn();
        }
      }
      protocol.transport.writeEof();
      assertArrayEquals(expected.toByteArray(), all.await());
      protocol.transport.close();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-19: a buffer may be changed after the write, even if its bytes wait to be sent")
  void copied() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int written = fill(protocol, 0);
      byte[] data = bytes("original");
      protocol.transport.write(data);
      Arrays.fill(data, (byte) '?');
      byte[] line = bytes("line");
      protocol.transport.writelines(List.of(ByteBuffer.wrap(line)));
      Arrays.fill(line, (byte) '?');
      peer.receive(written);
      assertEquals("originalline", peer.receiveText(12));
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-24: writelines accepts more buffers than one system call, in order")
  void writelines() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      byte[] sent = random(5_000 * 101);
      var lines = new ArrayList<ByteBuffer>();
      for (int i = 0; i < sent.length; i += 101) {
        lines.add(ByteBuffer.wrap(sent, i, 101));
      }
      protocol.transport.writelines(lines);
      assertTrue(lines.stream().noneMatch(ByteBuffer::hasRemaining));
      protocol.transport.close();
      assertArrayEquals(sent, all.await());
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-24: writelines pauses once, at its end, when all is queued")
  void writelinesPause() {
    run(() -> {
      var sizes = new ArrayList<Integer>();
      var protocol = new Recorder(loop) {
        @Override
        public void pauseWriting() {
          sizes.add(transport.getWriteBufferSize());
          super.pauseWriting();
        }
      };
      connect(protocol);
      fill(protocol, 0);
      int before = protocol.transport.getWriteBufferSize();
      assertEquals(List.of(), sizes);
      protocol.transport.writelines(
          List.of(ByteBuffer.allocate(70_000), ByteBuffer.allocate(70_000)));
      assertEquals(List.of(before + 140_000), sizes);
      protocol.transport.abort();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName("TR-24: what writelines sends at once leaves nothing queued, and causes no pause")
  void writelinesAtOnce() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.writelines(
          List.of(ByteBuffer.wrap(bytes("one")), ByteBuffer.wrap(bytes("two"))));
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertEquals("onetwo", peer.receiveText(6));
      protocol.transport.abort();
      protocol.lost.await();
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("TR-16: writing after writeEof is an error, at once and while flushing")
  void afterWriteEof() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      Transport transport = protocol.transport;
      assertTrue(transport.canWriteEof());
      int written = fill(protocol, 0);
      transport.writeEof();
      assertThrows(IllegalStateException.class, () -> transport.write(bytes("x")));
      assertThrows(IllegalStateException.class, () -> transport.write(new byte[0]));
      assertThrows(
          IllegalStateException.class,
          () -> transport.writelines(List.of(ByteBuffer.wrap(bytes("x")))));
      assertEquals(written, peer.receiveAll().length);
      assertThrows(IllegalStateException.class, () -> transport.write(bytes("x")));
      transport.close();
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-25: writeEof shuts down after the queue is flushed; reading goes on; it may be repeated")
  void writeEofFlushes() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int written = fill(protocol, 200_000);
      protocol.transport.writeEof();
      protocol.transport.writeEof();
      assertFalse(protocol.transport.isClosing());
      peer.send("meanwhile");
      protocol.awaitBytes(9);
      assertEquals(written, peer.receiveAll().length);
      peer.send(" and after");
      protocol.awaitBytes(19);
      protocol.transport.close();
      protocol.transport.writeEof();
      assertEquals(null, protocol.lost.await());
    });
  }

  @Test
  @DisplayName("TR-25: writeEof on a closing transport does not cut off the flush")
  void writeEofWhenClosing() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int written = fill(protocol, 200_000);
      protocol.transport.close();
      protocol.transport.writeEof();
      protocol.transport.write(bytes("more")); // so it was not taken for the end of writing
      assertEquals(written + 4, peer.receiveAll().length);
      protocol.lost.await();
    });
  }

  @Test
  @DisplayName(
      "TR-17: data that is written after close() and before the end of its flush is sent too")
  void writeWhileClosing() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int written = fill(protocol, 100_000);
      protocol.transport.close();
      protocol.transport.write(bytes("last words"));
      byte[] all = peer.receiveAll();
      assertEquals(written + 10, all.length);
      assertEquals("last words", new String(all, written, 10));
      assertEquals(null, protocol.lost.await());
    });
  }

  @Test
  @DisplayName(
      "TR-16: writes to a lost connection are dropped; the fifth logs a warning, only once")
  void afterLoss() {
    run(() -> {
      var protocol = new Recorder(loop);
      connect(protocol);
      Transport transport = protocol.transport;
      transport.close();
      try (var log = LogCapture.start()) {
        transport.write(bytes("1"));
        protocol.lost.await();
        transport.write(bytes("2"));
        var third = ByteBuffer.wrap(bytes("3"));
        transport.writelines(List.of(third, ByteBuffer.wrap(bytes("3"))));
        assertFalse(third.hasRemaining());
        transport.write(new byte[0]);
        var fourth = ByteBuffer.wrap(bytes("4"));
        transport.write(fourth);
        assertFalse(fourth.hasRemaining());
        assertEquals(0, log.events(Level.WARN).size());
        transport.write(bytes("5"));
        assertEquals(1, log.events(Level.WARN).size());
        for (int i = 0; i < 20; i++) {
          transport.write(bytes("more"));
        }
        assertEquals(1, log.events(Level.WARN).size());
      }
      assertEquals(0, transport.getWriteBufferSize());
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "TR-18, TR-9: a send that fails does not throw and is not reported; connectionLost gets the error")
  void sendFails() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.pauseReading(); // so the write notices it first
      peer.reset();
      var data = ByteBuffer.wrap(bytes("into the void"));
      protocol.transport.write(data);
      assertFalse(data.hasRemaining());
      assertTrue(protocol.transport.isClosing());
      assertFalse(protocol.lost.done());
      assertInstanceOf(IOException.class, protocol.lost.await());
    });
  }

  @Test
  @DisplayName("TR-18: writelines behaves in the same way")
  void sendOfLinesFails() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      protocol.transport.pauseReading();
      peer.reset();
      protocol.transport.writelines(List.of(ByteBuffer.wrap(bytes("into the void"))));
      assertEquals(0, protocol.transport.getWriteBufferSize());
      assertInstanceOf(IOException.class, protocol.lost.await());
    });
  }

  @Test
  @DisplayName(
      "TR-9, TR-11: a reset by the peer is the error of connectionLost, and appears only there")
  void reset() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      peer.send("some");
      protocol.awaitBytes(4);
      peer.reset();
      assertInstanceOf(IOException.class, protocol.lost.await());
      assertEquals(3, protocol.events.size(), protocol.events::toString);
    });
  }

  @Test
  @DisplayName(
      "TR-9, TR-14: a reset while writes are queued ends the connection once and drops them")
  void resetWhileQueued() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      fill(protocol, 100_000);
      peer.reset();
      assertInstanceOf(IOException.class, protocol.lost.await());
      assertEquals(0, protocol.transport.getWriteBufferSize());
      turn();
      turn();
      assertEquals(1, protocol.events.stream().filter(e -> e.startsWith("lost")).count());
    });
  }

  @Test
  @DisplayName("TR-13, TR-11: a reset while close() flushes is the error of connectionLost")
  void resetWhileClosing() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      fill(protocol, 100_000);
      protocol.transport.close();
      peer.reset();
      assertInstanceOf(IOException.class, protocol.lost.await());
      turn();
      assertEquals(1, protocol.events.stream().filter(e -> e.startsWith("lost")).count());
    });
  }

  @Test
  @DisplayName("TR-13: close() flushes everything to a slow peer before the connection is lost")
  void closeFlushes() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int written = fill(protocol, 300_000);
      protocol.transport.close();
      protocol.transport.close();
      turn();
      turn();
      assertFalse(protocol.lost.done());
      assertEquals(written, peer.receiveAll().length);
      assertEquals(null, protocol.lost.await());
      assertEquals(1, protocol.events.stream().filter(e -> e.startsWith("lost")).count());
    });
  }

  @Test
  @DisplayName("TR-14: abort() while close() flushes drops the rest; connectionLost gets no error")
  void abortWhileClosing() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      int written = fill(protocol, 300_000);
      protocol.transport.close();
      protocol.transport.abort();
      assertEquals(0, protocol.transport.getWriteBufferSize());
      turn();
      assertTrue(protocol.lost.done());
      assertEquals(null, protocol.lost.result());
      assertTrue(peer.receiveAll().length < written);
    });
  }

  @Test
  @DisplayName(
      "A transport that is used from another thread throws an error that says so, and sends nothing")
  void otherThread() {
    run(() -> {
      var protocol = new Recorder(loop);
      Peer peer = connect(protocol);
      Transport transport = protocol.transport;
      List<Runnable> calls = List.of(
          () -> transport.write(bytes("x")),
          transport::close,
          transport::abort,
          transport::writeEof);
      for (Runnable call : calls) {
        var refused =
            loop.runInExecutor(() -> assertThrows(IllegalStateException.class, call::run));
        assertTrue(refused.await().getMessage().contains("callSoonThreadsafe"));
      }
      assertFalse(transport.isClosing());
      transport.close();
      assertEquals(-1, peer.receiveByte());
      protocol.lost.await();
    });
  }
}
