package dev.weft.selector;

import dev.weft.io.Source;
import java.io.IOException;
import java.nio.channels.Pipe;
import org.jspecify.annotations.Nullable;

/** The reading end of a pipe, watched by the selector. */
final class ChannelSource extends ChannelEnd<Pipe.SourceChannel> implements Source {

  ChannelSource(SelectorEventLoop loop, Pipe.SourceChannel channel) {
    super(loop, channel);
  }

  @Override
  public byte @Nullable [] read() throws IOException {
    return loop.buffers.read(channel);
  }
}
