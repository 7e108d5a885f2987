package dev.weft.selector;

import dev.weft.loop.Context;
import dev.weft.loop.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** The reading end of a pipe, watched by the selector. */
final class ChannelSource implements PipeSource, Selectable {

  private final Pipe.SourceChannel channel;
  private SelectorEventLoop loop;
  private Handle handle;
  private SelectionKey key;
  private boolean watched;

  ChannelSource(Pipe.SourceChannel channel) {
    this.channel = channel;
  }

  @Override
  public void attach(SelectorEventLoop loop, Runnable ready, Context context) throws IOException {
    this.loop = loop;
    handle = loop.handle(ready, context);
    channel.configureBlocking(false);
    key = loop.register(channel, 0, this);
  }

  @Override
  public void ready(int operations) {
    loop.enqueue(handle);
  }

  @Override
  public int stillWanted(int operations) {
    return watched ? operations : 0;
  }

  @Override
  public void watch(boolean wanted) {
    watched = wanted;
    if (key.isValid()) {
      key.interestOps(wanted ? SelectionKey.OP_READ : 0);
    }
  }

  @Override
  public byte[] read() throws IOException {
    ByteBuffer buffer = loop.buffer();
    int count = channel.read(buffer);
    if (count == 0) {
      return null;
    }
    byte[] data = new byte[Math.max(0, count)];
    buffer.get(0, data);
    return data;
  }

  @Override
  public void close() {
    SelectorEventLoop.closeQuietly(channel);
  }

  @Override
  public Object pipe() {
    return channel;
  }
}
