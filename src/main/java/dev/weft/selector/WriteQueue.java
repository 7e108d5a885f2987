package dev.weft.selector;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that wait to be sent: copies, in chunks that small writes share, or memory that the writer lends. Loop
 * thread only. Connections that never have to wait never allocate anything here.
 */
final class WriteQueue {

  /** A call that writes more than this lends its memory while its protocol may not write. */
  static final int LARGEST_COPY = SelectorPolling.WRITE_SIZE;

  private static final int CHUNK = 16 * 1024;

  // The JVM allocates larger arrays apart, which is slow when the heap is busy.
  private static final int LARGEST_CHUNK = 64 * 1024;

  private @Nullable ArrayDeque<ByteBuffer>
      chunks; // each is read from its position to `filled` or its limit
  private @Nullable ByteBuffer tail; // the last chunk, as seen by who fills it
  private @Nullable Map<ByteBuffer, Integer>
      lent; // the chunks that are lent, with their sums; null for none
  private long size;

  boolean isEmpty() {
    return size == 0;
  }

  long size() {
    return size;
  }

  /** Copies the data to the end. If memory ends, the queue is empty and the connection cannot go on. */
  void add(ByteBuffer data) {
    int count = data.remaining();
    if (count == 0) {
      return;
    }
    if (chunks == null) {
      chunks = new ArrayDeque<>();
    }
    int added = count;
    if (tail != null && tail.hasRemaining()) {
      int shared = Math.min(count, tail.remaining());
      tail.put(tail.position(), data, data.position(), shared);
      tail.position(tail.position() + shared);
      chunks.peekLast().limit(tail.position());
      data.position(data.position() + shared);
      count -= shared;
    }
    try {
      while (count > 0) {
        int part = Math.min(count, LARGEST_CHUNK);
        tail = ByteBuffer.allocate(Math.max(part, CHUNK));
        tail.put(0, data, data.position(), part).position(part);
        data.position(data.position() + part);
        chunks.add(tail.duplicate().flip());
        count -= part;
      }
    } catch (OutOfMemoryError error) {
      clear(); // the report of the error needs memory, too
      throw error;
    }
    size += added; // last, as memory may end before
  }

  /**
   * Adds the data without a copy. The memory stays the queue's until {@link #copyLent}, or until it is sent.
   *
   * @param checked whether to notice that the memory changes before it is sent
   * @param first whether to add it to the head, else to the end
   */
  void lend(ByteBuffer data, boolean checked, boolean first) {
    if (!data.hasRemaining()) {
      return;
    }
    if (chunks == null) {
      chunks = new ArrayDeque<>();
    }
    if (lent == null) {
      lent = new IdentityHashMap<>();
    }
    ByteBuffer chunk = data.slice();
    lent.put(chunk, checked ? sum(chunk) : null);
    if (first) {
      chunks.addFirst(chunk);
    } else {
      chunks.add(chunk);
      tail = null;
    }
    size += chunk.remaining();
    data.position(data.limit());
  }

  /** Copies what is left of lent memory, which is the writer's again afterwards. */
  @SuppressWarnings("NullAway") // what is lent is a chunk
  void copyLent() {
    if (lent == null) {
      return;
    }
    var copies = new ArrayDeque<ByteBuffer>(chunks.size());
    for (ByteBuffer chunk : chunks) {
      if (lent.containsKey(chunk)) {
        checkUnchanged(chunk);
        copies.add(ByteBuffer.allocate(chunk.remaining()).put(chunk).flip());
      } else {
        copies.add(chunk);
      }
    }
    chunks = copies;
    lent = null;
  }

  @SuppressWarnings("NullAway") // called if a chunk is lent
  private void checkUnchanged(ByteBuffer chunk) {
    Integer sum = lent.get(chunk);
    if (sum != null && sum != sum(chunk.duplicate().position(0))) {
      throw new IllegalStateException(
          "memory that was lent to a write has changed before it was sent: a write of more"
              + " than " + LARGEST_COPY
              + " bytes keeps its memory until the protocol may write again");
    }
  }

  private static int sum(ByteBuffer chunk) {
    var crc = new CRC32C();
    crc.update(chunk.duplicate());
    return (int) crc.getValue();
  }

  /** Copies the data to the head: what a write has left that began before others were queued. */
  @SuppressWarnings("NullAway") // not empty: there are chunks
  void addFirst(ByteBuffer data) {
    if (isEmpty()) {
      add(data);
      return;
    }
    int added = data.remaining();
    int begin = data.position();
    for (int end = data.limit(); end > begin; ) {
      int part = Math.min(end - begin, LARGEST_CHUNK);
      end -= part;
      chunks.addFirst(ByteBuffer.allocate(part).put(0, data, end, part));
    }
    data.position(data.limit());
    size += added;
  }

  /**
   * Copies from the head as much as {@code target} takes; nothing is removed.
   *
   * @throws IllegalStateException if there is nothing, so that nobody writes that again and again
   */
  void copyTo(ByteBuffer target) {
    if (chunks == null || chunks.isEmpty()) {
      throw new IllegalStateException("nothing is queued of " + size + " bytes");
    }
    for (ByteBuffer chunk : chunks) {
      int count = Math.min(chunk.remaining(), target.remaining());
      target.put(target.position(), chunk, chunk.position(), count);
      target.position(target.position() + count);
      if (!target.hasRemaining()) {
        return;
      }
    }
  }

  /** Removes {@code count} bytes from the head; none if the queue was cleared while they were written. */
  @SuppressWarnings("NullAway") // not empty: there are chunks
  void remove(int count) {
    if (isEmpty()) {
      return;
    }
    size -= count;
    for (int left = count; left > 0; ) {
      ByteBuffer head = chunks.peekFirst();
      int part = Math.min(left, head.remaining());
      head.position(head.position() + part);
      left -= part;
      if (!head.hasRemaining()) {
        chunks.pollFirst();
        if (lent != null) {
          checkUnchanged(head);
          lent.remove(head);
        }
      }
    }
    if (size == 0) {
      clear();
    }
  }

  void clear() {
    chunks = null;
    tail = null;
    lent = null;
    size = 0;
  }
}
