package dev.weft.tls;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Drives the engine's handshake. An executor runs the tasks that the engine delegates, because they may use the
 * network. A running task holds the engine's lock, so the loop does not touch the engine meanwhile. Loop thread only.
 */
final class Handshake {

  private final BaseEventLoop loop;
  private final Executor executor;
  private final SSLEngine engine;
  private final TlsProtocol layer;
  private final Incoming incoming;
  private final Decryption decryption;
  private final Encryption encryption;
  private boolean delegating;

  Handshake(
      BaseEventLoop loop,
      Executor executor,
      SSLEngine engine,
      TlsProtocol layer,
      Incoming incoming,
      Decryption decryption,
      Encryption encryption) {
    this.loop = loop;
    this.executor = executor;
    this.engine = engine;
    this.layer = layer;
    this.incoming = incoming;
    this.decryption = decryption;
    this.encryption = encryption;
  }

  /** Returns whether an executor uses the engine. The loop must not touch it until {@link TlsProtocol#delegated}. */
  boolean isDelegating() {
    return delegating;
  }

  /**
   * Continues the handshake with the received records. If it delegates tasks, it calls {@link TlsProtocol#delegated}
   * after them.
   *
   * @return whether the handshake is complete
   */
  boolean proceed() throws SSLException {
    if (delegating) {
      return false;
    }
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> encryption.sendPending();
        case NEED_TASK -> {
          incoming.settle();
          delegate();
          return false;
        }
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (!decryption.handshake()) {
            incoming.settle();
            return false;
          }
        }
        default -> {
          incoming.settle();
          return true;
        }
      }
    }
  }

  private void delegate() {
    Future<@Nullable Void> done = executor == TlsSettings.POOL
        ? loop.runInPool(executor, this::runDelegated)
        : loop.runInExecutorOrHere(executor, this::runDelegated);
    delegating = true; // last, as an executor that rejects the tasks throws above
    done.addDoneCallback(this::delegated);
  }

  private Void runDelegated() {
    for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
      task.run();
    }
    return null;
  }

  private void delegated(Future<@Nullable Void> done) {
    delegating = false;
    layer.delegated(done.exception());
  }
}
