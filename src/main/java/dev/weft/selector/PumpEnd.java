package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.Closeable;

/** One end of a pipe with blocking calls only. A thread of {@link Pumps} moves one chunk at a time. */
abstract class PumpEnd implements PipeEnd {

  private final Closeable pipe;

  // loop thread only
  @SuppressWarnings("NullAway.Init") // set by attach
  private SelectorEventLoop loop;

  @SuppressWarnings("NullAway.Init") // set by attach
  private Runnable ready;

  @SuppressWarnings("NullAway.Init") // set by attach
  private Context context;

  private boolean watched;
  private boolean busy;
  private boolean closed;

  PumpEnd(Closeable pipe) {
    this.pipe = pipe;
  }

  @Override
  public final void attach(SelectorEventLoop loop, Runnable ready, Context context) {
    this.loop = loop;
    this.ready = ready;
    this.context = context;
  }

  @Override
  public void watch(boolean wanted) {
    watched = wanted;
  }

  /** Calls {@code ready} in the next turn. */
  final void readySoon() {
    loop.callSoon(ready, context);
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
    if (!Pumps.tell(loop, () -> proceed(outcome), context)) {
      Pumps.close(pipe);
    }
  }

  private void proceed(Runnable outcome) {
    busy = false;
    outcome.run();
    if (closed) {
      Pumps.close(pipe, false);
    } else if (watched) {
      ready.run();
    }
  }

  @Override
  public final void close() {
    if (!closed) {
      closed = true;
      Pumps.close(pipe, busy);
    }
  }

  @Override
  public final Object pipe() {
    return pipe;
  }
}
