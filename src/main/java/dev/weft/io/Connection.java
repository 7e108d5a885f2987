package dev.weft.io;

import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Context;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/*
 * The states of a connection. A column shows what is possible in a state of its life.
 *
 *                      OPEN                              CLOSING               LOST
 *
 *   input  (Input)     waiting, reading, paused, ended   stopped               stopped
 *   output (Output)    idle, or unsent bytes             unsent bytes          idle
 *                      with or without writeEof          with or without       -
 *
 *   begins with        the constructor                   close                 the last byte has left,
 *                                                                              abort, an error
 *   the protocol gets  connectionMade, then data         resumeWriting         connectionLost, once
 *                      and the end of data
 *   the end (End)      attached                          output is watched     closed after connectionLost
 *
 * A connection never goes back to the left. `lose` queues the call of connectionLost for the next turn. Only a
 * connection whose last bytes leave in a callback of its own calls connectionLost at once.
 */

/** The life of a transport, from {@code connectionMade} to {@code connectionLost}. Loop thread only. */
abstract class Connection implements BaseTransport, Owner {

  static final Logger LOG = Log.of(Transport.class);

  private enum Life {
    OPEN,
    CLOSING,
    LOST
  }

  final BaseEventLoop loop;
  private final Context context = Context.copyContext();
  BaseProtocol protocol;
  private Life life = Life.OPEN;

  Connection(BaseEventLoop loop, BaseProtocol protocol) {
    this.loop = loop;
    this.protocol = protocol;
  }

  /**
   * Attaches the end. In the next turn the protocol gets {@code connectionMade}, reading starts, and {@code made} is
   * completed.
   *
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   */
  final void begin(End end, @Nullable Future<@Nullable Void> made) throws IOException {
    end.attach(this);
    loop.callSoon(() -> start(made), context);
  }

  private void start(@Nullable Future<@Nullable Void> made) {
    try {
      protocol.connectionMade(this);
    } finally {
      started();
      if (made != null && !made.done()) {
        made.setResult(null);
      }
    }
  }

  // ---- what a subclass does; a half that it does not have does nothing

  /** Starts to read, after {@code connectionMade}. */
  void started() {}

  /** Handles that {@link Input} has read the end of data. */
  void inputEnded() {}

  /** Handles a failed read. */
  void readFailed(Throwable error) {}

  /** Handles a failure of the protocol while it takes data. */
  void protocolFailed(Throwable error, String method) {}

  @Override
  public void readable() {}

  /** Stops reading, because the connection closes. */
  void stopReading() {}

  @Override
  public void writable() {}

  /** Handles a failed write. */
  void writeFailed(Throwable error) {}

  /** Handles that the last unsent byte has left, while the connection is open. */
  void allSent() {}

  /** Returns whether all written data has been sent. */
  boolean hasSent() {
    return true;
  }

  /** Forgets the unsent data. */
  void discard() {}

  /** Stops watching the end in each direction, because the connection is lost. */
  abstract void stopAll();

  /** Closes the end, after {@code connectionLost}. */
  abstract void release(@Nullable Throwable error);

  // ---- the end

  final boolean isOpen() {
    return life == Life.OPEN;
  }

  final boolean isLost() {
    return life == Life.LOST;
  }

  @Override
  public final boolean isClosing() {
    return life != Life.OPEN;
  }

  @Override
  public final boolean isUnclosed() {
    return life == Life.OPEN || !hasSent();
  }

  @Override
  public final void close() {
    if (life != Life.OPEN) {
      return;
    }
    loop.checkOnLoop("close");
    life = Life.CLOSING;
    stopReading();
    if (hasSent()) {
      lose(null);
    }
  }

  /** Ends the connection at once, and forgets the unsent data. Asyncio's {@code abort} of any transport. */
  final void forceClose(@Nullable Throwable error) {
    if (life != Life.LOST) {
      lose(error);
      discard();
    }
  }

  /**
   * Ends the connection after an error. The protocol gets the error. The exception handler gets it too if it is no
   * {@code IOException}, such as an {@code OutOfMemoryError}.
   */
  final void failed(Throwable error, String message) {
    forceClose(error);
    if (!(error instanceof IOException)) {
      report(message, error);
    } else if (loop.getDebug()) {
      LOG.debug("{}: {}", message, this, error);
    }
  }

  /** Queues the call of {@code connectionLost}. */
  final void lose(@Nullable Throwable error) {
    loop.callSoon(new Loss(error), context); // first, as it may run out of memory
    life = Life.LOST;
    stopAll();
  }

  /** The call of {@code connectionLost}. To link a lambda takes more memory than a failed allocation may have left. */
  private final class Loss implements Runnable {
    private final @Nullable Throwable error;

    Loss(@Nullable Throwable error) {
      this.error = error;
    }

    @Override
    public void run() {
      finish(error);
    }
  }

  /** Calls {@code connectionLost} now, because the last bytes have left after {@link #close}. */
  final void finishClosing() {
    finish(null);
  }

  private void finish(@Nullable Throwable error) {
    life = Life.LOST;
    try {
      protocol.connectionLost(error);
    } finally {
      release(error);
    }
  }

  @Override
  public final Context context() {
    return context;
  }

  // ---- for subclasses

  /** Queues a callback in the connection's context. */
  final void callSoon(Runnable callback) {
    loop.callSoon(callback, context);
  }

  final void report(String message, Throwable error) {
    loop.callExceptionHandler(ExceptionContext.of(message)
        .withException(error)
        .with(ExceptionContext.TRANSPORT, this)
        .with(ExceptionContext.PROTOCOL, protocol));
  }

  final void logInDebug(String text) {
    if (loop.getDebug()) {
      LOG.debug(text, this);
    }
  }

  @Override
  public final BaseProtocol getProtocol() {
    return protocol;
  }

  /** Returns the state for {@code toString}: nothing while the connection is open. */
  final String life() {
    return switch (life) {
      case OPEN -> "";
      case CLOSING -> ", closing";
      case LOST -> ", closed";
    };
  }
}
