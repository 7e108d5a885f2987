package dev.weft.tls;

import dev.weft.io.Layer;
import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/*
 * The states are asyncio's: unwrapped, handshake, wrapped, flushing, shutdown. A connection passes them in this order.
 * From each state, the end of the connection leads back to unwrapped.
 *
 *   handshake  The engine exchanges handshake records with the peer. An executor runs the tasks that the engine
 *              delegates. Meanwhile the loop does not touch the engine, because a task holds the engine's lock,
 *              perhaps for seconds. If the transport below reaches its end or is lost meanwhile, the handshake
 *              continues after the task with the received bytes, which may complete it. When the handshake is
 *              complete, the layer calls connectionMade, wakes the creator, and delivers the received data.
 *   wrapped    Data flows in both directions.
 *   flushing   The transport below has reached its end. Received data must be delivered before the shutdown, which
 *              waits while the application has paused reading. A close by the application leaves this state at once.
 *   shutdown   The layer has sent close_notify and waits for that of the peer. It drops data that it receives.
 *
 * The connection always ends with connectionLost of the transport below. One turn later the application gets its
 * connectionLost. So the layer stores its own error and aborts the transport below. An abort touches neither the
 * engine nor the shared buffers, because it may come at any time: a deadline does not wait for the callback that is
 * running.
 */

/** The TLS layer between a transport and the application's protocol: asyncio's {@code SSLProtocol}. */
public final class TlsProtocol implements Layer {

  private static final Logger LOG = Log.of(TlsProtocol.class);

  /** The number of the write to a closed connection that logs a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_WRITES = 5;

  private enum State {
    UNWRAPPED,
    HANDSHAKE,
    WRAPPED,
    FLUSHING,
    SHUTDOWN
  }

  private final BaseEventLoop loop;
  private final TlsSettings settings;
  private final SSLEngine engine;
  private final Application application;
  private final Incoming incoming;
  private final Decryption decryption;
  private final Encryption encryption;
  private final Handshake handshake;
  private final ReadControl readControl;
  private final WriteControl writeControl;
  private final SessionInfo info;
  private final Deadline deadline;
  private final TlsTransport transport;
  private final Future<@Nullable Void> made;

  // loop thread only
  private State state = State.UNWRAPPED;
  private @Nullable Transport below; // null until connectionMade
  private boolean readingPaused;
  private boolean belowAtEnd;
  private boolean belowLost;
  private boolean closed; // the application has closed, or the connection is lost
  private @Nullable Throwable failure; // the error that connectionLost gets; else null
  private int writesAfterClose;

  /**
   * Creates a layer with an engine of its own.
   *
   * @param loop the loop of the transport below
   * @param buffers the loop's TLS buffers
   * @param settings the settings for the engine
   * @param protocol the application's protocol
   * @param made the future that the layer completes after the handshake and {@code connectionMade}, or fails
   * @param upgraded whether the plain transport has already called the protocol's {@code connectionMade}
   */
  public TlsProtocol(
      BaseEventLoop loop,
      TlsBuffers buffers,
      TlsSettings settings,
      BaseProtocol protocol,
      Future<@Nullable Void> made,
      boolean upgraded) {
    this.loop = loop;
    this.settings = settings;
    this.made = made;
    this.engine = settings.newEngine();
    this.application = new Application(loop, this, protocol, upgraded);
    this.incoming = new Incoming(buffers);
    this.decryption = new Decryption(engine, buffers, incoming, application);
    this.encryption = new Encryption(engine, buffers);
    this.handshake =
        new Handshake(loop, settings.executor(), engine, this, incoming, decryption, encryption);
    this.readControl = new ReadControl(incoming);
    this.writeControl = new WriteControl(encryption, application);
    this.info = new SessionInfo(settings, engine);
    this.deadline = new Deadline(loop, this);
    this.transport = new TlsTransport(this, application, writeControl);
  }

  /**
   * Returns the application's transport.
   *
   * @return the transport
   */
  @Override
  public Transport transport() {
    return transport;
  }

  /** Accepts bytes that the transport below read before it got this layer. */
  void received(ByteBuffer data) {
    if (data.hasRemaining()) {
      incoming.append(data);
    }
  }

  // ---- the handshake

  @Override
  public void connectionMade(BaseTransport base) {
    below = (Transport) base;
    if (closed) { // the creator has been cancelled
      below.abort();
      return;
    }
    encryption.begin(below);
    readControl.begin(below);
    writeControl.begin(below);
    state = State.HANDSHAKE;
    deadline.start("handshake", settings.handshakeTimeout());
    try {
      engine.beginHandshake();
    } catch (SSLException error) {
      handshakeFailed(error);
      return;
    }
    handshake();
  }

  private void handshake() {
    encryption.hold();
    try {
      boolean done = handshake.proceed();
      if (state != State.HANDSHAKE) {
        return; // aborted meanwhile
      }
      if (done) {
        handshakeDone();
      } else if (handshake.isDelegating() || !belowAtEnd) {
        readControl.check();
      } else if (!belowLost) {
        handshakeFailed(
            new SocketException("the peer closed the connection during the TLS handshake"));
      }
    } catch (SSLException error) {
      handshakeFailed(error);
    } finally {
      encryption.release();
    }
  }

  /** Continues after the tasks that the engine delegated, or aborts with their error. */
  void delegated(Optional<Throwable> error) {
    if (state == State.HANDSHAKE) {
      if (error.isPresent()) {
        abort(error.get());
      } else {
        handshake();
      }
    }
    if (belowLost && !handshake.isDelegating()) {
      lose();
    }
  }

  private void handshakeDone() throws SSLException {
    deadline.cancel();
    info.begin();
    state = State.WRAPPED;
    encryption.sendQueued();
    boolean goesOn = application.connectionMade();
    encryption.release();
    if (!goesOn) {
      return; // connectionLost tells the creator why
    }
    wakeCreator(null);
    writeControl.check();
    read();
    if (belowAtEnd && !belowLost) {
      endReading();
    }
  }

  private void handshakeFailed(IOException error) {
    fail(error);
    wakeCreator(error);
  }

  private void wakeCreator(@Nullable Throwable error) {
    if (!made.done()) {
      if (error == null) {
        made.setResult(null);
      } else {
        made.setException(error);
      }
    }
  }

  // ---- reading

  @Override
  public ByteBuffer getBuffer(int sizeHint) {
    return incoming.lend();
  }

  @Override
  public void bufferUpdated(int nbytes) {
    incoming.filled();
    proceed();
    incoming.settle(); // has no effect if Decryption has already called it
  }

  @Override
  public void nothingRead() {
    incoming.nothingRead();
  }

  private void proceed() {
    switch (state) {
      case HANDSHAKE -> handshake();
      case WRAPPED -> read();
      case FLUSHING -> flush();
      case SHUTDOWN -> shutdown();
      case UNWRAPPED -> decryption.clear();
    }
  }

  private void read() {
    if (state != State.WRAPPED) {
      return;
    }
    if (!readingPaused && deliver() && decryption.isAtEnd() && state == State.WRAPPED) {
      application.eofReceived();
      close();
      return;
    }
    readControl.check();
  }

  /** Delivers the received data. Returns whether all of it is delivered. */
  private boolean deliver() {
    try {
      boolean more = decryption.deliver();
      encryption.sendAnswers();
      if (more) {
        loop.callSoon(this::proceed);
      }
      return !more;
    } catch (SSLException error) {
      fail(error);
      return false;
    }
  }

  boolean isReading() {
    return !closed && !readingPaused;
  }

  void pauseReading() {
    if (isReading()) {
      readingPaused = true;
    }
  }

  void resumeReading() {
    if (!closed && readingPaused) {
      readingPaused = false;
      loop.callSoon(this::proceed);
    }
  }

  // ---- writing

  void write(ByteBuffer... data) {
    loop.checkOnLoop("write");
    try {
      switch (state) {
        case WRAPPED -> encryption.send(data);
        case HANDSHAKE -> List.of(data).forEach(encryption::queue);
        default -> noteWriteAfterClose();
      }
    } catch (SSLException error) {
      fail(error);
    } catch (
        Throwable error) { // such as OutOfMemoryError: a record is missing, so the stream is broken
      abort(error);
      application.report("Fatal write error on TLS transport", error);
    }
    for (ByteBuffer each : data) {
      each.position(each.limit());
    }
    writeControl.check();
  }

  private void noteWriteAfterClose() {
    if (++writesAfterClose == SILENT_WRITES) {
      LOG.warn("SSL connection is closed: writing to {}", transport);
    }
  }

  @Override
  public void resumeWriting() {
    writeControl.check();
  }

  int getWriteBufferSize() {
    return encryption.size();
  }

  // ---- the end

  @Override
  public boolean eofReceived() {
    belowAtEnd = true;
    if (state == State.WRAPPED) {
      endReading();
    } else {
      proceed();
    }
    return state == State.HANDSHAKE || state == State.FLUSHING;
  }

  /** Begins the end, as the transport below has reached its end. */
  private void endReading() {
    if (state == State.WRAPPED) {
      state = State.FLUSHING;
      flush();
    }
  }

  void close() {
    loop.checkOnLoop("close");
    if (closed) {
      return;
    }
    closed = true;
    switch (state) {
      case HANDSHAKE -> abort(null);
      case WRAPPED -> {
        state = State.FLUSHING;
        deadline.start("shutdown", settings.shutdownTimeout());
        flush();
      }
      default -> proceed();
    }
  }

  private void flush() {
    if (!closed) {
      if (readingPaused || !deliver()) {
        return;
      }
      if (state == State.FLUSHING && application.awaitsEnd()) {
        application.eofReceived();
      }
    }
    if (state == State.FLUSHING) {
      closed = true;
      state = State.SHUTDOWN;
      shutdown();
    }
  }

  private void shutdown() {
    try {
      if (!belowAtEnd) {
        engine.closeOutbound();
        encryption.sendPending();
      }
      if (!decryption.isEndReceived()) {
        decryption.discard();
      }
    } catch (SSLException error) {
      fail(error);
      return;
    }
    if (decryption.isEndReceived() || belowAtEnd) {
      info.end(!decryption.isEndReceived());
      deadline.cancel();
      loop.callSoon(Objects.requireNonNull(below)::close);
    } else {
      readControl.check();
    }
  }

  private void fail(IOException error) {
    try {
      encryption.sendPending(); // the alert that tells the peer why
      encryption.release();
    } catch (Throwable alsoFailed) {
      error.addSuppressed(alsoFailed);
    }
    abort(error);
  }

  /** Closes the connection at once and drops all data. {@code connectionLost} gets the first error. */
  void abort(@Nullable Throwable error) {
    loop.checkOnLoop("abort");
    closed = true;
    if (failure == null) {
      failure = error;
    }
    state = State.UNWRAPPED;
    decryption.stop();
    if (belowLost) {
      lose();
    } else if (below != null) {
      below.abort();
    }
  }

  /**
   * Aborts the connection because the handshake or the shutdown takes too long. Wakes the task that waits for the
   * handshake at once, even while a callback is parked.
   */
  void expire(IOException error) {
    abort(error);
    wakeCreator(error);
  }

  @Override
  public void connectionLost(@Nullable Throwable error) {
    belowAtEnd = true;
    belowLost = true;
    if (failure == null) {
      failure = error;
    }
    if (state != State.HANDSHAKE || !handshake.isDelegating()) {
      lose();
    }
  }

  private void lose() {
    deadline.cancel();
    closed = true;
    state = State.UNWRAPPED;
    encryption.clear();
    decryption.clear();
    application.connectionLost(failure);
    wakeCreator(
        failure != null
            ? failure
            : new SocketException("the connection was closed during the TLS handshake"));
  }

  /**
   * Returns whether this layer or the transport below is closing. The drain of a closing transport yields one turn, so
   * a task that writes and drains in a loop lets the connection be lost.
   */
  boolean isClosing() {
    return closed || below != null && below.isClosing();
  }

  // ---- what it is

  @SuppressWarnings("unchecked")
  <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    Object own = info.get(key);
    return own != null || below == null ? (T) own : below.getExtraInfo(key);
  }

  @Override
  public String toString() {
    return "TLS[" + state + " over " + below + "]";
  }
}
