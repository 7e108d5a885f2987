package dev.weft.tls;

import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** The other side, driven by hand: an engine that sends only what a test wants. */
final class EnginePeer implements Protocol {

  final SSLEngine engine;
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private ByteBuffer incoming = ByteBuffer.allocate(0);
  Transport transport;
  boolean endReceived; // close_notify
  boolean belowEnded;
  boolean lost;
  SSLException failure;
  byte[] greeting; // sent as soon as the handshake is done; null for nothing

  EnginePeer(SSLEngine engine) {
    this.engine = engine;
  }

  @Override
  public void connectionMade(BaseTransport base) {
    transport = (Transport) base;
    begin();
  }

  /** A handshake; after the first of TLS 1.3 a key update, before 1.3 a renegotiation. */
  void begin() {
    try {
      engine.beginHandshake();
      proceed();
    } catch (SSLException e) {
      failure = e;
    }
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    incoming = ByteBuffer.allocate(incoming.remaining() + data.remaining())
        .put(incoming)
        .put(data)
        .flip();
    try {
      proceed();
    } catch (SSLException e) {
      failure = e;
    }
  }

  private void proceed() throws SSLException {
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      } else if (status == HandshakeStatus.NEED_WRAP) {
        if (wrap(ByteBuffer.allocate(0)) == 0) {
          return;
        }
      } else {
        if (status == HandshakeStatus.NOT_HANDSHAKING && greeting != null) {
          wrap(ByteBuffer.wrap(greeting));
          greeting = null;
        }
        ByteBuffer to = ByteBuffer.allocate(64 * 1024);
        SSLEngineResult result = engine.unwrap(incoming, to);
        received.write(to.array(), 0, to.position());
        endReceived = engine.isInboundDone();
        if (result.getStatus() != SSLEngineResult.Status.OK) {
          return;
        }
      }
    }
  }

  private int wrap(ByteBuffer data) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(64 * 1024);
    engine.wrap(data, out);
    int count = out.position();
    if (count > 0) {
      transport.write(out.flip());
    }
    return count;
  }

  /** The records of some data, not sent. */
  ByteBuffer records(byte[]... messages) throws SSLException {
    ByteBuffer out = ByteBuffer.allocate(256 * 1024);
    for (byte[] message : messages) {
      for (ByteBuffer data = ByteBuffer.wrap(message); data.hasRemaining(); ) {
        engine.wrap(data, out);
      }
    }
    return out.flip();
  }

  void send(byte[]... messages) throws SSLException {
    transport.write(records(messages));
  }

  /** The records of a close_notify, not sent. */
  ByteBuffer closeNotify() throws SSLException {
    engine.closeOutbound();
    ByteBuffer out = ByteBuffer.allocate(64 * 1024);
    engine.wrap(ByteBuffer.allocate(0), out);
    return out.flip();
  }

  @Override
  public boolean eofReceived() {
    belowEnded = true;
    return true;
  }

  @Override
  public void connectionLost(Throwable error) {
    lost = true;
  }
}
