package dev.weft.selector;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * A sink with blocking writes. A thread writes one chunk at a time. The transport keeps the bytes in its queue until
 * they are written, so its buffer size includes them.
 */
final class PumpSink extends PumpEnd implements PipeSink {

  private final OutputStream out;
  private byte @Nullable []
      chunk; // used by the writing thread while isBusy(), otherwise by the loop

  // loop thread only
  private int written; // bytes that the next write() reports
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
        error = new IOException("the PrintStream has failed; it does not keep the cause");
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

  /**
   * Returns whether no write is in progress. The JDK closes its end of the pipe when the child ends, and a write in
   * progress then fails by itself.
   */
  @Override
  public boolean isBroken() {
    return !isBusy();
  }
}
