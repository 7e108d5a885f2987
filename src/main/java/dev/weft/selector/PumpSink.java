package dev.weft.selector;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A pipe that can only be written by blocking. A thread writes one chunk at a time; the transport keeps the
 * bytes in its queue until they are written, so that its buffer size tells the truth.
 */
final class PumpSink extends PumpEnd implements PipeSink {

  private final OutputStream out;
  private byte @Nullable []
      chunk; // whoever has the turn: the loop, or the writing thread while it is busy

  // loop thread only
  private int written; // and not said yet
  private @Nullable Throwable failure;

  PumpSink(OutputStream out) {
    super(out);
    this.out = out;
  }

  PumpSink(FileChannel channel) {
    super(channel);
    this.out = Channels.newOutputStream(channel);
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    if (failure != null) {
      throw Pumps.rethrow(failure);
    }
    if (isBusy()) {
      return;
    }
    data.position(data.position() + written);
    written = 0;
    int count = Math.min(data.remaining(), Pumps.CHUNK);
    if (count > 0) {
      if (chunk == null || chunk.length < count) {
        chunk = new byte[count];
      }
      data.get(data.position(), chunk, 0, count);
      move(() -> writeOnce(count));
    }
  }

  private void writeOnce(int count) {
    Throwable error = null;
    try {
      out.write(chunk, 0, count);
      out.flush();
      if (out instanceof PrintStream && ((PrintStream) out).checkError()) {
        error = new IOException("a PrintStream failed, and does not say why");
      }
    } catch (Throwable e) {
      error = e;
    }
    Throwable thrown = error;
    moved(() -> {
      written = count;
      failure = thrown;
    });
  }

  /** True if nothing is on its way: what is finds out by itself, and the JDK closes its end at the child's. */
  @Override
  public boolean isBroken() {
    return !isBusy();
  }
}
