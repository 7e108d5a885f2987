package dev.weft.selector;

import dev.weft.carrier.Descriptors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** The writing end of a pipe, watched by the selector. */
final class ChannelSink extends ChannelEnd<Pipe.SinkChannel> implements PipeSink {

  ChannelSink(Pipe.SinkChannel channel) {
    super(channel, SelectionKey.OP_WRITE);
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    loop.writeSome(channel, data);
  }

  @Override
  public boolean isBroken() throws IOException {
    return Descriptors.isBroken(channel);
  }
}
