package dev.weft.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Short ways to create readers, feed them, and read the results. */
final class Bytes {

  private Bytes() {}

  static StreamReader reader(int limit) {
    return new StreamReader(EventLoop.getRunningLoop(), limit);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static void feed(StreamReader reader, String... chunks) {
    for (String chunk : chunks) {
      reader.feedData(ByteBuffer.wrap(bytes(chunk)));
    }
  }

  static void assertBytes(String expected, byte[] actual) {
    assertBytes(expected, actual, "");
  }

  static void assertBytes(String expected, byte[] actual, String message) {
    assertEquals(expected, new String(actual, StandardCharsets.ISO_8859_1), message);
  }
}
