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
 * Data is encrypted when it is written and handed to the transport below at once, whose queue is the only one:
 * so a close has nothing to flush but that, and close_notify stands where it belongs, behind the data. Records
 * are collected so that a batch of them is one write below. Only what is written before the end of the
 * handshake has to wait here. The end of the handshake leaves in one write with what the application has to say
 * then: a peer that answers and closes at once has all of it by then, and resets nothing.
 */

/** The way out: from the application's bytes to records in the transport below. Loop thread only. */
final class Encryption {

  private static final ByteBuffer[] NOTHING = {};

  /** Bytes of answers to key updates that may wait for the peer to read: some hundreds. */
  private static final int MOST_UNREAD_ANSWERS = 16 * 1024;

  private final SSLEngine engine;
  private final TlsBuffers buffers;
  private final ArrayDeque<ByteBuffer> backlog = new ArrayDeque<>(0);
  private long backlogSize;
  private int unreadAnswers; // bytes, since there was nothing unsent
  private @Nullable ByteBuffer held; // records for one write; null if each is passed on at once
  private @Nullable Transport below;

  Encryption(SSLEngine engine, TlsBuffers buffers) {
    this.engine = engine;
    this.buffers = buffers;
  }

  void begin(Transport below) {
    this.below = below;
  }

  /** Keeps a copy of the data until the handshake is done. */
  void queue(ByteBuffer data) {
    int size = data.remaining();
    backlog.add(ByteBuffer.allocate(size).put(data).flip());
    backlogSize += size; // not before the bytes are there: memory may have ended
  }

  /** Sends what has waited for the handshake. */
  void sendQueued() throws SSLException {
    if (!backlog.isEmpty()) {
      ByteBuffer[] data = backlog.toArray(ByteBuffer[]::new);
      clear();
      send(data);
    }
  }

  /** Collects records from now on, as many as a buffer holds, until {@link #release}. */
  void hold() {
    held = buffers.take();
  }

  /** Passes on what has been collected, if anything has. */
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

  /** Sends data; of what the engine takes no more, as its end has been sent, nothing. */
  void send(ByteBuffer... data) throws SSLException {
    ByteBuffer out = begin();
    try {
      for (int from = 0; (from = firstRemaining(data, from)) < data.length; ) {
        SSLEngineResult result = wrap(data, from, out);
        if (result.getStatus() == Status.CLOSED) {
          List.of(data).forEach(each -> each.position(each.limit()));
        } else if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
          throw new SSLException("cannot send: " + result);
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

  /** Sends what the engine itself has to say: parts of a handshake, alerts. */
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

  /** Sends answers to key updates: not without end to a peer that does not read. */
  void sendAnswers() throws SSLException {
    int before = size();
    sendPending();
    int after = size();
    unreadAnswers = before == 0 ? after : unreadAnswers + after - before;
    if (unreadAnswers > MOST_UNREAD_ANSWERS) {
      throw new SSLException("the peer asks for new keys again and again, and reads no answer");
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

  @SuppressWarnings("NullAway") // begin comes before the first record
  private void passOn(ByteBuffer out) {
    if (out.position() > 0) {
      below.write(out.flip());
      out.clear();
    }
  }

  /** The bytes that have not left the program yet, here and below. */
  int size() {
    int waiting = below == null ? 0 : below.getWriteBufferSize();
    int collected = held == null ? 0 : held.position();
    return (int) Math.min(backlogSize + collected + waiting, Integer.MAX_VALUE);
  }

  /** Drops what waits for the handshake. */
  void clear() {
    backlog.clear();
    backlogSize = 0;
  }
}
