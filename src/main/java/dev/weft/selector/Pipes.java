package dev.weft.selector;

import dev.weft.io.PipeSink;
import dev.weft.io.ReadPipe;
import dev.weft.io.Source;
import dev.weft.io.WritePipe;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Context;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Connected;
import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Connects protocols to pipes: asyncio's {@code connect_read_pipe} and {@code connect_write_pipe}. */
final class Pipes {

  private Pipes() {}

  static <P extends Protocol> Connected<ReadTransport, P> read(
      SelectorEventLoop loop, Supplier<? extends P> factory, Pipe.SourceChannel pipe)
      throws IOException {
    loop.checkUnused(pipe);
    return read(loop, factory, () -> new ChannelSource(loop, pipe));
  }

  static <P extends Protocol> Connected<ReadTransport, P> read(
      SelectorEventLoop loop, Supplier<? extends P> factory, InputStream pipe) throws IOException {
    return read(loop, factory, () -> new PumpSource(loop, pipe));
  }

  static <P extends Protocol> Connected<ReadTransport, P> read(
      SelectorEventLoop loop, Supplier<? extends P> factory, Path pipe) throws IOException {
    return read(
        loop, factory, () -> new PumpSource(loop, open(loop, pipe, StandardOpenOption.READ)));
  }

  private static <P extends Protocol> Connected<ReadTransport, P> read(
      SelectorEventLoop loop, Supplier<? extends P> factory, Opener<Source> opener)
      throws IOException {
    P protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
    Source source = opener.open();
    Future<@Nullable Void> made = loop.createFuture();
    var transport = new ReadPipe(loop, source, protocol, made);
    try {
      made.await();
      return new Connected<>(transport, protocol);
    } catch (Throwable error) {
      transport.close();
      throw error;
    }
  }

  static <P extends BaseProtocol> Connected<WriteTransport, P> write(
      SelectorEventLoop loop, Supplier<? extends P> factory, Pipe.SinkChannel pipe)
      throws IOException {
    loop.checkUnused(pipe);
    return write(loop, factory, () -> new ChannelSink(loop, pipe));
  }

  static <P extends BaseProtocol> Connected<WriteTransport, P> write(
      SelectorEventLoop loop, Supplier<? extends P> factory, OutputStream pipe) throws IOException {
    return write(loop, factory, () -> new PumpSink(loop, pipe));
  }

  static <P extends BaseProtocol> Connected<WriteTransport, P> write(
      SelectorEventLoop loop, Supplier<? extends P> factory, Path pipe) throws IOException {
    return write(
        loop, factory, () -> new PumpSink(loop, open(loop, pipe, StandardOpenOption.WRITE)));
  }

  private static <P extends BaseProtocol> Connected<WriteTransport, P> write(
      SelectorEventLoop loop, Supplier<? extends P> factory, Opener<PipeSink> opener)
      throws IOException {
    P protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
    PipeSink sink = opener.open();
    Future<@Nullable Void> made = loop.createFuture();
    var transport = new WritePipe(loop, sink, protocol, made);
    try {
      made.await();
      return new Connected<>(transport, protocol);
    } catch (Throwable error) {
      transport.close();
      throw error;
    }
  }

  /** Opens a pipe. May suspend. */
  private interface Opener<E> {
    E open() throws IOException;
  }

  /** Opens a FIFO or a terminal on another thread. A FIFO opens when its other end is open. Suspends. */
  private static FileChannel open(SelectorEventLoop loop, Path path, StandardOpenOption option)
      throws IOException {
    var opening = new CompletableFuture<FileChannel>();
    Future<FileChannel> opened = loop.createFuture();
    opening.whenComplete((channel, error) -> Pumps.tell(
        loop,
        () -> {
          if (opened.done()) {
            return;
          }
          if (error == null) {
            opened.setResult(channel);
          } else {
            opened.setException(error);
          }
        },
        Context.copyContext()));
    Pumps.execute(() -> open(path, option, opening));
    try {
      return opened.await();
    } catch (CancelledError cancelled) {
      Pumps.execute(() -> unblock(path, opening));
      throw cancelled;
    }
  }

  private static void open(Path path, OpenOption option, CompletableFuture<FileChannel> opening) {
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
        throw new IllegalArgumentException(
            "Pipe transport is for pipes, sockets and character devices only: " + path);
      }
      opening.complete(FileChannel.open(path, option));
    } catch (Throwable error) {
      opening.completeExceptionally(error);
    }
  }

  /** Unblocks a thread that waits for the other end of a FIFO. It opens both ends, which never blocks. */
  private static void unblock(Path path, CompletableFuture<FileChannel> opening) {
    if (opening.isCompletedExceptionally()) {
      return;
    }
    try {
      var both = new RandomAccessFile(path.toFile(), "rw");
      opening.whenComplete((channel, error) -> Pumps.close(both));
    } catch (IOException e) {
      // the file cannot be opened, so the waiting thread fails, too
    } finally {
      opening.thenAccept(Pumps::close);
    }
  }
}
