package dev.weft.selector;

import dev.weft.io.FileTransfer;
import dev.weft.io.Operation;
import dev.weft.loop.Context;
import dev.weft.loop.Handle;
import dev.weft.transport.Datagram;
import dev.weft.transport.SendfileNotAvailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * Each operation is tried at once. The channel is watched only if the operation would block.
 *
 * The waiting task itself retries an operation that takes something from the channel (receive, accept). asyncio retries
 * in the callback that wakes the task. Then a task that is cancelled between the two loses the bytes or the connection.
 * The place in the order is the same, because the callback does nothing but the wake-up. Callbacks continue an
 * operation that gives something to the channel, so a long send needs no task switch for each chunk.
 *
 * A channel is registered only while it is watched. A deregistration is a system call, and it is useless if the task
 * receives again. So the channel stays registered until the next poll (see detachIdle). After that, the user can make
 * the channel blocking or give it to another loop.
 */

/** Operations on channels that the user supplies, and the callbacks that watch them. Loop thread only. */
final class RawSockets {

  private final SelectorEventLoop loop;
  private final List<Readiness> idle = new ArrayList<>();

  RawSockets(SelectorEventLoop loop) {
    this.loop = loop;
  }

  // ---- readiness

  void add(int kind, SelectableChannel channel, Runnable callback) {
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(callback, "callback");
    loop.checkOnLoop(kind == Readiness.READING ? "addReader" : "addWriter");
    checkUsable(channel);
    if (!Readiness.isPossible(channel, kind)) {
      throw new IllegalArgumentException(
          "channel cannot be " + (kind == Readiness.READING ? "read: " : "written: ") + channel);
    }
    Handle handle = loop.handle(callback, Context.copyContext());
    try {
      watch(channel).add(kind, handle);
    } catch (ClosedChannelException e) {
      throw new IllegalArgumentException("channel is closed: " + channel, e);
    }
  }

  boolean remove(int kind, SelectableChannel channel) {
    Objects.requireNonNull(channel, "channel");
    if (loop.isClosed()) {
      return false;
    }
    loop.checkOnLoop(kind == Readiness.READING ? "removeReader" : "removeWriter");
    checkNotOwned(channel);
    SelectionKey key = loop.poller.keyOf(channel);
    if (key == null || !(key.attachment() instanceof Readiness readiness)) {
      return false;
    }
    boolean removed = readiness.remove(kind);
    noteIfIdle(readiness);
    return removed;
  }

  private void noteIfIdle(Readiness readiness) {
    if (readiness.isIdle()) {
      idle.add(readiness);
    }
  }

  private Readiness watch(SelectableChannel channel) throws ClosedChannelException {
    SelectionKey key = loop.poller.keyOf(channel);
    return key != null && key.attachment() instanceof Readiness readiness && key.isValid()
        ? readiness
        : Readiness.attachTo(loop, loop.poller.register(channel, 0, null));
  }

  private void checkUsable(SelectableChannel channel) {
    if (channel.isBlocking()) {
      throw new IllegalArgumentException("channel must be non-blocking: " + channel);
    }
    checkNotOwned(channel);
  }

  private void checkNotOwned(SelectableChannel channel) {
    SelectionKey key = loop.poller.keyOf(channel);
    if (key != null && key.isValid() && !(key.attachment() instanceof Readiness)) {
      throw new IllegalStateException(channel + " is in use by " + key.attachment());
    }
  }

  private void check(SelectableChannel channel, String call) {
    Objects.requireNonNull(channel, "channel");
    loop.checkOnLoop(call);
    checkUsable(channel);
  }

  /** Deregisters the channels that are no longer watched. The carrier calls it before each poll. */
  void detachIdle() {
    if (!idle.isEmpty()) {
      idle.forEach(Readiness::detachIfIdle);
      idle.clear();
    }
  }

  /** Takes a step each time the channel is ready, until the operation is complete. Suspends. */
  private void proceed(SelectableChannel channel, int kind, Operation.Step step)
      throws IOException {
    new Wait(watch(channel), kind, new Operation(loop, step)).await();
  }

  /** A task's wait for a channel. */
  private final class Wait implements Runnable {
    private final Readiness readiness;
    private final int kind;
    private final Operation operation;
    private final Handle handle = loop.handle(this, Context.copyContext());

    Wait(Readiness readiness, int kind, Operation operation) {
      this.readiness = readiness;
      this.kind = kind;
      this.operation = operation;
    }

    void await() {
      readiness.add(kind, handle);
      try {
        operation.await();
      } finally {
        stopWatching();
      }
    }

    @Override
    public void run() {
      operation.proceed();
      if (operation.isOver()) {
        stopWatching(); // now, because the next poll would queue the handle again
      }
    }

    private void stopWatching() {
      readiness.remove(kind, handle);
      noteIfIdle(readiness);
    }
  }

  // ---- receiving

  private interface Attempt<T> {
    /** Returns what was taken; null if the call would block. */
    @Nullable
    T make() throws IOException;
  }

  private <T> T take(SelectableChannel channel, Attempt<T> attempt) throws IOException {
    for (; ; ) {
      T taken = attempt.make();
      if (taken != null) {
        return taken;
      }
      proceed(channel, Readiness.READING, () -> true);
    }
  }

  byte[] receive(SocketChannel channel, int n) throws IOException {
    check(channel, "sockRecv");
    checkSize(n);
    return take(
        channel,
        () -> withBuffer(n, direct -> {
          int count = channel.read(direct);
          return count == 0 ? null : IoBuffers.bytes(direct.flip());
        }));
  }

  int receive(SocketChannel channel, ByteBuffer buffer) throws IOException {
    check(channel, "sockRecvInto");
    checkRoom(buffer);
    return take(channel, () -> {
      int count = loop.buffers.read(channel, buffer);
      return count == 0 ? null : count;
    });
  }

  Datagram receive(DatagramChannel channel, int n) throws IOException {
    check(channel, "sockRecvfrom");
    checkSize(n);
    return take(
        channel,
        () -> withBuffer(n, direct -> {
          SocketAddress sender = channel.receive(direct);
          return sender == null ? null : new Datagram(IoBuffers.bytes(direct.flip()), sender);
        }));
  }

  SocketAddress receive(DatagramChannel channel, ByteBuffer buffer) throws IOException {
    check(channel, "sockRecvfromInto");
    checkRoom(buffer);
    return take(
        channel,
        () -> withBuffer(buffer.remaining(), direct -> {
          SocketAddress sender = channel.receive(direct);
          if (sender != null) {
            buffer.put(direct.flip());
          }
          return sender;
        }));
  }

  private static void checkSize(int n) {
    if (n <= 0) {
      throw new IllegalArgumentException("n must be positive: " + n);
    }
  }

  private static void checkRoom(ByteBuffer buffer) {
    if (!Objects.requireNonNull(buffer, "buffer").hasRemaining()) {
      throw new IllegalArgumentException("buffer must have room: " + buffer);
    }
    if (buffer.isReadOnly()) {
      throw new IllegalArgumentException("buffer must be writable: " + buffer);
    }
  }

  /** Code that uses a direct buffer of the loop. */
  private interface BufferUse<T> {
    @Nullable
    T with(ByteBuffer direct) throws IOException;
  }

  private <T> @Nullable T withBuffer(int n, BufferUse<T> use) throws IOException {
    ByteBuffer direct = loop.buffers.take();
    try {
      return use.with(direct.limit(Math.min(n, direct.capacity())));
    } finally {
      loop.buffers.give(direct);
    }
  }

  SocketChannel accept(ServerSocketChannel channel) throws IOException {
    check(channel, "sockAccept");
    SocketChannel connection = take(channel, channel::accept);
    try {
      connection.configureBlocking(false);
      return connection;
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(connection);
      throw error;
    }
  }

  // ---- sending

  void send(SocketChannel channel, ByteBuffer data) throws IOException {
    check(channel, "sockSendall");
    Objects.requireNonNull(data, "data");
    sendAll(channel, data);
  }

  private void sendAll(SocketChannel channel, ByteBuffer data) throws IOException {
    loop.buffers.write(channel, data);
    if (data.hasRemaining()) {
      proceed(channel, Readiness.WRITING, () -> {
        loop.buffers.write(channel, data);
        return !data.hasRemaining();
      });
    }
  }

  int send(DatagramChannel channel, ByteBuffer data, SocketAddress address) throws IOException {
    check(channel, "sockSendto");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(address, "address");
    int count = data.remaining();
    // the JDK returns 0 for a datagram that it has not sent, and for an empty one that it has sent
    if (channel.send(data, address) == 0 && count > 0) {
      proceed(channel, Readiness.WRITING, () -> channel.send(data, address) > 0);
    }
    return count;
  }

  long send(SocketChannel channel, FileTransfer transfer, boolean fallback) throws IOException {
    check(channel, "sockSendfile");
    try {
      try {
        if (!transfer.step(channel)) {
          proceed(channel, Readiness.WRITING, () -> transfer.step(channel));
        }
      } catch (SendfileNotAvailableException e) {
        if (!fallback) {
          throw e;
        }
        transfer.copy(loop, block -> sendAll(channel, block));
      }
      return transfer.sent();
    } finally {
      transfer.setPosition();
    }
  }

  // ---- connecting

  /** Connects. If that fails, the JDK has closed the channel. */
  void connect(SocketChannel channel, SocketAddress address) throws IOException {
    check(channel, "sockConnect");
    List<? extends SocketAddress> candidates =
        Objects.requireNonNull(address, "address") instanceof InetSocketAddress internet
            ? Names.resolve(loop, internet)
            : List.of(address);
    try {
      if (!begin(channel, candidates)) {
        proceed(channel, Readiness.WRITING, channel::finishConnect);
      }
    } catch (ConnectException e) {
      var failure = new ConnectException("connecting to " + address + " failed: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  /** Connects to the first address of the channel's family. Only a try shows the family of a channel. */
  private static boolean begin(SocketChannel channel, List<? extends SocketAddress> candidates)
      throws IOException {
    for (SocketAddress candidate : candidates) {
      try {
        return channel.connect(candidate);
      } catch (UnsupportedAddressTypeException e) {
        // the address has another family than the channel
      }
    }
    throw new SocketException("no address of the channel's family among " + candidates);
  }
}
