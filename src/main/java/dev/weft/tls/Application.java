package dev.weft.tls;

import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.Protocol;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/*
 * The protocol gets connectionMade, then data, then perhaps eofReceived, then connectionLost. It gets connectionMade,
 * eofReceived and connectionLost at most once each, and connectionLost only after connectionMade. An exception from
 * one of its methods is reported and ends the connection, as with every transport. An exception from pauseWriting or
 * resumeWriting is only reported.
 */

/** Calls the application's protocol on behalf of the TLS layer. Loop thread only. */
final class Application {

  private static final Logger LOG = Log.of(TlsProtocol.class);

  private final BaseEventLoop loop;
  private final TlsProtocol layer;
  private BaseProtocol protocol;
  private @Nullable Protocol streamed; // the protocol, if it is one
  private @Nullable BufferedProtocol buffered; // the protocol, if it is one
  private boolean made;
  private boolean ended;
  private boolean lost;

  /**
   * @param made whether another transport has already called the protocol's {@code connectionMade}
   */
  Application(BaseEventLoop loop, TlsProtocol layer, BaseProtocol protocol, boolean made) {
    this.loop = loop;
    this.layer = layer;
    this.made = made;
    set(protocol);
  }

  void set(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    Protocol asStreamed = protocol instanceof Protocol p ? p : null;
    BufferedProtocol asBuffered = protocol instanceof BufferedProtocol p ? p : null;
    if (asStreamed == null && asBuffered == null) {
      throw new IllegalArgumentException(
          "a stream transport needs a Protocol or a BufferedProtocol: " + protocol);
    }
    this.protocol = protocol;
    this.streamed = asStreamed;
    this.buffered = asBuffered;
  }

  BaseProtocol protocol() {
    return protocol;
  }

  /** Returns whether the protocol supplies the buffers that data goes into. */
  boolean isBuffered() {
    return buffered != null;
  }

  /** Returns whether the protocol has not received the end of data yet. */
  boolean awaitsEnd() {
    return made && !ended && !lost;
  }

  /** Calls {@code connectionMade} if it is due. Returns false if the protocol fails, which ends the connection. */
  boolean connectionMade() {
    if (made) {
      return true;
    }
    made = true;
    return call("connectionMade", () -> protocol.connectionMade(layer.transport()));
  }

  @SuppressWarnings("NullAway") // isBuffered() is false
  void dataReceived(byte[] data) {
    try {
      streamed.dataReceived(ByteBuffer.wrap(data));
    } catch (Throwable error) {
      failed("dataReceived", error);
    }
  }

  /** Returns the protocol's buffer for the next bytes; null if the protocol fails, which ends the connection. */
  @SuppressWarnings("NullAway") // isBuffered() is true
  @Nullable
  ByteBuffer getBuffer(int sizeHint) {
    try {
      ByteBuffer buffer = buffered.getBuffer(sizeHint);
      if (!buffer.hasRemaining()) {
        throw new IllegalStateException("getBuffer() returned an empty buffer");
      }
      if (buffer.isReadOnly()) {
        throw new IllegalStateException("getBuffer() returned a read-only buffer");
      }
      return buffer;
    } catch (Throwable error) {
      failed("getBuffer", error);
      return null;
    }
  }

  void bufferUpdated(BufferedProtocol receiver, int count) {
    try {
      receiver.bufferUpdated(count);
    } catch (Throwable error) {
      failed("bufferUpdated", error);
    }
  }

  @Nullable
  BufferedProtocol buffered() {
    return buffered;
  }

  @SuppressWarnings("NullAway") // one of the two is not null
  void eofReceived() {
    ended = true;
    call("eofReceived", () -> {
      boolean keepOpen = buffered != null ? buffered.eofReceived() : streamed.eofReceived();
      if (keepOpen) {
        LOG.warn("returning true from eofReceived() has no effect when using TLS: {}", protocol);
      }
    });
  }

  /** Calls {@code connectionLost} in the next turn, once, if {@code connectionMade} has been called. */
  void connectionLost(@Nullable Throwable error) {
    if (made && !lost) {
      lost = true;
      BaseProtocol last = protocol;
      loop.callSoon(() -> last.connectionLost(error));
    }
  }

  void pauseWriting() {
    tell("pauseWriting", protocol::pauseWriting);
  }

  void resumeWriting() {
    tell("resumeWriting", protocol::resumeWriting);
  }

  private void tell(String method, Runnable call) {
    try {
      call.run();
    } catch (Throwable error) {
      KeyboardInterrupt.passFatal(error);
      report("protocol." + method + "() failed", error);
    }
  }

  /** Returns false if the call fails, which ends the connection. */
  private boolean call(String method, Runnable call) {
    try {
      call.run();
      return true;
    } catch (Throwable error) {
      failed(method, error);
      return false;
    }
  }

  private void failed(String method, Throwable error) {
    KeyboardInterrupt.passFatal(error);
    report("Fatal error: protocol." + method + "() call failed.", error);
    layer.abort(error);
  }

  void report(String message, Throwable error) {
    loop.callExceptionHandler(ExceptionContext.of(message)
        .withException(error)
        .with(ExceptionContext.TRANSPORT, layer.transport())
        .with(ExceptionContext.PROTOCOL, protocol));
  }
}
