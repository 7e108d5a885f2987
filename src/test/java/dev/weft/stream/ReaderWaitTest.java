package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.sleep;
import static dev.weft.stream.Bytes.assertBytes;
import static dev.weft.stream.Bytes.bytes;
import static dev.weft.stream.Bytes.feed;
import static dev.weft.stream.Bytes.reader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The task that may wait for data, and the events that end the wait. */
class ReaderWaitTest {

  /** Every method that reads, by its name. */
  private static Map<String, Executable> reads(StreamReader reader) {
    Map<String, Executable> reads = new LinkedHashMap<>();
    reads.put("read", reader::read);
    reads.put("read(n)", () -> reader.read(9));
    reads.put("readexactly", () -> reader.readexactly(9));
    reads.put("readuntil", () -> reader.readuntil(bytes(";")));
    reads.put("readline", reader::readline);
    return reads;
  }

  @Test
  @DisplayName("STR-4: a second task that would wait gets an error; the first still gets its data")
  void oneWaiter() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var first = createTask(() -> reader.readexactly(2));
      sleep(Duration.ZERO);
      reads(reader).forEach((name, read) -> {
        var refusal = assertThrows(IllegalStateException.class, read, name);
        assertTrue(refusal.getMessage().contains("already waiting"), refusal.getMessage());
      });
      feed(reader, "ab");
      assertBytes("ab", await(first));
    });
  }

  @Test
  @DisplayName("STR-4: once the waiting task is cancelled, another may wait, and no byte is lost")
  void afterCancellation() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var early = createTask(() -> reader.read(1));
      sleep(Duration.ZERO);
      early.cancel();
      assertThrows(CancelledError.class, () -> await(early));
      var first = createTask(() -> reader.readexactly(4));
      sleep(Duration.ZERO);
      feed(reader, "ab");
      first.cancel();
      assertThrows(CancelledError.class, () -> await(first));
      var second = createTask(() -> reader.readexactly(4));
      sleep(Duration.ZERO);
      feed(reader, "cd");
      assertBytes("abcd", await(second));
    });
  }

  @Test
  @DisplayName(
      "STR-4: a woken task that must wait again does not replace another task that waits meanwhile")
  void wokenAndNext() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var first = createTask(() -> reader.read(1));
      sleep(Duration.ZERO);
      feed(reader, "a"); // wakes the first, which runs when this task waits
      createTask(() -> feed(reader, "bc"));
      assertBytes("bc", reader.readexactly(2));
      assertBytes("a", await(first));
    });
  }

  @Test
  @DisplayName("STR-12: every later read throws the failure, even if bytes are buffered")
  void failureFirst() {
    Loops.run(() -> {
      var failure = new IOException("lost");
      StreamReader reader = reader(100);
      feed(reader, "a;b\n");
      assertEquals(Optional.empty(), reader.exception());
      reader.setException(failure);
      for (int i = 0; i < 2; i++) {
        reads(reader)
            .forEach((name, read) ->
                assertSame(failure, assertThrows(IOException.class, read, name), name));
      }
      assertSame(failure, assertThrows(IOException.class, () -> reader.read(0)));
      assertSame(failure, assertThrows(IOException.class, () -> reader.readexactly(0)));
      assertSame(failure, reader.exception().orElseThrow());
    });
  }

  @Test
  @DisplayName("STR-12: a failure wakes the waiting task, which throws the same object")
  void failureWakes() {
    Loops.run(() -> {
      for (String name : reads(reader(1)).keySet()) {
        StreamReader reader = reader(100);
        var failure = new ArithmeticException("of any kind");
        var waiting = createTask(
            () -> assertThrows(ArithmeticException.class, reads(reader).get(name), name));
        sleep(Duration.ZERO);
        reader.setException(failure);
        assertSame(failure, await(waiting), name);
      }
    });
  }

  @Test
  @DisplayName("STR-12: a read with insufficient data does not wait after a failure")
  void failureAfterWakeUp() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var failure = new IOException("lost");
      var waiting = createTask(() -> assertThrows(IOException.class, () -> reader.readexactly(2)));
      sleep(Duration.ZERO);
      feed(reader, "a");
      reader.setException(failure);
      assertSame(failure, await(waiting));
    });
  }

  @Test
  @DisplayName("STR-12: a failure that meets a cancelled waiter affects neither")
  void failureAfterCancellation() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var waiting = createTask(() -> reader.read(1));
      sleep(Duration.ZERO);
      waiting.cancel();
      reader.setException(new IOException("lost"));
      assertThrows(CancelledError.class, () -> await(waiting));
      assertThrows(IOException.class, () -> reader.read(1));
    });
  }

  @Test
  @DisplayName("STR-13: a reader is at its end when the end was fed and all data was read")
  void atEof() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      assertFalse(reader.atEof());
      feed(reader, "a");
      reader.feedEof();
      assertFalse(reader.atEof());
      reader.read(1);
      assertTrue(reader.atEof());
      reader.feedEof();
      assertTrue(reader.atEof());
    });
  }

  @Test
  @DisplayName("STR-13: data after the end is an error")
  void nothingAfterTheEnd() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      reader.feedEof();
      assertThrows(IllegalStateException.class, () -> feed(reader, "a"));
      assertTrue(reader.atEof());
    });
  }

  @Test
  @DisplayName("STR-13: empty data has no effect and does not end a read")
  void emptyDataIgnored() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var reading = createTask(() -> reader.read(5));
      sleep(Duration.ZERO);
      feed(reader, "");
      sleep(Duration.ZERO);
      assertFalse(reading.done());
      feed(reader, "a");
      assertBytes("a", await(reading));
    });
  }

  @Test
  @DisplayName("STR-13: the end wakes the waiting task")
  void endWakes() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var reading = createTask(() -> reader.read(5));
      sleep(Duration.ZERO);
      reader.feedEof();
      assertBytes("", await(reading));
    });
  }
}
