package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.sleep;
import static dev.weft.stream.Bytes.assertBytes;
import static dev.weft.stream.Bytes.feed;
import static dev.weft.stream.Bytes.reader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The methods {@code read} and {@code readexactly}. */
class ReadTest {

  @Test
  @DisplayName(
      "STR-5: read() collects all data to the end, although the transport is paused meanwhile")
  void readAll() {
    Loops.run(() -> {
      StreamReader reader = reader(2);
      var transport = new RecordingTransport();
      reader.setTransport(transport);
      feed(reader, "12345");
      assertTrue(transport.paused);
      transport.whenResumed = () -> EventLoop.getRunningLoop().callSoon(() -> {
        feed(reader, "67");
        reader.feedEof();
      });
      assertBytes("1234567", reader.read());
      assertBytes("", reader.read());
    });
  }

  @Test
  @DisplayName("STR-5: read(0) returns empty at once, whether there is data or not")
  void readZero() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      assertBytes("", reader.read(0));
      feed(reader, "a");
      assertBytes("", reader.read(0));
      assertBytes("a", reader.read(1));
    });
  }

  @Test
  @DisplayName("STR-5: read(n) returns the available data, up to n, without waiting for more")
  void readSome() {
    Loops.run(() -> {
      var order = new Order();
      StreamReader reader = reader(100);
      feed(reader, "abc");
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      assertBytes("ab", reader.read(2));
      assertBytes("c", reader.read(2));
      order.expect(1);
      sleep(Duration.ZERO);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("STR-5: read(n) waits for a first byte, and is empty only at the end")
  void readWaits() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var reading = createTask(() -> reader.read(9));
      sleep(Duration.ZERO);
      assertFalse(reading.done());
      feed(reader, "ab", "c");
      assertBytes("abc", await(reading));
      reader.feedEof();
      assertBytes("", reader.read(9));
      assertBytes("", reader.read(9));
    });
  }

  @Test
  @DisplayName("STR-5: a negative number of bytes is an error; read() without a number reads all")
  void readNegative() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "a");
      assertThrows(IllegalArgumentException.class, () -> reader.read(-1));
      assertBytes("a", reader.read(1));
    });
  }

  @Test
  @DisplayName("STR-6: readexactly gathers n bytes from many chunks, and leaves the rest")
  void exactly() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var reading = createTask(() -> reader.readexactly(5));
      for (String chunk : new String[] {"a", "bc", "d"}) {
        sleep(Duration.ZERO);
        feed(reader, chunk);
        assertFalse(reading.done());
      }
      sleep(Duration.ZERO);
      feed(reader, "ef");
      assertBytes("abcde", await(reading));
      assertBytes("f", reader.read(9));
    });
  }

  @Test
  @DisplayName("STR-6: readexactly(0) is empty at once, a negative number is an error")
  void exactlyZero() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      assertBytes("", reader.readexactly(0));
      assertThrows(IllegalArgumentException.class, () -> reader.readexactly(-1));
      reader.feedEof();
      assertBytes("", reader.readexactly(0));
    });
  }

  @Test
  @DisplayName("STR-6: an early end throws the partial data, which then leaves the reader")
  void exactlyIncomplete() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var reading = createTask(
          () -> assertThrows(IncompleteReadException.class, () -> reader.readexactly(5)));
      sleep(Duration.ZERO);
      feed(reader, "abc");
      reader.feedEof();
      IncompleteReadException early = await(reading);
      assertBytes("abc", early.partial());
      assertEquals(OptionalInt.of(5), early.expected());
      assertTrue(reader.atEof());
      var again = assertThrows(IncompleteReadException.class, () -> reader.readexactly(1));
      assertBytes("", again.partial());
    });
  }

  @Test
  @DisplayName("later reads do not change data that was read before")
  void resultsAreTheCallers() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "abc");
      byte[] whole = reader.readexactly(3);
      feed(reader, "def", "ghi");
      byte[] part = reader.readexactly(4);
      feed(reader, "jklmnopqrstuvwxyz");
      byte[] rest = reader.read(100);
      assertBytes("abc", whole);
      assertBytes("defg", part);
      assertBytes("hijklmnopqrstuvwxyz", rest);
    });
  }

  @Test
  @DisplayName("a chunk may be part of an array, read-only or direct")
  void anyBuffer() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      ByteBuffer slice = ByteBuffer.wrap(Bytes.bytes("-abc-"), 1, 3).slice();
      reader.feedData(slice);
      assertBytes("abc", reader.read(9));
      reader.feedData(ByteBuffer.wrap(Bytes.bytes("de")).asReadOnlyBuffer());
      reader.feedData(ByteBuffer.allocateDirect(1).put((byte) 'f').flip());
      assertBytes("def", reader.read(9));
    });
  }
}
