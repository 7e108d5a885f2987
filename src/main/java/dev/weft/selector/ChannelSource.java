package dev.weft.selector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** The reading end of a pipe, watched by the selector. */
final class ChannelSource extends ChannelEnd<Pipe.SourceChannel> implements PipeSource {

  ChannelSource(Pipe.SourceChannel channel) {
    super(channel, SelectionKey.OP_READ);
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
}
