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
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The method {@code readuntil}: separators and the limit. */
class ReadUntilTest {

  @Test
  @DisplayName("STR-7: the result includes the separator, and nothing after it")
  void includesSeparator() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "one\r\ntwo\r\n");
      assertBytes("one\r\n", reader.readuntil(bytes("\r\n")));
      assertBytes("two\r\n", reader.readuntil(bytes("\r\n")));
    });
  }

  @Test
  @DisplayName(
      "STR-7: the end of the stream throws the partial data, with an unknown expected size")
  void incomplete() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "one;two");
      reader.feedEof();
      assertBytes("one;", reader.readuntil(bytes(";")));
      var early = assertThrows(IncompleteReadException.class, () -> reader.readuntil(bytes(";")));
      assertBytes("two", early.partial());
      assertEquals(OptionalInt.empty(), early.expected());
      assertTrue(reader.atEof());
    });
  }

  @Test
  @DisplayName("STR-8: a match that starts at the limit is returned")
  void atTheLimit() {
    Loops.run(() -> {
      StreamReader reader = reader(4);
      feed(reader, "1234--5");
      assertBytes("1234--", reader.readuntil(bytes("--")));
    });
  }

  @Test
  @DisplayName("STR-7, STR-8: a match that starts after the limit is too long; the data stays")
  void foundTooFar() {
    Loops.run(() -> {
      StreamReader reader = reader(4);
      feed(reader, "12345--6");
      for (int i = 0; i < 2; i++) {
        var overrun =
            assertThrows(LimitOverrunException.class, () -> reader.readuntil(bytes("--")));
        assertEquals(5, overrun.consumed());
        assertTrue(overrun.getMessage().contains("is found"), overrun.getMessage());
      }
      assertBytes("12345--6", reader.read(100));
    });
  }

  @Test
  @DisplayName("STR-8: without a match, the searched data may be as long as the limit")
  void notFound() {
    Loops.run(() -> {
      StreamReader reader = reader(4);
      feed(reader, "12345"); // the last byte may begin a separator
      var reading = createTask(
          () -> assertThrows(LimitOverrunException.class, () -> reader.readuntil(bytes("--"))));
      sleep(Duration.ZERO);
      assertFalse(reading.done());
      feed(reader, "6");
      LimitOverrunException overrun = await(reading);
      assertEquals(5, overrun.consumed());
      assertTrue(overrun.getMessage().contains("not found"), overrun.getMessage());
      assertBytes("12345", reader.readexactly(overrun.consumed()));
      assertBytes("6", reader.read(100));
    });
  }

  @Test
  @DisplayName("STR-8: the error of the limit has precedence over the end of the stream")
  void overrunBeforeEnd() {
    Loops.run(() -> {
      StreamReader reader = reader(2);
      feed(reader, "123");
      reader.feedEof();
      assertThrows(LimitOverrunException.class, () -> reader.readuntil(bytes(";")));
      assertBytes("123", reader.read(100));
    });
  }

  @Test
  @DisplayName("STR-9: of several separators the one with the shortest result counts")
  void shortestResult() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "a;b--c");
      assertBytes("a;", reader.readuntil(bytes("--"), bytes(";")));
      assertBytes("b--", reader.readuntil(bytes(";"), bytes("--")));
      feed(reader, "xABCyz"); // ABC begins first, B ends first
      assertBytes("cxAB", reader.readuntil(bytes("ABC"), bytes("B")));
    });
  }

  @Test
  @DisplayName("STR-9: of separators that end together the shortest counts for the limit")
  void shortestSeparator() {
    Loops.run(() -> {
      StreamReader reader = reader(4);
      feed(reader, "1234\r\n");
      var overrun = assertThrows(
          LimitOverrunException.class, () -> reader.readuntil(bytes("\r\n"), bytes("\n")));
      assertEquals(5, overrun.consumed());
      overrun = assertThrows(
          LimitOverrunException.class, () -> reader.readuntil(bytes("\n"), bytes("\r\n")));
      assertEquals(5, overrun.consumed());
      assertBytes("1234\r\n", reader.readuntil(bytes("\r\n")));
    });
  }

  @Test
  @DisplayName("STR-9: no separator, or an empty one, is an error; the data stays")
  void badSeparators() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      feed(reader, "a;");
      assertThrows(IllegalArgumentException.class, () -> reader.readuntil());
      assertThrows(IllegalArgumentException.class, () -> reader.readuntil(bytes("")));
      assertThrows(IllegalArgumentException.class, () -> reader.readuntil(bytes(";"), bytes("")));
      assertBytes("a;", reader.readuntil(bytes(";")));
    });
  }

  @Test
  @DisplayName("STR-10: a separator is found wherever chunks split it")
  void splitSeparator() {
    String data = "a<END" + "b<<<END>" + "rest";
    for (int first = 1; first < data.length() - 1; first++) {
      for (int second = first + 1; second < data.length(); second++) {
        String[] chunks = {
          data.substring(0, first), data.substring(first, second), data.substring(second)
        };
        Loops.run(() -> {
          StreamReader reader = reader(100);
          var reading = createTask(() -> reader.readuntil(bytes("<END>")));
          for (String chunk : chunks) {
            sleep(Duration.ZERO);
            feed(reader, chunk);
          }
          assertBytes("a<ENDb<<<END>", await(reading), String.join("|", chunks));
          assertBytes("rest", reader.readexactly(4));
        });
      }
    }
  }

  @Test
  @DisplayName("STR-10: a short separator is found although a much longer one is searched for too")
  void splitBesideLonger() {
    Loops.run(() -> {
      StreamReader reader = reader(100);
      var reading = createTask(() -> reader.readuntil(bytes("0123456789"), bytes("ab")));
      for (String chunk : new String[] {"1", "2", "a", "b"}) {
        sleep(Duration.ZERO);
        feed(reader, chunk);
      }
      assertBytes("12ab", await(reading));
    });
  }
}
