package dev.weft.tls;

import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.BufferedProtocol;
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
 * The states are asyncio's: unwrapped, handshake, wrapped, flushing, shutdown; forward only, but that from
 * everywhere the end leads back to unwrapped.
 *
 *   handshake  the engine talks to its peer. What it delegates runs on an executor, and meanwhile the engine
 *              is not touched: the executor's thread holds its lock, perhaps for seconds. If the transport
 *              below ends or is lost meanwhile, the handshake goes on afterwards with what has come, which
 *              may be all that the peer had to say. At its end: connectionMade, the creator's wake-up, what
 *              has come already.
 *   wrapped    data goes both ways.
 *   flushing   the end has begun, but there is data to deliver first: the transport below is at its end while
 *              the application is paused.
 *   shutdown   close_notify is sent, the peer's is awaited, data in between is dropped.
 *
 * The end is always the transport's below: its connectionLost leads to the application's, one turn later. So an
 * error of this layer is remembered and the transport below aborted. An abort touches neither the engine nor the
 * shared buffers, as it may come at any time: a deadline does not wait for the callback that runs.
 */

/** TLS between a transport and an application's protocol: asyncio's {@code SSLProtocol}. */
public final class TlsProtocol implements BufferedProtocol {

  private static final Logger LOG = Log.of(TlsProtocol.class);

  /** How many writes to a closed connection go without a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
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
  private boolean closed; // by the application, or lost
  private @Nullable Throwable failure; // what has broken the connection, or will have; else null
  private int writesAfterClose;

  /**
   * @param protocol the application's
   * @param made completed after the handshake and {@code connectionMade}, or failed
   * @param upgraded whether the protocol has got its {@code connectionMade} before
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

  /** The application's transport. */
  public Transport transport() {
    return transport;
  }

  /** The transport that an application has: that of the last layer on {@code transport}. */
  public static Transport outermost(Transport transport) {
    Transport outer = transport;
    while (outer.getProtocol() instanceof TlsProtocol layer) {
      outer = layer.transport;
    }
    return outer;
  }

  /** Takes what has been read before this layer was there. */
  void received(ByteBuffer data) {
    if (data.hasRemaining()) {
      incoming.append(data);
    }
  }

  // ---- the handshake

  @Override
  public void connectionMade(BaseTransport base) {
    below = (Transport) base;
    if (closed) { // by a creator that was cancelled
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
            new SocketException("the peer has closed in the middle of the TLS handshake"));
      }
    } catch (SSLException error) {
      handshakeFailed(error);
    } finally {
      encryption.release();
    }
  }

  /** What the engine has delegated is done, or has failed. */
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
    incoming.settle(); // unless that was done before the application was called
  }

  /**
   * Nothing has been read into what {@link #getBuffer} has lent, which is large, and would be kept until the
   * connection is lost: if a thousand end at once, a thousand buffers.
   */
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

  /** Delivers what has come. Returns whether that was all. */
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
    } catch (Throwable error) { // as when memory ends: the records after it would make no sense
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

  /** No more comes from below than what has come. */
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

  /** Drops everything; what is the matter, if anything, arrives in {@code connectionLost}. */
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

  /** The handshake, or the shutdown, is late. The task that waits for the handshake hears of it at once, also while a callback is parked. */
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

  /** Also as soon as the transport below is: who writes and drains in a loop gives it a turn to be lost, then. */
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
