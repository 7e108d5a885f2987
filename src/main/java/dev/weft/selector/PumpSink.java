package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;

/**
 * A pipe that can only be written by blocking. A thread writes one chunk at a time; the transport keeps the
 * bytes in its queue until they are written, so that its buffer size tells the truth.
 */
final class PumpSink implements PipeSink {

  private final Closeable pipe;
  private final OutputStream out;
  private byte[] chunk; // whoever has the turn: the loop, or the writing thread while `writing`

  // loop thread only
  private SelectorEventLoop loop;
  private Runnable ready;
  private Context context;
  private boolean watched;
  private boolean writing;
  private int written; // and not said yet
  private IOException failure;
  private boolean closed;

  PumpSink(OutputStream out) {
    this.pipe = out;
    this.out = out;
  }

  PumpSink(FileChannel channel) {
    this.pipe = channel;
    this.out = Channels.newOutputStream(channel);
  }

  @Override
  public void attach(SelectorEventLoop loop, Runnable ready, Context context) {
    this.loop = loop;
    this.ready = ready;
    this.context = context;
  }

  @Override
  public void watch(boolean wanted) {
    watched = wanted;
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (writing) {
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
      writing = true;
      Pumps.execute(() -> writeOnce(count));
    }
  }

  private void writeOnce(int count) {
    IOException error = null;
    try {
      out.write(chunk, 0, count);
      out.flush();
      if (out instanceof PrintStream && ((PrintStream) out).checkError()) {
        error = new IOException("a PrintStream failed, and does not say why");
      }
    } catch (IOException e) {
      error = e;
    }
    IOException thrown = error;
    if (!Pumps.tell(loop, () -> done(count, thrown), context)) {
      Pumps.close(pipe);
    }
  }

  private void done(int count, IOException error) {
    writing = false;
    written = count;
    failure = error;
    if (closed) {
      Pumps.close(pipe, false);
    } else if (watched) {
      ready.run();
    }
  }

  /** True if nothing is on its way: what is finds out by itself, and the JDK closes its end at the child's. */
  @Override
  public boolean isBroken() {
    return !writing;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Pumps.close(pipe, writing);
    }
  }

  @Override
  public Object pipe() {
    return pipe;
  }
}
