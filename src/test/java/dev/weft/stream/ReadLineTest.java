package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.sleep;
import static dev.weft.stream.Bytes.assertBytes;
import static dev.weft.stream.Bytes.feed;
import static dev.weft.stream.Bytes.reader;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.testkit.Loops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The method {@code readline}, and iteration over lines. */
class ReadLineTest {

  @Test
  @DisplayName(
      "STR-11: a line includes its newline; the last line may lack it; then comes an empty result")
  void lines() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "one\n\ntw", "o");
      reader.feedEof();
      assertBytes("one\n", reader.readline());
      assertBytes("\n", reader.readline());
      assertBytes("two", reader.readline());
      assertBytes("", reader.readline());
    });
  }

  @Test
  @DisplayName("STR-11: a line of exactly the limit, without the newline, is returned")
  void atTheLimit() {
    Loops.run(() -> {
      StreamReader reader = reader(3);
      feed(reader, "123\n");
      assertBytes("123\n", reader.readline());
    });
  }

  @Test
  @DisplayName("STR-11: a complete line over the limit is dropped; the next one is read")
  void dropsTheLine() {
    Loops.run(() -> {
      StreamReader reader = reader(3);
      feed(reader, "1234\n56\n");
      assertThrows(LimitOverrunException.class, reader::readline);
      assertBytes("56\n", reader.readline());
    });
  }

  @Test
  @DisplayName("STR-11: a line over the limit without its newline drops the whole buffer")
  void dropsTheBuffer() {
    Loops.run(() -> {
      StreamReader reader = reader(3);
      feed(reader, "1234");
      assertThrows(LimitOverrunException.class, reader::readline);
      feed(reader, "5\n6\n");
      assertBytes("5\n", reader.readline());
      assertBytes("6\n", reader.readline());
    });
  }

  @Test
  @DisplayName("STR-14: iteration returns the lines as they arrive, and ends with the stream")
  void iteration() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var seen = new ArrayList<String>();
      var iterating = createTask(() -> {
        for (byte[] line : reader) {
          seen.add(new String(line, StandardCharsets.ISO_8859_1));
        }
      });
      feed(reader, "one\ntw");
      sleep(Duration.ZERO);
      assertEquals(List.of("one\n"), seen);
      feed(reader, "o\n\nthree");
      sleep(Duration.ZERO);
      assertEquals(List.of("one\n", "two\n", "\n"), seen);
      reader.feedEof();
      await(iterating);
      assertEquals(List.of("one\n", "two\n", "\n", "three"), seen);
    });
  }

  @Test
  @DisplayName("STR-14: hasNext may be called twice and takes no line; after the end there is none")
  void iteratorContract() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "one\ntwo\n");
      reader.feedEof();
      Iterator<byte[]> lines = reader.iterator();
      lines.hasNext();
      lines.hasNext();
      assertBytes("one\n", lines.next());
      assertBytes("two\n", lines.next());
      assertFalse(lines.hasNext());
      assertThrows(NoSuchElementException.class, lines::next);
    });
  }

  @Test
  @DisplayName(
      "STR-14: lines() decodes UTF-8 and returns lines without line ends, including empty ones")
  void text() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      byte[] data = "één\r\n\r\n\nzwei\rdrei\nвсё".getBytes(StandardCharsets.UTF_8);
      for (byte b : data) {
        reader.feedData(ByteBuffer.wrap(new byte[] {b}));
      }
      reader.feedEof();
      var lines = new ArrayList<String>();
      reader.lines().forEach(lines::add);
      assertEquals(List.of("één", "", "", "zwei\rdrei", "всё"), lines);
    });
  }

  @Test
  @DisplayName("STR-14: a lost connection ends the iteration with an UncheckedIOException")
  void failure() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var failure = new IOException("lost");
      reader.setException(failure);
      var thrown = assertThrows(
          UncheckedIOException.class, () -> reader.lines().iterator().hasNext());
      assertSame(failure, thrown.getCause());
    });
  }
}
