package dev.weft.tls;

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
 * All complete records that are there are decrypted before the application is called, once, with what they
 * hold. By then every shared buffer has been given back, and what is left over is kept, so that the application
 * may do whatever it likes in its call. A record that is wrong is complained of after the data before it has
 * been delivered.
 */

/** The way in: from records to the application's bytes. Loop thread only. */
final class Decryption {

  private static final byte[] NOTHING = {};

  private final SSLEngine engine;
  private final TlsBuffers buffers;
  private final Incoming incoming;
  private final Application application;
  private @Nullable ByteBuffer
      plain; // decrypted, but did not fit into the application's buffer; else null
  private boolean stopped; // nothing is to be delivered any more
  private @Nullable SSLException
      failure; // of a record behind data that is to be delivered first; else null

  Decryption(SSLEngine engine, TlsBuffers buffers, Incoming incoming, Application application) {
    this.engine = engine;
    this.buffers = buffers;
    this.incoming = incoming;
    this.application = application;
  }

  /**
   * Takes one record of the handshake.
   *
   * @return false if there is no whole one
   */
  boolean handshake() throws SSLException {
    SSLEngineResult result = engine.unwrap(incoming.current(), ByteBuffer.allocate(0));
    if (result.getStatus() == Status.CLOSED) {
      throw new SSLException("closed by the peer during the handshake");
    }
    return result.getStatus() == Status.OK;
  }

  /** Decrypts what is there and drops it: looks only for the end. */
  void discard() throws SSLException {
    plain = null;
    decryptAll();
    if (incoming.isAlertNext()) {
      decryptAll();
    }
    checkFailure();
  }

  /**
   * Decrypts what is there and delivers it by one call of the application.
   *
   * @return whether there is more, as the application's buffer was too small for all
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
    boolean moreBehind = plain != null; // of which decryptAll takes no more at first
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

  /** Whether everything has been delivered that the peer has sent before its close_notify. */
  boolean isAtEnd() {
    return engine.isInboundDone() && plain == null;
  }

  /** Whether the peer has said that it sends no more. */
  boolean isEndReceived() {
    return engine.isInboundDone();
  }

  private byte[] decryptAll() {
    if (plain != null) { // the protocol had buffers of its own before
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
    // the JDK complains of too little room before it looks whether there is a whole record
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
    } else if (receiver instanceof TlsProtocol above) {
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
   * Decrypts until nothing whole is left, or {@code to} has no room for the next; or up to a visible alert
   * behind data: before TLS 1.3 an engine that has seen close_notify sends no answer to the data any more.
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
        throw new SSLException("the peer wants to renegotiate, which is refused");
      }
      return result.getStatus();
    } catch (SSLException error) {
      failure = error;
      return Status.CLOSED;
    }
  }

  /** Delivers nothing from now on. What has come is kept until {@link #clear}: it may be in use. */
  void stop() {
    stopped = true;
  }

  /** Drops what has come. */
  void clear() {
    plain = null;
    incoming.clear();
  }
}
