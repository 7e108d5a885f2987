package dev.weft.selector;

import dev.weft.io.End;
import dev.weft.io.Owner;
import dev.weft.loop.Handle;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * An end that the selector watches. It is itself the callback for input, because connections are many.
 *
 * @param <C> the type of the channel
 */
abstract class ChannelEnd<C extends SelectableChannel> implements End, Selectable, Runnable {

  final SelectorEventLoop loop;
  final C channel;

  private int
      interest; // the operations that the owner waits for, also while the selector does not watch
  // them

  @SuppressWarnings("NullAway.Init") // set by attach
  private Owner owner;

  @SuppressWarnings("NullAway.Init") // set by attach
  private SelectionKey key;

  private @Nullable Handle reader; // null until the owner waits for input
  private @Nullable Handle writer; // null until the owner waits for room

  ChannelEnd(SelectorEventLoop loop, C channel) {
    this.loop = loop;
    this.channel = channel;
  }

  @Override
  public final void attach(Owner owner) throws IOException {
    this.owner = owner;
    channel.configureBlocking(false);
    key = loop.poller.register(channel, 0, this);
  }

  public final void watchInput(boolean wanted) {
    if (wanted && reader == null) {
      reader = loop.handle(this, owner.context());
    }
    watch(SelectionKey.OP_READ, wanted);
  }

  public final void watchOutput(boolean wanted) {
    if (wanted && writer == null) {
      writer = loop.handle(owner::writable, owner.context());
    }
    watch(SelectionKey.OP_WRITE, wanted);
  }

  private void watch(int operation, boolean wanted) {
    int after = wanted ? interest | operation : interest & ~operation;
    if (after != interest) {
      interest = after;
      if (key.isValid()) {
        key.interestOps(after);
      }
    }
  }

  @Override
  @SuppressWarnings("NullAway") // the key is interested only in operations that have a handle
  public final void ready(int operations) {
    if ((operations & SelectionKey.OP_READ) != 0) {
      loop.enqueue(reader);
    }
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      loop.enqueue(writer);
    }
  }

  @Override
  public final void run() {
    owner.readable();
  }

  @Override
  public final int stillWanted(int operations) {
    return operations & interest;
  }

  @Override
  public final boolean unclosed() {
    return owner.isUnclosed();
  }

  @Override
  public void close() {
    SelectorEventLoop.closeQuietly(channel);
  }

  @Override
  public final Object object() {
    return channel;
  }

  @Override
  public final String toString() {
    return String.valueOf(owner); // for the warning about unclosed transports
  }
}
