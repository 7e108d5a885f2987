package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.io.FileTransfer;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.transport.SendfileNotAvailableException;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are sent through transports, natively and in blocks. */
class SendfileTest extends TcpTest {

  private static final int SIZE = 5 * 1024 * 1024 + 123;

  @TempDir
  private Path directory;

  private final byte[] content = new byte[SIZE];
  private FileChannel file;
  private final Recorder protocol = new Recorder(loop);

  @BeforeEach
  void makeFile() throws IOException {
    new Random(1).nextBytes(content);
    file = FileChannel.open(Files.write(directory.resolve("file"), content));
  }

  @AfterEach
  void closeFile() throws IOException {
    file.close();
  }

  private byte[] part(int from, int to) {
    return Arrays.copyOfRange(content, from, to);
  }

  private Future<byte[]> readAll(Peer peer) {
    return loop.runInExecutor(() -> peer.socket.getInputStream().readAllBytes());
  }

  private Transport transport(boolean plain) {
    return plain ? protocol.transport : new VeiledTransport(protocol.transport);
  }

  private static byte[] concat(byte[]... parts) {
    var all =
        ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  /** Stops sending, and waits for the end. */
  private void end() {
    protocol.transport.close();
    protocol.lost.await();
  }

  // ---- what both ways have in common

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-2, SF-4, SF-5: a file is sent between what is written before and after")
  void whole(boolean plain) {
    run(() -> {
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      byte[] before = new byte[1_000_000];
      protocol.transport.write(before);
      assertTrue(protocol.transport.getWriteBufferSize() > 0);
      assertEquals(SIZE, loop.sendfile(transport(plain), file));
      assertEquals(SIZE, file.position());
      protocol.transport.write(bytes("after"));
      end();
      assertArrayEquals(concat(before, content, bytes("after")), all.await());
      assertNull(protocol.lost.result());
    });
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-1, SF-5: a part of a file; the position is after what was sent, or unchanged")
  void part(boolean plain) {
    run(() -> {
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      Transport transport = transport(plain);
      file.position(7);
      assertEquals(100_000, loop.sendfile(transport, file, 5, 100_000, true));
      assertEquals(100_005, file.position());
      assertEquals(10, loop.sendfile(transport, file, SIZE - 10, 100, true));
      assertEquals(SIZE, file.position());
      file.position(7);
      assertEquals(0, loop.sendfile(transport, file, SIZE, 100, true));
      assertEquals(0, loop.sendfile(transport, file, SIZE + 5, Long.MAX_VALUE, true));
      assertEquals(7, file.position());
      end();
      assertArrayEquals(concat(part(5, 100_005), part(SIZE - 10, SIZE)), all.await());
    });
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-7: an empty file sends no bytes")
  void empty(boolean plain) throws IOException {
    try (var nothing = FileChannel.open(Files.createFile(directory.resolve("empty")))) {
      run(() -> {
        connect(protocol);
        assertEquals(0, loop.sendfile(transport(plain), nothing));
        end();
      });
    }
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-1: bad input and a closing transport are errors")
  void badInput(boolean plain) throws IOException {
    var options = StandardOpenOption.WRITE;
    try (var unreadable = FileChannel.open(directory.resolve("file"), options)) {
      run(() -> {
        connect(protocol);
        Transport transport = transport(plain);
        assertThrows(
            IllegalArgumentException.class, () -> loop.sendfile(transport, file, -1, 1, true));
        assertThrows(
            IllegalArgumentException.class, () -> loop.sendfile(transport, file, 0, 0, true));
        assertThrows(NullPointerException.class, () -> loop.sendfile(transport, null));
        assertThrows(NullPointerException.class, () -> loop.sendfile(null, file));
        assertThrows(NonReadableChannelException.class, () -> loop.sendfile(transport, unreadable));
        assertSame(protocol, transport.getProtocol());
        assertTrue(transport.isReading());
        transport.close();
        assertThrows(IllegalStateException.class, () -> loop.sendfile(transport, file));
        protocol.lost.await();
      });
    }
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-2: nothing is read meanwhile; data that has arrived is read afterwards")
  void readingPaused(boolean plain) {
    run(() -> {
      Peer peer = connect(protocol);
      Transport transport = transport(plain);
      Task<Long> sending = Loops.started(() -> loop.sendfile(transport, file));
      peer.send("hello");
      Loops.turns(5);
      assertFalse(transport.isReading());
      assertEquals("", protocol.text());
      Future<byte[]> all = loop.runInExecutor(() -> peer.socket.getInputStream().readNBytes(SIZE));
      assertEquals((long) SIZE, sending.await());
      assertTrue(transport.isReading());
      protocol.awaitBytes(5);
      assertSame(protocol, transport.getProtocol());
      transport.pauseReading();
      loop.sendfile(transport, file, 0, 1, true);
      assertFalse(transport.isReading());
      assertArrayEquals(content, all.await());
      end();
    });
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-6: a peer that closes midway causes an IOException and the connection's end")
  void peerGone(boolean plain) {
    run(() -> {
      Peer peer = connect(protocol);
      Task<Long> sending = Loops.started(() -> loop.sendfile(transport(plain), file));
      assertArrayEquals(part(0, 100_000), peer.receive(100_000));
      peer.reset();
      assertThrows(IOException.class, sending::await);
      protocol.lost.await();
      assertTrue(file.position() >= 100_000 && file.position() < SIZE, () -> "at " + position());
      assertSame(protocol, protocol.transport.getProtocol());
    });
  }

  private long position() {
    try {
      return file.position();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SF-6: aborting the transport midway fails the sending")
  void aborted(boolean plain) {
    run(() -> {
      connect(protocol);
      Task<Long> sending = Loops.started(() -> loop.sendfile(transport(plain), file));
      while (file.position() == 0 && !plain && protocol.transport.getWriteBufferSize() == 0) {
        turn();
      }
      protocol.transport.abort();
      assertThrows(SocketException.class, sending::await);
      protocol.lost.await();
      assertEquals("lost", protocol.events.get(protocol.events.size() - 1));
    });
  }

  @ParameterizedTest(name = "plain socket {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "SF-5, SF-6: after a cancellation the transport is usable; the position shows how much was sent")
  void cancelled(boolean plain) {
    run(() -> {
      Peer peer = connect(protocol);
      Task<Long> sending = Loops.started(() -> loop.sendfile(transport(plain), file));
      assertArrayEquals(part(0, 100_000), peer.receive(100_000));
      sending.cancel();
      assertThrows(CancelledError.class, sending::await);
      int sent = (int) file.position();
      assertTrue(sent >= 100_000 && sent < SIZE);
      assertSame(protocol, protocol.transport.getProtocol());
      assertTrue(protocol.transport.isReading());
      Future<byte[]> rest = readAll(peer);
      protocol.transport.write(bytes("after"));
      end();
      assertArrayEquals(concat(part(100_000, sent), bytes("after")), rest.await());
    });
  }

  // ---- natively

  @Test
  @DisplayName("SF-2, TR-16: no write and no second file is accepted while a file is sent")
  void exclusive() {
    run(() -> {
      Peer peer = connect(protocol);
      Transport transport = protocol.transport;
      transport.write(new byte[1_000_000]); // the file waits for this
      Task<Long> sending = Loops.started(() -> loop.sendfile(transport, file));
      for (int i = 0; i < 2; i++) {
        assertThrows(IllegalStateException.class, () -> transport.write(new byte[1]));
        assertThrows(
            IllegalStateException.class,
            () -> transport.writelines(List.of(ByteBuffer.allocate(1))));
        assertThrows(IllegalStateException.class, transport::writeEof);
        assertThrows(IllegalStateException.class, () -> loop.sendfile(transport, file));
        peer.receive(1_100_000); // now the file is on its way
      }
      peer.receive(SIZE - 1_200_000);
      assertEquals((long) SIZE, sending.await());
      transport.write(new byte[1]);
      transport.writeEof();
      assertThrows(IllegalStateException.class, () -> loop.sendfile(transport, file));
      end();
    });
  }

  @Test
  @DisplayName(
      "SF-2: cancelled while the queue drains, nothing of the file is sent, and the queue continues")
  void cancelledInTheQueue() {
    run(() -> {
      Peer peer = connect(protocol);
      Future<byte[]> all;
      protocol.transport.write(new byte[1_000_000]);
      Task<Long> sending = Loops.started(() -> loop.sendfile(protocol.transport, file));
      file.position(7);
      sending.cancel();
      assertThrows(CancelledError.class, sending::await);
      assertEquals(7, file.position());
      protocol.transport.write(bytes("after"));
      all = readAll(peer);
      end();
      assertArrayEquals(concat(new byte[1_000_000], bytes("after")), all.await());
      assertEquals(List.of("made", "pause", "resume", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName("SF-6: closing the transport fails the sending, whether or not the file has begun")
  void closed() {
    run(() -> {
      connect(protocol);
      Task<Long> sending = Loops.started(() -> loop.sendfile(protocol.transport, file));
      protocol.transport.close();
      assertThrows(SocketException.class, sending::await);
      protocol.lost.await();
      var queued = new Recorder(loop);
      Peer peer = connect(queued);
      queued.transport.write(new byte[1_000_000]);
      Task<Long> waiting = Loops.started(() -> loop.sendfile(queued.transport, file));
      queued.transport.close();
      assertEquals(1_000_000, peer.receiveAll().length);
      assertThrows(SocketException.class, waiting::await);
      assertNull(queued.lost.await());
    });
  }

  @Test
  @DisplayName("SF-2: each turn sends one chunk, so a fast peer does not hold the loop")
  void chunks() throws IOException {
    var taken = new int[1];
    var greedy = new WritableByteChannel() {
      @Override
      public int write(ByteBuffer source) {
        int count = source.remaining();
        taken[0] += count;
        source.position(source.limit());
        return count;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
    var transfer = new FileTransfer(file, 0, Long.MAX_VALUE);
    int steps = 1;
    while (!transfer.step(greedy)) {
      assertEquals(steps * FileTransfer.CHUNK, taken[0]);
      steps++;
    }
    assertEquals(SIZE, taken[0]);
    assertEquals(SIZE / FileTransfer.CHUNK + 1, steps);
  }

  // ---- in blocks

  @Test
  @DisplayName("SF-3: a file that cannot be sent natively is sent in blocks, or is an error")
  void notAvailable() throws IOException {
    var fake = new FakeFile(file, 0);
    run(() -> {
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      var error = assertThrows(
          SendfileNotAvailableException.class,
          () -> loop.sendfile(protocol.transport, fake, 0, 100, false));
      assertEquals("cannot be sent from 0", error.getCause().getMessage());
      assertEquals(100_000, loop.sendfile(protocol.transport, fake, 3, 100_000, true));
      assertEquals(100_003, file.position());
      assertEquals(7, fake.reads);
      end();
      assertArrayEquals(part(3, 100_003), all.await());
    });
  }

  @Test
  @DisplayName("SF-3, SF-5: a failure after something was sent does not start again in blocks")
  void failsMidway() throws IOException {
    var fake = new FakeFile(file, 1000);
    run(() -> {
      Peer peer = connect(protocol);
      Future<byte[]> all = readAll(peer);
      var error = assertThrows(IOException.class, () -> loop.sendfile(protocol.transport, fake));
      assertEquals("cannot be sent from 1000", error.getMessage());
      assertEquals(1000, file.position());
      assertEquals(0, fake.reads);
      assertTrue(protocol.transport.isReading());
      end();
      assertArrayEquals(part(0, 1000), all.await());
    });
  }

  @Test
  @DisplayName("SF-3: without fallback a transport that is not a plain socket's is an error")
  void noFallback() {
    run(() -> {
      connect(protocol);
      assertThrows(
          IllegalStateException.class,
          () -> loop.sendfile(transport(false), file, 0, Long.MAX_VALUE, false));
      end();
    });
  }

  @Test
  @DisplayName("SF-4: blocks wait for room, and the protocol gets each pause and its end")
  void blocksWait() {
    run(() -> {
      Peer peer = connect(protocol);
      protocol.transport.setWriteBufferLimits(WriteBufferLimits.ofHigh(20_000));
      protocol.transport.write(new byte[1_000_000]);
      assertEquals(
          List.of("made", "pause"), protocol.events); // before the other protocol has taken over
      var fake = new FakeFile(file, SIZE);
      Task<Long> sending = Loops.started(() -> loop.sendfile(transport(false), fake));
      Loops.turns(10);
      assertTrue(fake.reads <= 1);
      Future<byte[]> all = readAll(peer);
      assertEquals((long) SIZE, sending.await());
      assertTrue(protocol.transport.getWriteBufferSize() <= 20_000 + FileTransfer.BLOCK);
      end();
      assertEquals(1_000_000 + SIZE, all.await().length);
      var told = protocol.events;
      for (int i = 1; i < told.size() - 1; i++) {
        assertEquals(i % 2 == 1 ? "pause" : "resume", told.get(i));
      }
      assertEquals("lost", told.get(told.size() - 1));
    });
  }
}
