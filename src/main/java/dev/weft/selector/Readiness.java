package dev.weft.selector;

import dev.weft.loop.Handle;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/*
 * A channel has one key and at most two handles: one for reading and one for writing. asyncio has no other kinds. So a
 * listening channel is readable when it can accept, and a connecting channel is writable when the attempt has ended.
 * The JDK reports OP_CONNECT only while a channel connects, and OP_WRITE only afterwards, so a writer can ask for both.
 *
 * Interest lasts until the callback is removed: a reader runs in each turn in which there are bytes to read (LOOP-30).
 */

/** The callbacks that watch a channel that the user supplies; the attachment of its key. Loop thread only. */
final class Readiness implements Selectable {

  /** The operations for a reader: the channel is readable or can accept. */
  static final int READING = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

  /** The operations for a writer: the channel is writable, or its attempt to connect has ended. */
  static final int WRITING = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;

  private final SelectorEventLoop loop;
  private final SelectionKey key;
  private @Nullable Handle reader;
  private @Nullable Handle writer;

  private Readiness(SelectorEventLoop loop, SelectionKey key) {
    this.loop = loop;
    this.key = key;
  }

  /** Creates the attachment of a key that has none. */
  static Readiness attachTo(SelectorEventLoop loop, SelectionKey key) {
    var readiness = new Readiness(loop, key);
    key.attach(readiness);
    return readiness;
  }

  /** Adds a handle that runs each time the channel is ready. Cancels the handle that it replaces. */
  void add(int kind, Handle handle) {
    Handle before = exchange(kind, handle);
    if (before != null) {
      before.cancel();
    }
  }

  /** Removes and cancels the handle of this kind, even if it is queued already. Returns whether there was one. */
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
    if (key.isValid()) { // the channel is open
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

  /** Deregisters the channel, if it has no handle and its key still belongs to this object. */
  void detachIfIdle() {
    if (isIdle() && key.attachment() == this) {
      key.cancel();
    }
  }

  /** Returns whether a channel of this type supports operations of this kind. */
  static boolean isPossible(SelectableChannel channel, int kind) {
    return (channel.validOps() & kind) != 0;
  }

  @Override
  @SuppressWarnings("NullAway") // the key is interested only in operations that have a handle
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
