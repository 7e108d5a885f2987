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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The limit of a reader, and its effect on the transport. */
class ReaderLimitTest {

  private final RecordingTransport transport = new RecordingTransport();

  @Test
  @DisplayName("STR-1: a limit of 0 or less is an error before anything is connected or bound")
  void refused() {
    Loops.run(() -> {
      assertRefused(() -> reader(0));
      assertRefused(() -> reader(-1));
      assertRefused(
          () -> Streams.openConnection("host.invalid", 1, 0, ConnectionOptions.defaults()));
      assertRefused(
          () -> Streams.startServer((r, w) -> {}, "host.invalid", 0, 0, ServerOptions.defaults()));
    });
  }

  private static void assertRefused(Executable call) {
    var refusal = assertThrows(IllegalArgumentException.class, call);
    assertTrue(refusal.getMessage().startsWith("limit "), refusal.getMessage());
  }

  @Test
  @DisplayName(
      "STR-25: data that arrives before the reader has its new transport pauses the new one, not the old one")
  void changeOfTransports() {
    Loops.run(() -> {
      StreamReader reader = reader(2);
      reader.setTransport(transport);
      reader.beginChange();
      feed(reader, "abcdefgh");
      assertEquals(0, transport.pauses);
      var encrypted = new RecordingTransport();
      reader.replaceTransport(encrypted);
      reader.endChange();
      assertEquals(0, transport.pauses);
      assertEquals(1, encrypted.pauses);
      assertBytes("abcdefgh", reader.readexactly(8));
      assertEquals(1, encrypted.resumes);
    });
  }

  @Test
  @DisplayName("STR-1: the default limit is 64 KiB")
  void standard() {
    assertEquals(65536, StreamReader.DEFAULT_LIMIT);
  }

  @Test
  @DisplayName("STR-1: read(n) and readexactly(n) are not bound by the limit")
  void onlyForSeparators() {
    Loops.run(() -> {
      StreamReader reader = reader(2);
      feed(reader, "abcdefgh");
      assertBytes("abcde", reader.readexactly(5));
      assertBytes("fgh", reader.read(100));
    });
  }

  @Test
  @DisplayName("STR-2: more than twice the limit pauses the transport once")
  void pauses() {
    Loops.run(() -> {
      StreamReader reader = pausable(4);
      feed(reader, "12345678");
      assertEquals(0, transport.pauses);
      feed(reader, "9");
      assertEquals(1, transport.pauses);
      feed(reader, "0");
      assertEquals(1, transport.pauses);
    });
  }

  @Test
  @DisplayName("STR-2: the transport is resumed once, when the limit or less is left")
  void resumes() {
    Loops.run(() -> {
      StreamReader reader = pausable(4);
      feed(reader, "1234567890");
      reader.read(5);
      assertTrue(transport.paused, "5 bytes are left, more than the limit");
      reader.read(1);
      assertFalse(transport.paused);
      reader.read(1);
      assertEquals(1, transport.resumes);
      feed(reader, "123456");
      assertTrue(transport.paused, "the transport is paused again");
    });
  }

  @Test
  @DisplayName("STR-2: each read that empties the buffer resumes the transport")
  void everyReadResumes() {
    assertResumes("123456789", reader -> reader.read(5));
    assertResumes("123456789", reader -> reader.readexactly(5));
    assertResumes("1234;5678", reader -> reader.readuntil(bytes(";")));
    assertResumes("1234\n5678", StreamReader::readline);
    assertResumes(
        "123456789", reader -> assertThrows(LimitOverrunException.class, reader::readline));
  }

  private interface Reading {
    void from(StreamReader reader) throws Exception;
  }

  private static void assertResumes(String data, Reading reading) {
    Loops.run(() -> {
      var transport = new RecordingTransport();
      StreamReader reader = reader(4);
      reader.setTransport(transport);
      feed(reader, data);
      assertTrue(transport.paused);
      reading.from(reader);
      assertFalse(transport.paused, data);
    });
  }

  @Test
  @DisplayName("STR-3: readexactly of more than the limit resumes the transport that it waits for")
  void noDeadlock() {
    Loops.run(() -> {
      StreamReader reader = pausable(2);
      feed(reader, "12345");
      assertTrue(transport.paused);
      var reading = createTask(() -> reader.readexactly(12));
      sleep(Duration.ZERO);
      assertFalse(
          transport.paused, "the read needs data that a paused transport would not deliver");
      feed(reader, "67890");
      assertTrue(transport.paused);
      sleep(Duration.ZERO);
      assertFalse(transport.paused, "the read needs the rest of the data");
      feed(reader, "ab");
      assertBytes("1234567890ab", await(reading));
    });
  }

  @Test
  @DisplayName("STR-2: a reader has one transport")
  void oneTransport() {
    Loops.run(() -> {
      StreamReader reader = pausable(1);
      assertThrows(
          IllegalStateException.class, () -> reader.setTransport(new RecordingTransport()));
    });
  }

  private StreamReader pausable(int limit) {
    StreamReader reader = reader(limit);
    reader.setTransport(transport);
    return reader;
  }
}
