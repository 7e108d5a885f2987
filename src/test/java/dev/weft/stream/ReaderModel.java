package dev.weft.stream;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.sleep;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Task;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/*
 * A feeder, which stops while the transport is paused, feeds a known content to a reader in random chunks, and random
 * calls read it. The content and the position alone determine the result of each call, which the test finds by brute
 * force. The chunks affect only the size of a result of read(n), and the number of bytes that an overrun searched or
 * dropped; the test has bounds for these. The test compares the results again at the end, because the reader could have
 * written into an array that it returned.
 */

/** A model of a reader: makes random calls, and compares each result with the content. */
final class ReaderModel {
  private static final byte[] ALPHABET = {'a', 'a', 'a', 'b', 'b', '\n'};

  private final Random random;
  private final byte[] content;
  private final int limit;
  private final int maxChunk;
  private final RecordingTransport transport = new RecordingTransport();
  private final List<byte[]> results = new ArrayList<>();
  private final List<byte[]> copies = new ArrayList<>();
  private StreamReader reader;
  private int fed;
  private int position;
  private String last = "nothing";

  ReaderModel(Random random) {
    this.random = random;
    content = letters(random.nextInt(600));
    limit = 1 + random.nextInt(40);
    maxChunk = 1 + random.nextInt(1 + 3 * limit);
  }

  private byte[] letters(int count) {
    byte[] letters = new byte[count];
    for (int i = 0; i < count; i++) {
      letters[i] = ALPHABET[random.nextInt(ALPHABET.length)];
    }
    return letters;
  }

  void run() throws IOException {
    reader = Bytes.reader(limit);
    reader.setTransport(transport);
    Task<Void> feeding = createTask(this::feed);
    while (position < content.length) {
      for (int turns = random.nextInt(3); turns > 0; turns--) {
        sleep(Duration.ZERO); // more data arrives in this turn
      }
      step();
    }
    await(feeding);
    assertEquals(0, reader.read(1).length);
    assertTrue(reader.atEof());
    for (int i = 0; i < results.size(); i++) {
      assertArrayEquals(copies.get(i), results.get(i), "result " + i + " has changed");
    }
  }

  private void feed() {
    while (fed < content.length) {
      if (!transport.paused) {
        int count = Math.min(1 + random.nextInt(maxChunk), content.length - fed);
        byte[] chunk = Arrays.copyOfRange(content, fed, fed + count);
        fed += count;
        // the reader may keep a chunk that fills its array, and must copy any other
        reader.feedData(
            random.nextBoolean()
                ? ByteBuffer.wrap(chunk)
                : ByteBuffer.allocate(count + 1).put(chunk).flip());
      }
      if (random.nextInt(4) > 0) {
        sleep(Duration.ZERO);
      }
    }
    reader.feedEof();
  }

  private void step() throws IOException {
    switch (random.nextInt(5)) {
      case 0 -> some(random.nextInt(2 * limit));
      case 1 -> exactly(random.nextInt(3 * limit));
      case 2 -> line();
      default -> until();
    }
  }

  private void some(int n) throws IOException {
    last = "read(" + n + ")";
    byte[] data = reader.read(n);
    assertTrue(data.length > 0 || n == 0);
    took(Math.min(n, fed - position), data);
  }

  private void exactly(int n) throws IOException {
    last = "readexactly(" + n + ")";
    if (n > content.length - position) {
      var early = assertThrows(IncompleteReadException.class, () -> reader.readexactly(n));
      assertEquals(n, early.expected().orElseThrow());
      took(content.length - position, early.partial());
    } else {
      took(n, reader.readexactly(n));
    }
  }

  private void line() throws IOException {
    last = "readline";
    int newline = position;
    while (newline < content.length && content[newline] != '\n') {
      newline++;
    }
    if (newline - position > limit) {
      assertThrows(LimitOverrunException.class, reader::readline);
      position = newline < fed ? newline + 1 : fed;
    } else {
      took(Math.min(newline + 1, content.length) - position, reader.readline());
    }
  }

  private void until() throws IOException {
    byte[][] separators = new byte[1 + random.nextInt(3)][];
    for (int i = 0; i < separators.length; i++) {
      separators[i] = letters(1 + random.nextInt(4));
    }
    last = "readuntil(" + Arrays.deepToString(separators) + ")";
    byte[][] shortestFirst = separators.clone();
    Arrays.sort(shortestFirst, Comparator.comparingInt(separator -> separator.length));
    int longest = shortestFirst[separators.length - 1].length;

    for (int end = position + 1; end <= content.length; end++) {
      for (byte[] separator : shortestFirst) {
        int start = end - separator.length;
        if (start >= position && Arrays.equals(content, start, end, separator, 0, end - start)) {
          if (start - position > limit) {
            overrun(separators, start - position);
          } else {
            took(end - position, reader.readuntil(separators));
          }
          return;
        }
      }
    }
    int searched = content.length - position + 1 - longest;
    if (searched > limit) {
      overrun(separators, searched);
    } else {
      var early = assertThrows(IncompleteReadException.class, () -> reader.readuntil(separators));
      took(content.length - position, early.partial());
    }
  }

  private void overrun(byte[][] separators, int most) throws IOException {
    var overrun = assertThrows(LimitOverrunException.class, () -> reader.readuntil(separators));
    int consumed = overrun.consumed();
    assertTrue(consumed > limit && consumed <= most, consumed + " of " + most);
    took(consumed, reader.readexactly(consumed));
  }

  private void took(int count, byte[] data) {
    assertArrayEquals(Arrays.copyOfRange(content, position, position + count), data);
    position += count;
    results.add(data);
    copies.add(data.clone());
  }

  @Override
  public String toString() {
    return last + " at " + position + " of " + fed + " fed of " + content.length + ", limit "
        + limit;
  }
}
