package dev.weft.selector;

import dev.weft.loop.Handle;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/*
 * One key, two handles: a channel has at most one callback that waits until it can be read and one that
 * waits until it can be written. asyncio knows no other kinds, so a listening channel is readable when it
 * can accept, and a connecting one writable when the attempt has ended. The JDK reports OP_CONNECT only
 * while a channel connects, and OP_WRITE only afterwards, so that a writer can ask for both.
 *
 * Interest lasts until the callback is removed: a reader is called in every turn in which there is
 * something to read (LOOP-30).
 */

/** The callbacks that watch a channel of the user's; the attachment of its key. Loop thread only. */
final class Readiness implements Selectable {

  /** Readable, or ready to accept. */
  static final int READING = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

  /** Writable, or connected, or failed to. */
  static final int WRITING = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

  private final SelectorEventLoop loop;
  private final SelectionKey key;
  private @Nullable Handle reader;
  private @Nullable Handle writer;

  private Readiness(SelectorEventLoop loop, SelectionKey key) {
    this.loop = loop;
    this.key = key;
  }

  /** A channel begins to be watched. */
  static Readiness attachTo(SelectorEventLoop loop, SelectionKey key) {
    var readiness = new Readiness(loop, key);
    key.attach(readiness);
    return readiness;
  }

  /** Has a handle run whenever the channel is ready; one that did so before is cancelled. */
  void add(int kind, Handle handle) {
    Handle before = exchange(kind, handle);
    if (before != null) {
      before.cancel();
    }
  }

  /** Cancels the handle of this kind, also if it is queued already. Returns whether there was one. */
  boolean remove(int kind) {
    Handle before = exchange(kind, null);
    if (before == null) {
      return false;
    }
    before.cancel();
    return true;
  }

  /** Removes a handle, unless another one has replaced it. */
  void remove(int kind, Handle handle) {
    if ((kind == READING ? reader : writer) == handle) {
      remove(kind);
    }
  }

  private @Nullable Handle exchange(int kind, @Nullable Handle handle) {
    Handle before;
    if (kind == READING) {
      before = reader;
      reader = handle;
    } else {
      before = writer;
      writer = handle;
    }
    if (key.isValid()) { // not a closed channel's
      key.interestOps(wanted() & key.channel().validOps());
    }
    return before;
  }

  private int wanted() {
    return (reader != null ? READING : 0) | (writer != null ? WRITING : 0);
  }

  @Override
  public int stillWanted(int operations) {
    return operations & wanted();
  }

  boolean isIdle() {
    return reader == null && writer == null;
  }

  /** Lets go of the channel, if nobody watches it and nobody else has taken it over meanwhile. */
  void detachIfIdle() {
    if (isIdle() && key.attachment() == this) {
      key.cancel();
    }
  }

  /** What can be watched on a channel of this type. */
  static boolean isPossible(SelectableChannel channel, int kind) {
    return (channel.validOps() & kind) != 0;
  }

  @Override
  @SuppressWarnings("NullAway") // the key is interested in what has a handle
  public void ready(int operations) {
    if ((operations & READING) != 0) {
      loop.enqueue(reader);
    }
    if ((operations & WRITING) != 0) {
      loop.enqueue(writer);
    }
  }

  @Override
  public String toString() {
    return "Readiness[reader " + reader + ", writer " + writer + "]";
  }
}
