package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * A pipe that can only be read by blocking. A thread reads one chunk ahead of the loop: what is in memory is
 * bounded, and a paused transport makes the writer wait.
 */
final class PumpSource implements PipeSource {

  private final Closeable pipe;
  private final InputStream in;
  private byte[] chunk; // the reading thread's

  // loop thread only
  private SelectorEventLoop loop;
  private Runnable ready;
  private Context context;
  private boolean watched;
  private boolean reading;
  private byte[] data;
  private IOException failure;

  private volatile boolean closed; // written on the loop

  PumpSource(InputStream in) {
    this.pipe = in;
    this.in = in;
  }

  PumpSource(FileChannel channel) {
    this.pipe = channel;
    this.in = Channels.newInputStream(channel);
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
    if (!wanted) {
      return;
    }
    if (data != null || failure != null) {
      loop.callSoon(ready, context);
    } else {
      readAhead();
    }
  }

  private void readAhead() {
    if (!reading && !closed) {
      reading = true;
      Pumps.execute(this::readOnce);
    }
  }

  private void readOnce() {
    byte[] bytes = null;
    IOException error = null;
    try {
      if (chunk == null) {
        chunk = new byte[Pumps.CHUNK];
      }
      bytes = Arrays.copyOf(chunk, Math.max(0, in.read(chunk)));
    } catch (IOException e) {
      error = e;
    }
    byte[] read = bytes;
    IOException thrown = error;
    if (!Pumps.tell(loop, () -> arrived(read, thrown), context)) {
      Pumps.close(pipe);
    }
  }

  private void arrived(byte[] bytes, IOException error) {
    reading = false;
    data = bytes;
    failure = error;
    if (closed) {
      Pumps.close(pipe, false);
    } else if (watched) {
      ready.run();
    }
  }

  @Override
  public byte[] read() throws IOException {
    if (failure != null) {
      throw failure;
    }
    byte[] taken = data;
    data = null;
    if (taken != null && taken.length > 0) {
      readAhead();
    }
    return taken;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Pumps.close(pipe, reading);
    }
  }

  @Override
  public Object pipe() {
    return pipe;
  }
}
