package dev.weft.selector;

import dev.weft.io.Sink;
import dev.weft.io.WriteQueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The direct buffers of a loop, and the reads and writes of its channels by them. Loop thread only. */
final class IoBuffers {

  /** The largest number of bytes of one read: asyncio's {@code max_size}. */
  static final int READ_SIZE = 256 * 1024;

  /** The largest number of free buffers. One is enough, unless calls of channels park. Others are dropped. */
  private static final int BUFFERS = 4;

  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(BUFFERS);

  /*
   * A call of a channel may park on a lock that another thread holds, for example to read an option. Code that runs
   * meanwhile needs another buffer. Usually the buffer that was returned last is lent next, while it is still in the
   * CPU's cache.
   */

  /**
   * Lends an empty direct buffer of {@link #READ_SIZE} bytes for one read or write. The caller returns it with {@link
   * #give}.
   */
  ByteBuffer take() {
    ByteBuffer buffer = free.pollLast();
    return buffer != null ? buffer.clear() : ByteBuffer.allocateDirect(READ_SIZE);
  }

  /** Takes back a buffer that {@link #take} has lent. The caller must not use it afterwards. */
  void give(ByteBuffer buffer) {
    if (free.size() < BUFFERS) {
      free.addLast(buffer);
    }
  }

  /** Reads once. Returns the bytes; an empty array at the end of the stream; null if there are none yet. */
  byte @Nullable [] read(ReadableByteChannel channel) throws IOException {
    ByteBuffer direct = take();
    try {
      int count = channel.read(direct);
      return count == 0 ? null : bytes(direct.flip());
    } finally {
      give(direct);
    }
  }

  /** Returns a copy of the remaining bytes of a buffer. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /**
   * Reads once. A heap buffer gets its bytes through a buffer of the loop. Otherwise the JDK would allocate a direct
   * buffer as large as the heap buffer, and keep it.
   */
  int read(ReadableByteChannel channel, ByteBuffer target) throws IOException {
    if (target.isDirect()) {
      return channel.read(target);
    }
    ByteBuffer direct = take();
    try {
      direct.limit(Math.min(direct.capacity(), target.remaining()));
      int count = channel.read(direct);
      if (count > 0) {
        target.put(direct.flip());
      }
      return count;
    } finally {
      give(direct);
    }
  }

  /** Writes once, at most {@link #READ_SIZE} bytes. Returns whether the channel took all of them. */
  boolean write(WritableByteChannel channel, ByteBuffer data) throws IOException {
    int count = Math.min(data.remaining(), READ_SIZE);
    int sent;
    if (data.isDirect()) {
      sent = channel.write(data.slice(data.position(), count));
    } else {
      ByteBuffer direct = take();
      try {
        sent = channel.write(direct.put(0, data, data.position(), count).limit(count));
      } finally {
        give(direct);
      }
    }
    data.position(data.position() + sent);
    return sent == count;
  }

  /** Writes once from a queue, at most {@link #READ_SIZE} bytes. Returns whether the channel took all of them. */
  boolean write(WritableByteChannel channel, WriteQueue queue) throws IOException {
    ByteBuffer direct = take();
    try {
      queue.copyTo(direct);
      queue.remove(channel.write(direct.flip()));
      return !direct.hasRemaining();
    } finally {
      give(direct);
    }
  }

  /** Writes until the channel takes no more, at most {@link Sink#TURN_SIZE} bytes. */
  void writeSome(WritableByteChannel channel, ByteBuffer data) throws IOException {
    for (int left = Sink.TURN_SIZE; left > 0 && data.hasRemaining(); left -= READ_SIZE) {
      if (!write(channel, data)) {
        return;
      }
    }
  }
}
