package dev.weft.selector;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The reading end of a pipe, watched by the selector. */
final class ChannelSource extends ChannelEnd<Pipe.SourceChannel> implements PipeSource {

  ChannelSource(Pipe.SourceChannel channel) {
    super(channel, SelectionKey.OP_READ);
  }

  @Override
  public byte @Nullable [] read() throws IOException {
    return loop.read(channel);
  }
}
