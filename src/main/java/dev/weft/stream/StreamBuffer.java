package dev.weft.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The bytes that a reader has received and no call has read, in one array. If one array is added to an empty buffer and
 * taken as a whole, it is not copied.
 */
final class StreamBuffer {

  static final byte[] NOTHING = {};
  static final byte[] NEWLINE = {'\n'};

  private byte[] bytes = NOTHING;
  private int start;
  private int end;

  int size() {
    return end - start;
  }

  boolean isEmpty() {
    return start == end;
  }

  /** Appends data. The buffer may keep the array of {@code data}. */
  void add(ByteBuffer data) {
    int count = data.remaining();
    if (isEmpty() && data.hasArray() && data.array().length == count) {
      bytes = data.array();
      start = 0;
      end = count;
      data.position(data.limit());
      return;
    }
    makeRoom(count);
    data.get(bytes, end, count);
    end += count;
  }

  private void makeRoom(int count) {
    int size = size();
    int needed = Math.addExact(size, count);
    if (bytes.length - end >= count) {
      return;
    }
    byte[] target = bytes;
    if (needed
        > bytes.length - bytes.length / 4) { // otherwise moving the bytes is enough, and rare
      target = new byte[Math.max(needed, Math.max(1024, (int) Math.min(1 << 30, 2L * size)))];
    }
    System.arraycopy(bytes, start, target, 0, size);
    bytes = target;
    start = 0;
    end = size;
  }

  /** Returns a view of all bytes, which is valid until the next change. */
  ByteBuffer view() {
    return ByteBuffer.wrap(bytes, start, size()).slice();
  }

  /** Takes up to {@code n} bytes from the head. */
  byte[] take(int n) {
    int count = Math.min(n, size());
    byte[] taken;
    if (start == 0 && count == bytes.length) {
      taken = bytes;
    } else {
      taken = Arrays.copyOfRange(bytes, start, start + count);
    }
    start += count;
    if (isEmpty()) {
      bytes = NOTHING; // an idle connection keeps no memory
      start = 0;
      end = 0;
    }
    return taken;
  }

  /** Returns whether {@code pattern} is at {@code offset}. */
  boolean startsAt(int offset, byte[] pattern) {
    int from = start + offset;
    return from + pattern.length <= end
        && Arrays.equals(bytes, from, from + pattern.length, pattern, 0, pattern.length);
  }

  /**
   * Finds the match that ends first, and of those the shortest, to which the limit applies.
   *
   * @param from the offset at which to begin
   * @return the offset of the match in the upper half and of its end in the lower; -1 if there is none
   */
  long find(byte[][] separators, int from) {
    long best = -1;
    for (byte[] separator : separators) {
      int at = indexOf(separator, from);
      if (at >= 0) {
        int matchEnd = at + separator.length;
        if (best < 0 || matchEnd < (int) best || matchEnd == (int) best && at > best >>> 32) {
          best = (long) at << 32 | matchEnd;
        }
      }
    }
    return best;
  }

  private int indexOf(byte[] separator, int from) {
    byte first = separator[0];
    int last = size() - separator.length;
    for (int i = from; i <= last; i++) {
      if (bytes[start + i] == first && startsAt(i, separator)) {
        return i;
      }
    }
    return -1;
  }
}
