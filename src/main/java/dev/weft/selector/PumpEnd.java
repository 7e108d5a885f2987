package dev.weft.selector;

import dev.weft.io.End;
import dev.weft.io.Owner;
import java.io.Closeable;

/** One end of a pipe with blocking calls only. A thread of {@link Pumps} moves one chunk at a time. */
abstract class PumpEnd implements End, Releasable {

  private final Closeable pipe;

  private final SelectorEventLoop loop;

  // loop thread only
  @SuppressWarnings("NullAway.Init") // set by attach
  private Owner owner; // null if a child's pipe is discarded before it has a transport

  private boolean watched;
  private boolean busy;
  private boolean closed;

  PumpEnd(SelectorEventLoop loop, Closeable pipe) {
    this.loop = loop;
    this.pipe = pipe;
  }

  @Override
  public final void attach(Owner owner) {
    this.owner = owner;
    loop.poller.opened(this);
  }

  /** Starts or stops the calls of {@link #ready}. */
  final void watch(boolean wanted) {
    watched = wanted;
  }

  /** Calls the owner, because a chunk has been moved. */
  abstract void ready(Owner owner);

  /** Calls {@link #ready} in the next turn. */
  final void readySoon() {
    loop.callSoon(() -> ready(owner), owner.context());
  }

  /** Returns whether a thread has a chunk to move. */
  final boolean isBusy() {
    return busy;
  }

  final boolean isClosed() {
    return closed;
  }

  /**
   * Starts a move of one chunk on a thread of {@link Pumps}.
   *
   * @param move the code that moves the chunk; its last call must be {@link #moved}
   */
  final void move(Runnable move) {
    busy = true;
    try {
      Pumps.execute(move);
    } catch (Throwable noThread) {
      busy = false;
      throw noThread;
    }
  }

  /**
   * Tells the loop that the chunk has been moved. Called on the thread that has moved it.
   *
   * @param outcome code that stores the result; it runs on the loop
   */
  final void moved(Runnable outcome) {
    if (!Pumps.tell(loop, () -> proceed(outcome), owner.context())) {
      Pumps.close(pipe);
    }
  }

  private void proceed(Runnable outcome) {
    busy = false;
    outcome.run();
    if (closed) {
      Pumps.close(pipe, false);
    } else if (watched) {
      ready(owner);
    }
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      if (owner != null) {
        loop.poller.gone(this);
      }
      Pumps.close(pipe, busy);
    }
  }

  @Override
  public final void release() {
    close();
  }

  @Override
  public final boolean isClosing() {
    return !owner.isUnclosed();
  }

  @Override
  public final Object object() {
    return pipe;
  }

  @Override
  public final String toString() {
    return String.valueOf(owner); // for the warning about unclosed transports
  }
}
