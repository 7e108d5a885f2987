package dev.weft.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/*
 * The transport below reads into a buffer that the connections of the loop share, and the engine decrypts from that
 * buffer. The connection keeps the undecrypted bytes in an array of its own. Usually they are the beginning of a
 * record, and the next read gets them in front. While reading is paused they can be more than a record, and then the
 * bytes of each read are appended to them.
 */

/** The ciphertext that has been received but not decrypted. Loop thread only. */
final class Incoming {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int HEADER = 5;
  private static final byte ALERT = 21;

  private final TlsBuffers buffers;
  private @Nullable ByteBuffer
      rest; // undecrypted bytes, from position to limit; null if there are none
  private @Nullable ByteBuffer lent; // the shared buffer: the transport below reads into it
  private boolean restIsLent; // lent begins with a copy of rest
  private boolean filled; // lent contains bytes to decrypt

  Incoming(TlsBuffers buffers) {
    this.buffers = buffers;
  }

  /** Returns the buffer that the transport below reads into. */
  ByteBuffer lend() {
    if (lent == null) {
      lent = buffers.take();
    }
    lent.clear();
    restIsLent = rest == null || rest.remaining() <= TlsBuffers.RECORD;
    if (rest != null && restIsLent) {
      lent.put(rest.duplicate());
    }
    return lent;
  }

  /** Accepts the bytes that the transport below has read into the lent buffer. */
  @SuppressWarnings("NullAway") // lend() comes before: lent is not null
  void filled() {
    lent.flip();
    if (restIsLent) {
      rest = null;
      filled = true;
    } else {
      append(lent);
      giveBack();
    }
  }

  /** Takes the lent buffer back, if a read into it has returned no bytes. */
  void nothingRead() {
    if (lent != null && !filled) {
      giveBack();
    }
  }

  /** Appends a copy of the data. */
  void append(ByteBuffer data) {
    int count = data.remaining();
    if (rest == null || rest.capacity() - rest.limit() < count) {
      int needed = Math.addExact(size(), count);
      ByteBuffer larger = ByteBuffer.allocate(Math.max(needed, 2 * size()));
      if (rest != null) {
        larger.put(rest);
      }
      rest = larger.flip();
    }
    int end = rest.limit();
    rest.limit(end + count).put(end, data, data.position(), count);
    data.position(data.limit());
  }

  /** Returns the buffer to decrypt from. The caller must call {@link #settle} when it has decrypted. */
  @SuppressWarnings("NullAway") // if filled, lent is not null
  ByteBuffer current() {
    return filled ? lent : rest != null ? rest : NOTHING;
  }

  /** Keeps the undecrypted bytes, and returns the shared buffer. */
  @SuppressWarnings("NullAway") // if filled, lent is not null
  void settle() {
    if (filled) {
      if (lent.hasRemaining()) {
        rest = ByteBuffer.allocate(lent.remaining()).put(lent).flip();
      }
      giveBack();
    } else if (rest != null && !rest.hasRemaining()) {
      rest = null;
    }
  }

  @SuppressWarnings("NullAway") // the callers check lent
  private void giveBack() {
    buffers.give(lent);
    lent = null;
    filled = false;
  }

  /** Returns whether a complete record has been received. */
  boolean hasRecord() {
    return size() >= HEADER && size() >= recordLength();
  }

  /** Returns whether a complete record is next and its header says that it is an alert. TLS 1.3 encrypts that type. */
  boolean isAlertNext() {
    return hasRecord() && current().get(current().position()) == ALERT;
  }

  /** Returns the length of the next record in bytes. Its header must have been received. */
  int recordLength() {
    ByteBuffer current = current();
    return HEADER + (current.getShort(current.position() + HEADER - Short.BYTES) & 0xffff);
  }

  /** Returns the number of undecrypted bytes. */
  int size() {
    return current().remaining();
  }

  void clear() {
    rest = null;
    if (lent != null) {
      giveBack();
    }
  }
}
