package dev.weft.examples;

import dev.weft.loop.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;

/** Watches a channel for read events with {@code addReader}. {@code WatchChannel}. */
public final class WatchChannel {

  private WatchChannel() {}

  /** Prints the data of a pipe, and ends. */
  public static void main(String[] args) throws IOException {
    Pipe pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.addReader(pipe.source(), () -> {
        System.out.println("Received: " + read(pipe));
        loop.removeReader(pipe.source()); // no more data follows
        loop.stop();
      });
      loop.callSoon(() -> write(pipe, "abc")); // stands for another process that writes
      loop.runForever();
    }
    pipe.sink().close();
    pipe.source().close();
  }

  private static String read(Pipe pipe) {
    try {
      ByteBuffer data = ByteBuffer.allocate(100);
      pipe.source().read(data);
      return StandardCharsets.UTF_8.decode(data.flip()).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Pipe pipe, String text) {
    try {
      pipe.sink().write(StandardCharsets.UTF_8.encode(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
