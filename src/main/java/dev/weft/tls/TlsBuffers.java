package dev.weft.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The working buffers that a loop's TLS connections share. An idle connection has no buffer. The buffers are on the
 * heap, because the JDK's ciphers are faster there than on direct memory. Loop thread only.
 */
public final class TlsBuffers {

  /** The number of bytes that are read or written at once: asyncio's {@code max_size}. */
  static final int BATCH = 256 * 1024;

  /** More bytes than the longest record has. */
  static final int RECORD = 40 * 1024;

  /** The number of free buffers that are kept: one to read into, one to decrypt into, one to encrypt answers into. */
  static final int KEPT = 3;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(KEPT);

  /** Creates a pool without buffers. Any thread. */
  public TlsBuffers() {}

  /** Returns an empty buffer with room for a batch and a record. */
  ByteBuffer take() {
    ByteBuffer buffer = free.pollLast();
    return buffer != null ? buffer.clear() : ByteBuffer.allocate(BATCH + RECORD);
  }

  /** Returns an empty buffer with room for at least {@code size} bytes. */
  ByteBuffer take(int size) {
    return size <= BATCH + RECORD ? take() : ByteBuffer.allocate(size);
  }

  /** Takes a buffer back, and drops it if there are enough. */
  void give(ByteBuffer buffer) {
    if (free.size() < KEPT && buffer.capacity() == BATCH + RECORD) {
      free.addLast(buffer);
    }
  }
}
