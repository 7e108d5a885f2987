package dev.weft.io;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes that wait to be sent. They are copies, in chunks that small writes share, or memory that the writer lends.
 * A queue that never gets bytes allocates nothing. Loop thread only.
 */
public final class WriteQueue {

  /** A call that writes more bytes than this lends its memory while its protocol is paused. */
  public static final int LARGEST_COPY = Sink.TURN_SIZE;

  private static final int CHUNK = 16 * 1024;

  // the JVM allocates larger arrays in a slower way
  private static final int LARGEST_CHUNK = 64 * 1024;

  private @Nullable ArrayDeque<ByteBuffer>
      chunks; // the queued bytes of each are those from its position to its limit
  private @Nullable ByteBuffer tail; // the free part of the last chunk, for the next small write
  private @Nullable Map<ByteBuffer, Integer>
      lent; // the lent chunks, with their checksums; null if there are none
  private long size;

  /** Creates an empty queue. */
  public WriteQueue() {}

  /**
   * Returns whether no bytes wait.
   *
   * @return true if the queue is empty
   */
  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * Returns the number of bytes that wait.
   *
   * @return the bytes of all chunks
   */
  public long size() {
    return size;
  }

  /**
   * Copies the data to the end. After an {@code OutOfMemoryError} the queue is empty and the connection must end.
   *
   * @param data the bytes; all are taken
   */
  public void add(ByteBuffer data) {
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
      clear(); // frees memory for the report of the error
      throw error;
    }
    size += added; // last, as the allocation may run out of memory
  }

  /**
   * Adds the data without a copy. The queue uses the memory until {@link #copyLent}, or until the data is sent.
   *
   * @param checked whether to detect a change of the memory before it is sent
   * @param first whether to add the data at the head; otherwise it is added at the end
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

  /** Copies the unsent rest of lent memory. Afterwards the writer may change the memory. */
  @SuppressWarnings("NullAway") // if a chunk is lent, there are chunks
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

  @SuppressWarnings("NullAway") // called only if a chunk is lent
  private void checkUnchanged(ByteBuffer chunk) {
    Integer sum = lent.get(chunk);
    if (sum != null && sum != sum(chunk.duplicate().position(0))) {
      throw new IllegalStateException(
          "the memory of a write changed before it was sent: a write of more than " + LARGEST_COPY
              + " bytes uses the caller's memory until the protocol may write again");
    }
  }

  private static int sum(ByteBuffer chunk) {
    var crc = new CRC32C();
    crc.update(chunk.duplicate());
    return (int) crc.getValue();
  }

  /** Copies the data to the head. It is the rest of a write that began before the queued writes. */
  @SuppressWarnings("NullAway") // the queue is not empty, so there are chunks
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
   * Copies as many bytes from the head as {@code target} takes. Does not remove them.
   *
   * @param target gets the bytes
   * @throws IllegalStateException if the queue is empty; otherwise a caller would write nothing in an endless loop
   */
  public void copyTo(ByteBuffer target) {
    if (chunks == null || chunks.isEmpty()) {
      throw new IllegalStateException("the queue is empty, but its size is " + size + " bytes");
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

  /**
   * Removes bytes from the head; none if the queue has been cleared while they were written.
   *
   * @param count how many
   */
  @SuppressWarnings("NullAway") // the queue is not empty, so there are chunks
  public void remove(int count) {
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
