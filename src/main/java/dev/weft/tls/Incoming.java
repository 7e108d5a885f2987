package dev.weft.tls;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/*
 * What the transport below reads goes into a buffer that all connections share, and is decrypted from there.
 * What is left is kept in an array of this connection's own: the beginning of a record, which is put before
 * the next read; or much more while nothing is decrypted, to which reads are then appended.
 */

/** The ciphertext that has come and is not decrypted yet. Loop thread only. */
final class Incoming {

  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int HEADER = 5;
  private static final byte ALERT = 21;

  private final TlsBuffers buffers;
  private @Nullable ByteBuffer rest; // from its position to its limit; null if nothing is left
  private @Nullable ByteBuffer lent; // to the transport below, then decrypted from
  private boolean restIsLent; // lent begins with a copy of rest
  private boolean filled; // lent has something to decrypt

  Incoming(TlsBuffers buffers) {
    this.buffers = buffers;
  }

  /** A buffer to read into. */
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

  /** Bytes have been put into what was lent. */
  @SuppressWarnings("NullAway") // lent is there
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

  /** Nothing has been put into what was lent, if anything was. */
  void nothingRead() {
    if (lent != null && !filled) {
      giveBack();
    }
  }

  /** Adds bytes, which are copied. */
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

  /** What to decrypt from; {@link #settle} must follow. */
  @SuppressWarnings("NullAway") // filled: lent is there
  ByteBuffer current() {
    return filled ? lent : rest != null ? rest : NOTHING;
  }

  /** Keeps what has not been decrypted, and gives the shared buffer back. */
  @SuppressWarnings("NullAway") // lent is there
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

  @SuppressWarnings("NullAway") // lent is there
  private void giveBack() {
    buffers.give(lent);
    lent = null;
    filled = false;
  }

  /** Whether a whole record has come. */
  boolean hasRecord() {
    return size() >= HEADER && size() >= recordLength();
  }

  /** Whether a whole record has come that says of itself to be an alert. TLS 1.3 hides that. */
  boolean isAlertNext() {
    return hasRecord() && current().get(current().position()) == ALERT;
  }

  /** The length of the next record, of which the header has come. */
  int recordLength() {
    ByteBuffer current = current();
    return HEADER + (current.getShort(current.position() + HEADER - Short.BYTES) & 0xffff);
  }

  /** The number of bytes. */
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
