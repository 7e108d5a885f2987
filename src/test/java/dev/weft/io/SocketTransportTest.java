package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Loops;
import dev.weft.testkit.MemorySocket;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A stream transport behaves the same over each back end. */
@ParameterizedClass
@EnumSource(SocketTransportTest.BackEnd.class)
class SocketTransportTest {

  /** What two transports of a test are connected by. */
  enum BackEnd {
    CHANNEL {
      @Override
      Pair connect(EventLoop loop, Log one, Log other) throws IOException {
        try (var listening = ServerSocketChannel.open()) {
          listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          SocketChannel client = SocketChannel.open(listening.getLocalAddress());
          return new Pair(
              loop.createConnection(() -> one, client).transport(),
              loop.connectAcceptedSocket(() -> other, listening.accept()).transport());
        }
      }
    },
    MEMORY {
      @Override
      Pair connect(EventLoop loop, Log one, Log other) throws IOException {
        MemorySocket[] ends = MemorySocket.pair(loop, 16 * 1024);
        Future<Void> made = loop.createFuture();
        var pair = new Pair(
            new SocketTransport((BaseEventLoop) loop, ends[0], one, null, null),
            new SocketTransport((BaseEventLoop) loop, ends[1], other, null, made));
        made.await();
        return pair;
      }
    };

    abstract Pair connect(EventLoop loop, Log one, Log other) throws IOException;
  }

  record Pair(Transport one, Transport other) {}

  /** Notes the calls that it gets, and the bytes. Equal calls in a row are noted once. */
  private static class Log implements Protocol {
    final List<String> calls = new ArrayList<>();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Throwable error;
    boolean keepOpen;

    void note(String call) {
      if (calls.isEmpty() || !calls.get(calls.size() - 1).equals(call)) {
        calls.add(call);
      }
    }

    @Override
    public void connectionMade(BaseTransport transport) {
      note("made");
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      note("data");
      byte[] copy = new byte[data.remaining()];
      data.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public boolean eofReceived() {
      note("eof");
      return keepOpen;
    }

    @Override
    public void pauseWriting() {
      note("pause");
    }

    @Override
    public void resumeWriting() {
      note("resume");
    }

    @Override
    public void connectionLost(Throwable error) {
      note("lost");
      this.error = error;
    }

    boolean isLost() {
      return calls.contains("lost");
    }

    String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }

  /** Brings a buffer of its own. */
  private static final class Buffered extends Log implements BufferedProtocol {
    private final ByteBuffer buffer = ByteBuffer.allocate(1000);

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      return buffer.clear();
    }

    @Override
    public void bufferUpdated(int nbytes) {
      dataReceived(buffer.flip());
    }

    @Override
    public boolean eofReceived() {
      return super.eofReceived();
    }
  }

  private final BackEnd backEnd;
  private final EventLoop loop = EventLoop.newEventLoop();
  private final List<Throwable> reported = new ArrayList<>();
  private final Log one = new Log();
  private final Log other = new Log();

  SocketTransportTest(BackEnd backEnd) {
    this.backEnd = backEnd;
    loop.setExceptionHandler((source, report) -> reported.add(report.exception().orElseThrow()));
  }

  @AfterEach
  void close() {
    loop.close();
    assertEquals(List.of(), reported);
  }

  private void run(ThrowingRunnable<?> test) {
    loop.runUntilComplete(test);
  }

  private static void until(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Loops.turns(1);
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  @DisplayName("bytes arrive in order, then the end of data, then connectionLost without an error")
  void order() {
    run(() -> {
      Pair pair = backEnd.connect(loop, one, other);
      byte[] sent = random(10_000_000);
      pair.one.write(ByteBuffer.wrap(sent));
      assertTrue(pair.one.getWriteBufferSize() > 0);
      pair.one.close();
      assertTrue(pair.one.isClosing());
      assertEquals(List.of("made"), other.calls);
      until(() -> one.isLost() && other.isLost());
      assertArrayEquals(sent, other.bytes.toByteArray());
      assertEquals(List.of("made", "data", "eof", "lost"), other.calls);
      assertEquals(List.of("made", "pause", "resume", "lost"), one.calls);
      assertEquals(null, one.error);
      assertEquals(null, other.error);
    });
  }

  @Test
  @DisplayName("a BufferedProtocol gets all bytes in its own buffer")
  void buffered() {
    run(() -> {
      var receiver = new Buffered();
      Pair pair = backEnd.connect(loop, one, receiver);
      byte[] sent = random(100_000);
      pair.one.writelines(List.of(ByteBuffer.wrap(sent, 0, 10), ByteBuffer.wrap(sent, 10, 99_990)));
      pair.one.close();
      until(receiver::isLost);
      assertArrayEquals(sent, receiver.bytes.toByteArray());
      assertEquals(List.of("made", "data", "eof", "lost"), receiver.calls);
    });
  }

  @Test
  @DisplayName("a paused transport gets no data, and all of it after it resumes")
  void paused() {
    run(() -> {
      Pair pair = backEnd.connect(loop, one, other);
      pair.other.pauseReading();
      pair.one.write(bytes("kept"));
      Loops.turns(5);
      assertEquals(List.of("made"), other.calls);
      pair.other.resumeReading();
      until(() -> other.text().equals("kept"));
      pair.one.abort();
      until(other::isLost);
    });
  }

  @Test
  @DisplayName("a protocol is paused above the high mark, and resumed at the low mark")
  void flowControl() {
    run(() -> {
      Pair pair = backEnd.connect(loop, one, other);
      pair.one.setWriteBufferLimits(WriteBufferLimits.ofHigh(1000));
      pair.other.pauseReading();
      int sent = 0;
      while (!one.calls.contains("pause")) {
        pair.one.write(ByteBuffer.allocate(10_000));
        sent += 10_000;
        Loops.turns(1);
      }
      assertTrue(pair.one.getWriteBufferSize() > 1000);
      pair.other.resumeReading();
      until(() -> one.calls.contains("resume"));
      int all = sent;
      until(() -> other.bytes.size() == all);
      pair.one.close();
      until(() -> one.isLost() && other.isLost());
    });
  }

  @Test
  @DisplayName("writeEof ends one direction after the unsent bytes, and the other one goes on")
  void halfClosed() {
    run(() -> {
      other.keepOpen = true;
      Pair pair = backEnd.connect(loop, one, other);
      pair.one.write(ByteBuffer.allocate(10_000_000));
      pair.one.writeEof();
      assertThrows(IllegalStateException.class, () -> pair.one.write(bytes("late")));
      until(() -> other.calls.contains("eof"));
      assertEquals(10_000_000, other.bytes.size());
      pair.other.write(bytes("answer"));
      until(() -> one.text().equals("answer"));
      assertFalse(pair.other.isClosing());
      pair.other.close();
      until(() -> one.isLost() && other.isLost());
      assertEquals(List.of("made", "data", "eof", "lost"), other.calls);
    });
  }

  @Test
  @DisplayName("abort forgets the unsent bytes, and connectionLost comes in the next turn")
  void abort() {
    run(() -> {
      Pair pair = backEnd.connect(loop, one, other);
      pair.other.pauseReading();
      pair.one.write(ByteBuffer.allocate(10_000_000));
      pair.one.abort();
      assertEquals(0, pair.one.getWriteBufferSize());
      assertFalse(one.isLost());
      Loops.turns(1);
      assertTrue(one.isLost());
      assertEquals(null, one.error);
      pair.one.write(bytes("dropped"));
      pair.other.resumeReading();
      until(other::isLost);
      assertTrue(other.bytes.size() < 10_000_000);
    });
  }

  @Test
  @DisplayName("a protocol that fails in dataReceived loses its connection with that error")
  void protocolFails() {
    run(() -> {
      var failing = new Log() {
        @Override
        public void dataReceived(ByteBuffer data) {
          throw new IllegalArgumentException("on purpose");
        }
      };
      Pair pair = backEnd.connect(loop, one, failing);
      pair.one.write(bytes("x"));
      until(() -> failing.isLost() && one.isLost());
      assertInstanceOf(IllegalArgumentException.class, failing.error);
      assertEquals(List.of(failing.error), reported);
      reported.clear();
    });
  }

  @Test
  @DisplayName("a write to a peer that has gone ends in connectionLost with an IOException")
  void peerGone() {
    run(() -> {
      Pair pair = backEnd.connect(loop, one, other);
      one.keepOpen = true;
      pair.other.abort();
      until(() -> {
        pair.one.write(bytes("x"));
        return one.isLost();
      });
      assertInstanceOf(IOException.class, one.error);
    });
  }

  @Test
  @DisplayName("a file arrives, with sendfile or without")
  void sendfile(@TempDir Path folder) {
    run(() -> {
      byte[] content = random(300_000);
      Path file = Files.write(folder.resolve("file"), content);
      Pair pair = backEnd.connect(loop, one, other);
      pair.one.write(bytes("head"));
      try (var channel = java.nio.channels.FileChannel.open(file)) {
        assertEquals(300_000, loop.sendfile(pair.one, channel));
      }
      pair.one.close();
      until(other::isLost);
      var expected = new ByteArrayOutputStream();
      expected.writeBytes("head".getBytes(StandardCharsets.UTF_8));
      expected.writeBytes(content);
      assertArrayEquals(expected.toByteArray(), other.bytes.toByteArray());
    });
  }
}
