package dev.weft.selector;

import dev.weft.io.Owner;
import dev.weft.io.PipeSink;
import dev.weft.io.WriteQueue;
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
  private int written; // bytes of the queue that the next write removes
  private @Nullable Throwable failure;

  PumpSink(SelectorEventLoop loop, OutputStream out) {
    super(loop, out);
    this.out = out;
  }

  PumpSink(SelectorEventLoop loop, FileChannel channel) {
    super(loop, channel);
    this.out = Channels.newOutputStream(channel);
  }

  @Override
  public void watchOutput(boolean wanted) {
    watch(wanted);
  }

  @Override
  void ready(Owner owner) {
    owner.writable();
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    checkFailure();
    if (!isBusy()) {
      int count = Math.min(data.remaining(), Pumps.CHUNK);
      data.get(data.position(), room(count), 0, count);
      move(() -> writeOnce(count));
    }
  }

  @Override
  public boolean write(WriteQueue queue) throws IOException {
    checkFailure();
    if (!isBusy()) {
      queue.remove(written);
      written = 0;
      int count = (int) Math.min(queue.size(), Pumps.CHUNK);
      if (count > 0) {
        queue.copyTo(ByteBuffer.wrap(room(count), 0, count));
        move(() -> writeOnce(count));
      }
    }
    return false;
  }

  private void checkFailure() throws IOException {
    if (failure != null) {
      throw Pumps.rethrow(failure);
    }
  }

  /** Returns the chunk, with room for as many bytes. */
  private byte[] room(int count) {
    if (chunk == null || chunk.length < count) {
      chunk = new byte[count];
    }
    return chunk;
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
