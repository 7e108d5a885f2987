package dev.weft.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The working buffers that a loop's TLS connections share, so that a connection that is idle has none. Arrays,
 * not direct memory: the JDK's ciphers are quicker on them. Loop thread only.
 */
public final class TlsBuffers {

  /** How much is read or written at once: asyncio's {@code max_size}. */
  static final int BATCH = 256 * 1024;

  /** More than the longest record. */
  static final int RECORD = 40 * 1024;

  // one being read, one being decrypted to, one for what is written in answer
  static final int KEPT = 3;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(KEPT);

  /** An empty buffer for a batch and a record. */
  ByteBuffer take() {
    ByteBuffer buffer = free.pollLast();
    return buffer != null ? buffer.clear() : ByteBuffer.allocate(BATCH + RECORD);
  }

  /** An empty buffer with room for {@code size} bytes at least. */
  ByteBuffer take(int size) {
    return size <= BATCH + RECORD ? take() : ByteBuffer.allocate(size);
  }

  /** Takes a buffer back. */
  void give(ByteBuffer buffer) {
    if (free.size() < KEPT && buffer.capacity() == BATCH + RECORD) {
      free.addLast(buffer);
    }
  }
}
