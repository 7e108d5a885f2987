package dev.weft.selector;

import dev.weft.io.Owner;
import dev.weft.io.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A source with blocking reads. A thread reads one chunk ahead of the loop, so the data in memory is bounded, and a
 * paused transport makes the writer wait.
 */
final class PumpSource extends PumpEnd implements Source {

  private final InputStream in;
  private byte @Nullable [] chunk; // used by the reading thread only

  // loop thread only
  private byte @Nullable [] data;
  private @Nullable Throwable failure;

  PumpSource(SelectorEventLoop loop, InputStream in) {
    super(loop, in);
    this.in = in;
  }

  PumpSource(SelectorEventLoop loop, FileChannel channel) {
    super(loop, channel);
    this.in = Channels.newInputStream(channel);
  }

  @Override
  public void watchInput(boolean wanted) {
    watch(wanted);
    if (!wanted) {
      return;
    }
    if (data != null || failure != null) {
      readySoon();
    } else {
      readAhead();
    }
  }

  @Override
  void ready(Owner owner) {
    owner.readable();
  }

  private void readAhead() {
    if (!isBusy() && !isClosed()) {
      try {
        move(this::readOnce);
      } catch (Throwable noThread) {
        failure = noThread;
        readySoon();
      }
    }
  }

  private void readOnce() {
    byte[] bytes = null;
    Throwable error = null;
    try {
      if (chunk == null) {
        chunk = new byte[Pumps.CHUNK];
      }
      bytes = Arrays.copyOf(chunk, Math.max(0, in.read(chunk)));
    } catch (Throwable e) {
      error = e;
    }
    byte[] read = bytes;
    Throwable thrown = error;
    moved(() -> {
      data = read;
      failure = thrown;
    });
  }

  @Override
  public byte @Nullable [] read() throws IOException {
    if (failure != null) {
      throw Pumps.rethrow(failure);
    }
    byte[] taken = data;
    data = null;
    if (taken != null && taken.length > 0) {
      readAhead();
    }
    return taken;
  }
}
