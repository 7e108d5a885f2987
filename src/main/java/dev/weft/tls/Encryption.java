package dev.weft.tls;

import dev.weft.transport.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/*
 * Data is encrypted when it is written, and the records go to the transport below at once. The queue of that transport
 * is the only queue, so close_notify follows all data and a close has nothing else to flush. Records are collected, so
 * a batch of records is one write to the transport below. Only data that is written before the end of the handshake
 * waits in this class. The last records of the handshake and the application's first data are one write. A peer that
 * answers and closes at once has then received all of it, and its kernel sends no reset.
 */

/** Encrypts the application's data and writes the records to the transport below. Loop thread only. */
final class Encryption {

  private static final ByteBuffer[] NOTHING = {};

  /** The number of bytes of unread answers to key updates that are tolerated: some hundred answers. */
  private static final int MOST_UNREAD_ANSWERS = 16 * 1024;

  private final SSLEngine engine;
  private final TlsBuffers buffers;
  private final ArrayDeque<ByteBuffer> backlog = new ArrayDeque<>(0);
  private long backlogSize;
  private int unreadAnswers; // in bytes, since the write buffer was last empty
  private @Nullable ByteBuffer held; // collects records for one write; null outside of hold/release
  private @Nullable Transport below;

  Encryption(SSLEngine engine, TlsBuffers buffers) {
    this.engine = engine;
    this.buffers = buffers;
  }

  void begin(Transport below) {
    this.below = below;
  }

  /** Keeps a copy of the data until {@link #sendQueued}. */
  void queue(ByteBuffer data) {
    int size = data.remaining();
    backlog.add(ByteBuffer.allocate(size).put(data).flip());
    backlogSize += size; // last, as the allocation may run out of memory
  }

  /** Sends the data that was written during the handshake. */
  void sendQueued() throws SSLException {
    if (!backlog.isEmpty()) {
      ByteBuffer[] data = backlog.toArray(ByteBuffer[]::new);
      clear();
      send(data);
    }
  }

  /** Collects records until {@link #release}. A full buffer is written before that. */
  void hold() {
    held = buffers.take();
  }

  /** Writes the collected records and ends the collection that {@link #hold} began, if one is active. */
  void release() {
    if (held != null) {
      ByteBuffer out = held;
      held = null;
      end(out);
    }
  }

  private ByteBuffer begin() {
    return held != null ? held : buffers.take();
  }

  private void end(ByteBuffer out) {
    if (out != held) {
      passOn(out);
      buffers.give(out);
    }
  }

  /** Encrypts and sends data. Drops data that follows the engine's close_notify. */
  void send(ByteBuffer... data) throws SSLException {
    ByteBuffer out = begin();
    try {
      for (int from = 0; (from = firstRemaining(data, from)) < data.length; ) {
        SSLEngineResult result = wrap(data, from, out);
        if (result.getStatus() == Status.CLOSED) {
          List.of(data).forEach(each -> each.position(each.limit()));
        } else if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
          throw new SSLException("the TLS engine cannot encrypt: " + result);
        }
      }
    } finally {
      end(out);
    }
  }

  private static int firstRemaining(ByteBuffer[] data, int from) {
    int index = from;
    while (index < data.length && !data[index].hasRemaining()) {
      index++;
    }
    return index;
  }

  /** Sends the records that the engine itself has to send, such as those of a handshake and alerts. */
  void sendPending() throws SSLException {
    if (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
      return;
    }
    ByteBuffer out = begin();
    try {
      while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        if (wrap(NOTHING, 0, out).bytesProduced() == 0) {
          break; // closed
        }
      }
    } finally {
      end(out);
    }
  }

  /**
   * Sends answers to key updates.
   *
   * @throws SSLException if the peer leaves too many answers unread
   */
  void sendAnswers() throws SSLException {
    int before = size();
    sendPending();
    int after = size();
    unreadAnswers = before == 0 ? after : unreadAnswers + after - before;
    if (unreadAnswers > MOST_UNREAD_ANSWERS) {
      throw new SSLException("the peer sends many key updates but does not read the answers");
    }
  }

  private SSLEngineResult wrap(ByteBuffer[] data, int from, ByteBuffer out) throws SSLException {
    SSLEngineResult result = engine.wrap(data, from, data.length - from, out);
    if (result.getStatus() == Status.BUFFER_OVERFLOW) {
      passOn(out);
      result = engine.wrap(data, from, data.length - from, out);
    }
    return result;
  }

  @SuppressWarnings("NullAway") // begin(Transport) is called before the first record
  private void passOn(ByteBuffer out) {
    if (out.position() > 0) {
      below.write(out.flip());
      out.clear();
    }
  }

  /** Returns the number of unsent bytes, in this class and in the transport below. */
  int size() {
    int waiting = below == null ? 0 : below.getWriteBufferSize();
    int collected = held == null ? 0 : held.position();
    return (int) Math.min(backlogSize + collected + waiting, Integer.MAX_VALUE);
  }

  /** Drops the data that waits for the end of the handshake. */
  void clear() {
    backlog.clear();
    backlogSize = 0;
  }
}
