package dev.weft.tls;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.TimerHandle;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The states are asyncio's: unwrapped, handshake, wrapped, flushing, shutdown; forward only, but that from
 * everywhere the end leads back to unwrapped.
 *
 *   handshake  the engine talks to its peer. What it delegates runs on an executor, meanwhile nothing is
 *              given to it. At its end: connectionMade, the creator's wake-up, what has come already.
 *   wrapped    data goes both ways.
 *   flushing   the end has begun, but there is data to deliver first: the transport below is at its end while
 *              the application is paused.
 *   shutdown   close_notify is sent, the peer's is awaited, data in between is dropped.
 *
 * The end is always the transport's below: its connectionLost leads to the application's, one turn later. So an
 * error of this layer is remembered and the transport below aborted.
 */

/** TLS between a transport and an application's protocol: asyncio's {@code SSLProtocol}. */
public final class TlsProtocol implements BufferedProtocol {

  private static final Logger LOG = LoggerFactory.getLogger(TlsProtocol.class);

  /** FLOW_CONTROL_HIGH_WATER_SSL_READ: so much ciphertext may wait, and a quarter to go on. */
  private static final int READ_HIGH = 256 * 1024;

  private static final int READ_LOW = READ_HIGH / 4;

  /** How many writes to a closed connection go without a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_WRITES = 5;

  /** Bytes of answers to key updates that may wait for the peer to read: some hundreds. */
  private static final int MOST_UNREAD_ANSWERS = 16 * 1024;

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
  private final WriteControl writeControl;
  private final TlsTransport transport = new TlsTransport(this);
  private final Future<Void> made;

  // loop thread only
  private State state = State.UNWRAPPED;
  private Transport below; // null until connectionMade
  private SSLSession session; // null until the handshake is done
  private TimerHandle timer; // of the handshake, then of the shutdown; else null
  private boolean delegating;
  private boolean readingPaused;
  private boolean belowPaused;
  private boolean belowAtEnd;
  private boolean closed; // by the application, or lost
  private boolean raggedEnd;
  private Throwable failure; // what will have broken the connection; else null
  private int writesAfterClose;
  private int unreadAnswers; // bytes, since there was nothing unsent

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
      Future<Void> made,
      boolean upgraded) {
    this.loop = loop;
    this.settings = settings;
    this.made = made;
    this.engine = settings.newEngine();
    this.application = new Application(loop, this, protocol, upgraded);
    this.incoming = new Incoming(buffers);
    this.decryption = new Decryption(engine, buffers, incoming, application);
    this.encryption = new Encryption(engine, buffers);
    this.writeControl = new WriteControl(encryption, application);
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

  /**
   * Puts this layer between a transport and the protocol that it has had ({@code start_tls}). Suspends.
   *
   * @param received read before, but sent for the handshake
   * @return the transport for the protocol
   * @throws IOException if the handshake fails; the transport is closed, then
   */
  public Transport upgrade(Transport plain, ByteBuffer received) throws IOException {
    if (plain.isClosing()) {
      throw new SocketException("the transport is closed: " + plain);
    }
    if (received.hasRemaining()) {
      incoming.append(received);
    }
    plain.pauseReading(); // or data could come before connectionMade
    plain.setProtocol(this);
    Handle begin = loop.callSoon(() -> connectionMade(plain));
    Handle resume = loop.callSoon(plain::resumeReading);
    try {
      made.await();
      return transport;
    } catch (Throwable error) {
      plain.close();
      begin.cancel();
      resume.cancel();
      throw error;
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
    writeControl.begin(below);
    state = State.HANDSHAKE;
    timer = loop.callLater(settings.handshakeTimeout(), this::handshakeTimedOut);
    try {
      engine.beginHandshake();
    } catch (SSLException error) {
      handshakeFailed(error);
      return;
    }
    handshake();
  }

  private void handshake() {
    if (delegating) {
      controlReadingBelow();
      return;
    }
    try {
      while (true) {
        switch (engine.getHandshakeStatus()) {
          case NEED_WRAP -> encryption.sendPending();
          case NEED_TASK -> {
            incoming.settle();
            delegate();
            return;
          }
          case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
            if (!decryption.handshake()) {
              incoming.settle();
              controlReadingBelow();
              return;
            }
          }
          default -> {
            incoming.settle();
            handshakeDone();
            return;
          }
        }
      }
    } catch (SSLException error) {
      handshakeFailed(error);
    }
  }

  private void delegate() {
    delegating = true;
    loop.runInExecutor(settings.executor(), this::runDelegated).addDoneCallback(this::delegated);
  }

  private Void runDelegated() {
    for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
      task.run();
    }
    return null;
  }

  private void delegated(Future<Void> done) {
    delegating = false;
    if (state != State.HANDSHAKE) {
      return;
    }
    if (done.exception().isPresent()) {
      abort(done.exception().get());
    } else {
      handshake();
    }
  }

  private void handshakeDone() throws SSLException {
    cancelTimer();
    session = engine.getSession();
    state = State.WRAPPED;
    encryption.sendQueued();
    if (!application.connectionMade()) {
      return; // connectionLost tells the creator why
    }
    wakeCreator(null);
    writeControl.check();
    read();
  }

  private void handshakeTimedOut() {
    abort(new SocketTimeoutException("the TLS handshake is taking longer than "
        + settings.handshakeTimeout()
        + ": aborting the connection"));
  }

  private void handshakeFailed(IOException error) {
    fail(error);
    wakeCreator(error);
  }

  private void wakeCreator(Throwable error) {
    if (!made.done()) {
      if (error == null) {
        made.setResult(null);
      } else {
        made.setException(error);
      }
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
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
    controlReadingBelow();
  }

  /** Delivers what has come. Returns whether that was all. */
  private boolean deliver() {
    try {
      boolean more = decryption.deliver();
      answer();
      if (more) {
        loop.callSoon(this::proceed);
      }
      return !more;
    } catch (SSLException error) {
      fail(error);
      return false;
    }
  }

  /** Answers key updates: not without end to a peer that does not read. */
  private void answer() throws SSLException {
    int before = encryption.size();
    encryption.sendPending();
    int after = encryption.size();
    unreadAnswers = before == 0 ? after : unreadAnswers + after - before;
    if (unreadAnswers > MOST_UNREAD_ANSWERS) {
      throw new SSLException("the peer asks for new keys again and again, and reads no answer");
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

  /** Keeps what waits to be decrypted within bounds. */
  private void controlReadingBelow() {
    int size = incoming.size();
    if (!belowPaused && size >= READ_HIGH) {
      belowPaused = true;
      below.pauseReading();
    } else if (belowPaused && size <= READ_LOW) {
      belowPaused = false;
      below.resumeReading();
    }
  }

  // ---- writing

  void write(ByteBuffer... data) {
    loop.checkOnLoop("write");
    switch (state) {
      case WRAPPED -> {
        try {
          encryption.send(data);
        } catch (SSLException error) {
          fail(error);
        }
      }
      case HANDSHAKE -> List.of(data).forEach(encryption::queue);
      default -> noteWriteAfterClose();
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

  WriteControl writeControl() {
    return writeControl;
  }

  // ---- the end

  @Override
  public boolean eofReceived() {
    belowAtEnd = true;
    switch (state) {
      case HANDSHAKE ->
        handshakeFailed(
            new SocketException("the peer has closed in the middle of the TLS handshake"));
      case WRAPPED -> {
        state = State.FLUSHING;
        flush();
      }
      default -> proceed();
    }
    return state == State.FLUSHING;
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
        timer = loop.callLater(settings.shutdownTimeout(), this::shutdownTimedOut);
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
      raggedEnd = !decryption.isEndReceived();
      cancelTimer();
      loop.callSoon(below::close);
    } else {
      controlReadingBelow();
    }
  }

  private void shutdownTimedOut() {
    abort(new SocketTimeoutException("the TLS shutdown is taking longer than "
        + settings.shutdownTimeout()
        + ": aborting the connection"));
  }

  private void fail(IOException error) {
    try {
      encryption.sendPending(); // the alert that tells the peer why
    } catch (SSLException alsoFailed) {
      error.addSuppressed(alsoFailed);
    }
    abort(error);
  }

  /** Drops everything; what is the matter, if anything, arrives in {@code connectionLost}. */
  void abort(Throwable error) {
    loop.checkOnLoop("abort");
    closed = true;
    if (failure == null) {
      failure = error;
    }
    state = State.UNWRAPPED;
    encryption.clear();
    decryption.clear();
    if (below != null) {
      below.abort();
    }
  }

  @Override
  public void connectionLost(Throwable error) {
    cancelTimer();
    closed = true;
    state = State.UNWRAPPED;
    encryption.clear();
    decryption.clear();
    Throwable cause = failure != null ? failure : error;
    application.connectionLost(cause);
    wakeCreator(
        cause != null
            ? cause
            : new SocketException("the connection was closed during the TLS handshake"));
  }

  boolean isClosing() {
    return closed;
  }

  // ---- what it is

  Application application() {
    return application;
  }

  @SuppressWarnings("unchecked")
  <T> T getExtraInfo(ExtraInfo<T> key) {
    Object own = session == null && key != ExtraInfo.SSLCONTEXT ? null : ownInfo(key);
    if (own != null || below == null) {
      return (T) own;
    }
    return below.getExtraInfo(key);
  }

  private Object ownInfo(ExtraInfo<?> key) {
    if (key == ExtraInfo.SSLCONTEXT) {
      return settings.context();
    }
    if (key == ExtraInfo.SSL_OBJECT) {
      return session;
    }
    if (key == ExtraInfo.CIPHER) {
      return session.getCipherSuite();
    }
    if (key == ExtraInfo.PEERCERT) {
      return peerCertificate();
    }
    if (key == ExtraInfo.SELECTED_ALPN_PROTOCOL) {
      String selected = engine.getApplicationProtocol();
      return selected == null || selected.isEmpty() ? null : selected;
    }
    return key == ExtraInfo.RAGGED_EOF ? (Object) raggedEnd : null;
  }

  private X509Certificate peerCertificate() {
    try {
      return (X509Certificate) session.getPeerCertificates()[0];
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "TLS[" + state + " over " + below + "]";
  }
}
