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
 * The life of the application's protocol: made, data, perhaps the end of data, lost; each of made, end and lost
 * once, and lost only after made. What the methods of the protocol throw ends the connection and is reported, as
 * with every transport. Those for flow control are only reported.
 */

/** The application's protocol, as the TLS layer sees it. Loop thread only. */
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
   * @param made whether the protocol has got its first call from another transport
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

  /** Whether data goes into buffers of the protocol's. */
  boolean isBuffered() {
    return buffered != null;
  }

  /** Whether the protocol still has to be told of the end of data. */
  boolean awaitsEnd() {
    return made && !ended && !lost;
  }

  /** Returns whether the connection goes on. */
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

  /** Where the protocol wants bytes; null if it has failed to say so. */
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

  @SuppressWarnings("NullAway") // one of the two is there
  void eofReceived() {
    ended = true;
    call("eofReceived", () -> {
      boolean keepOpen = buffered != null ? buffered.eofReceived() : streamed.eofReceived();
      if (keepOpen) {
        LOG.warn("returning true from eofReceived() has no effect when using TLS: {}", protocol);
      }
    });
  }

  /** Tells the protocol in the next turn that the connection is lost. */
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

  /** Returns false if that has failed. */
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
