package dev.weft.selector;

import dev.weft.carrier.Descriptors;
import dev.weft.loop.Context;
import dev.weft.loop.Handle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** The writing end of a pipe, watched by the selector. */
final class ChannelSink implements PipeSink, Selectable {

  private final Pipe.SinkChannel channel;
  private SelectorEventLoop loop;
  private Handle handle;
  private SelectionKey key;
  private boolean watched;

  ChannelSink(Pipe.SinkChannel channel) {
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
      key.interestOps(wanted ? SelectionKey.OP_WRITE : 0);
    }
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    if (data.isDirect()) {
      channel.write(data);
      return;
    }
    // By way of a direct buffer of ours: the JDK's own would be as large as the data, and kept.
    while (data.hasRemaining()) {
      ByteBuffer direct = loop.buffer();
      int count = Math.min(direct.capacity(), data.remaining());
      direct.put(0, data, data.position(), count).limit(count);
      int sent = channel.write(direct);
      data.position(data.position() + sent);
      if (sent < count) {
        return;
      }
    }
  }

  @Override
  public boolean isBroken() throws IOException {
    return Descriptors.isBroken(channel);
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
