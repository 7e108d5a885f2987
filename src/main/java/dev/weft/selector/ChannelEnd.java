package dev.weft.selector;

import dev.weft.loop.Context;
import dev.weft.loop.Handle;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;

/**
 * An end of a pipe that the selector watches.
 *
 * @param <C> the type of the channel
 */
abstract class ChannelEnd<C extends SelectableChannel> implements PipeEnd, Selectable {

  final C channel;

  @SuppressWarnings("NullAway.Init") // set by attach
  SelectorEventLoop loop;

  private final int operation;

  @SuppressWarnings("NullAway.Init") // set by attach
  private Handle handle;

  @SuppressWarnings("NullAway.Init") // set by attach
  private SelectionKey key;

  private boolean watched;

  /**
   * @param operation the operation of {@link SelectionKey} to watch for
   */
  ChannelEnd(C channel, int operation) {
    this.channel = channel;
    this.operation = operation;
  }

  @Override
  public final void attach(SelectorEventLoop loop, Runnable ready, Context context)
      throws IOException {
    this.loop = loop;
    handle = loop.handle(ready, context);
    channel.configureBlocking(false);
    key = loop.register(channel, 0, this);
  }

  @Override
  public final void ready(int operations) {
    loop.enqueue(handle);
  }

  @Override
  public final int stillWanted(int operations) {
    return watched ? operations : 0;
  }

  @Override
  public final void watch(boolean wanted) {
    watched = wanted;
    if (key.isValid()) {
      key.interestOps(wanted ? operation : 0);
    }
  }

  @Override
  public final void close() {
    SelectorEventLoop.closeQuietly(channel);
  }

  @Override
  public final Object pipe() {
    return channel;
  }
}
