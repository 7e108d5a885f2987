package dev.weft.selector;

import dev.weft.carrier.Descriptors;
import dev.weft.io.PipeSink;
import dev.weft.io.WriteQueue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/** The writing end of a pipe, watched by the selector. */
final class ChannelSink extends ChannelEnd<Pipe.SinkChannel> implements PipeSink {

  ChannelSink(SelectorEventLoop loop, Pipe.SinkChannel channel) {
    super(loop, channel);
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    loop.buffers.writeSome(channel, data);
  }

  @Override
  public boolean write(WriteQueue queue) throws IOException {
    return loop.buffers.write(channel, queue);
  }

  @Override
  public boolean isBroken() throws IOException {
    return Descriptors.isBroken(channel);
  }
}
