package dev.weft.tls;

import dev.weft.io.Layer;
import dev.weft.transport.BufferedProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/*
 * All complete records are decrypted first. Then one call hands their content to the application. Before that call,
 * Incoming returns the shared buffers and keeps a copy of the incomplete record, so the application may read, write,
 * close or replace its protocol in the call. If a record is invalid, the data before it is delivered first, and then
 * the error is thrown.
 */

/** Decrypts received records and delivers their content to the application. Loop thread only. */
final class Decryption {

  private static final byte[] NOTHING = {};

  private final SSLEngine engine;
  private final TlsBuffers buffers;
  private final Incoming incoming;
  private final Application application;
  private @Nullable ByteBuffer
      plain; // decrypted, but did not fit into the application's buffer; else null
  private boolean stopped; // by stop(): no more data is delivered
  private @Nullable SSLException
      failure; // of an invalid record, thrown once the data before it is delivered; else null

  Decryption(SSLEngine engine, TlsBuffers buffers, Incoming incoming, Application application) {
    this.engine = engine;
    this.buffers = buffers;
    this.incoming = incoming;
    this.application = application;
  }

  /**
   * Takes one record of the handshake.
   *
   * @return false if no complete record has been received
   */
  boolean handshake() throws SSLException {
    SSLEngineResult result = engine.unwrap(incoming.current(), ByteBuffer.allocate(0));
    if (result.getStatus() == Status.CLOSED) {
      throw new SSLException("the peer sent close_notify during the TLS handshake");
    }
    return result.getStatus() == Status.OK;
  }

  /** Decrypts the received records and drops their content. This finds the peer's close_notify. */
  void discard() throws SSLException {
    plain = null;
    decryptAll();
    if (incoming.isAlertNext()) {
      decryptAll();
    }
    checkFailure();
  }

  /**
   * Decrypts the received records and delivers their content with one call of the application. An alert that follows
   * them is processed after the call, and can take a second call.
   *
   * @return whether data is left that did not fit into the application's buffer
   */
  boolean deliver() throws SSLException {
    boolean more = deliverOnce();
    if (!more && failure == null && incoming.isAlertNext()) {
      more = deliverOnce();
    }
    checkFailure();
    return more;
  }

  private boolean deliverOnce() {
    if (application.isBuffered()) {
      return fill();
    }
    boolean moreBehind = plain != null; // then decryptAll returns only plain
    byte[] data = decryptAll();
    if (data.length > 0) {
      application.dataReceived(data);
    }
    return moreBehind && incoming.hasRecord();
  }

  private void checkFailure() throws SSLException {
    if (failure != null) {
      throw failure;
    }
  }

  /** Returns whether close_notify has been received and all data before it has been delivered. */
  boolean isAtEnd() {
    return engine.isInboundDone() && plain == null;
  }

  /** Returns whether close_notify has been received. */
  boolean isEndReceived() {
    return engine.isInboundDone();
  }

  private byte[] decryptAll() {
    if (plain != null) { // left by fill(): the protocol before this one was a BufferedProtocol
      byte[] data = Arrays.copyOfRange(plain.array(), plain.position(), plain.limit());
      plain = null;
      return data;
    }
    if (!incoming.hasRecord()) {
      incoming.settle();
      return NOTHING;
    }
    ByteBuffer to = buffers.take(incoming.size());
    try {
      decrypt(to);
      return Arrays.copyOf(to.array(), to.position());
    } finally {
      incoming.settle();
      buffers.give(to);
    }
  }

  @SuppressWarnings("NullAway") // the application is buffered
  private boolean fill() {
    if (plain == null && !incoming.hasRecord()) {
      incoming.settle();
      return false;
    }
    BufferedProtocol receiver = application.buffered();
    ByteBuffer to = application.getBuffer(incoming.size());
    if (to == null || stopped) {
      incoming.settle();
      return false;
    }
    int begin = to.position();
    drainPlain(to);
    // the JDK reports an overflow before it checks that the record is complete
    while (to.hasRemaining() && decrypt(to) == Status.BUFFER_OVERFLOW && incoming.hasRecord()) {
      plain = ByteBuffer.allocate(incoming.recordLength());
      decryptOne(plain);
      plain.flip();
      drainPlain(to);
    }
    incoming.settle();
    int count = to.position() - begin;
    if (count > 0) {
      application.bufferUpdated(receiver, count);
    } else if (receiver instanceof Layer above) {
      above.nothingRead();
    }
    return !to.hasRemaining() && (plain != null || incoming.hasRecord());
  }

  private void drainPlain(ByteBuffer to) {
    if (plain != null) {
      int count = Math.min(plain.remaining(), to.remaining());
      to.put(plain.slice(plain.position(), count));
      plain.position(plain.position() + count);
      if (!plain.hasRemaining()) {
        plain = null;
      }
    }
  }

  /**
   * Decrypts until no complete record is left or {@code to} has no room for the next record. It also stops between
   * data and a visible alert: before TLS 1.3, an engine that has processed close_notify cannot send an answer to the
   * data.
   */
  private Status decrypt(ByteBuffer to) {
    int begin = to.position();
    Status status;
    do {
      status = decryptOne(to);
    } while (status == Status.OK && !(to.position() > begin && incoming.isAlertNext()));
    return status;
  }

  private Status decryptOne(ByteBuffer to) {
    if (stopped || failure != null) {
      return Status.CLOSED;
    }
    try {
      SSLEngineResult result = engine.unwrap(incoming.current(), to);
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        throw new SSLException("the peer asks to renegotiate, which Weft does not support");
      }
      return result.getStatus();
    } catch (SSLException error) {
      failure = error;
      return Status.CLOSED;
    }
  }

  /** Ends delivery. The received bytes stay until {@link #clear}, because a caller may be reading them. */
  void stop() {
    stopped = true;
  }

  /** Drops all received bytes. */
  void clear() {
    plain = null;
    incoming.clear();
  }
}
