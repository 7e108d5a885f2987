package dev.weft.selector;

import dev.weft.carrier.Descriptors;
import dev.weft.io.Sink;
import dev.weft.io.WriteQueue;
import dev.weft.log.Log;
import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Clock;
import dev.weft.loop.Context;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Handle;
import dev.weft.transport.BaseTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The base of {@link SelectorEventLoop}: it polls the selector, registers channels, and lends buffers. */
abstract class SelectorPolling extends BaseEventLoop {

  /** The largest number of bytes of one read: asyncio's {@code max_size}. */
  static final int READ_SIZE = 256 * 1024;

  /** The largest number of free buffers. One is enough, unless calls of channels park. Others are dropped. */
  private static final int BUFFERS = 4;

  private final Selector selector;
  private final Consumer<SelectionKey> ready = new Dispatch();

  // loop thread only
  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>(BUFFERS); // the free ones
  private int polled; // the number of ready channels in the last poll
  private final Map<SelectionKey, Integer> held = new HashMap<>(); // the operations of hold()
  private final Set<Releasable> releasables = new LinkedHashSet<>();
  private boolean pumpedPipes;
  private boolean startedByJdk;

  SelectorPolling(Clock clock) {
    super(clock);
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector", e);
    }
    whenCollected(new Unclosed(toString(), selector));
  }

  // ---- polling

  /** {@link #dispatch} as an object. A lambda would delay the start of a program by some milliseconds. */
  private static final class Dispatch implements Consumer<SelectionKey> {
    @Override
    public void accept(SelectionKey key) {
      dispatch(key);
    }
  }

  private static void dispatch(SelectionKey key) {
    try {
      ((Selectable) key.attachment()).ready(key.readyOps());
    } catch (CancelledKeyException closed) {
      // another thread has closed the channel during the poll
    }
  }

  /**
   * Stops watching a channel that becomes ready while a callback is parked. The poll after the end of the callback
   * finds the channel, as in asyncio, whose loop such a callback blocks. If the channel stayed watched, each poll would
   * find it again and return at once. Waiting threads need no callback, so they are woken at once.
   */
  private void hold(SelectionKey key) {
    if (key.attachment() instanceof BlockingChannel) {
      dispatch(key);
      return;
    }
    try {
      int operations = key.readyOps();
      key.interestOpsAnd(~operations);
      held.merge(key, operations, (before, more) -> before | more);
    } catch (CancelledKeyException closed) {
      // as above
    }
  }

  private void watchHeld() {
    held.forEach((key, operations) -> {
      try {
        if (key.attachment() instanceof Selectable owner) {
          key.interestOpsOr(owner.stillWanted(operations) & key.channel().validOps());
        }
      } catch (CancelledKeyException closed) {
        // as above
      }
    });
    held.clear();
  }

  @Override
  protected void poll(long timeout) {
    Consumer<SelectionKey> found = ready;
    if (!canRunCallbacks()) {
      found = this::hold;
    } else if (!held.isEmpty()) {
      watchHeld();
    }
    try {
      if (timeout == 0) {
        // a poll is a system call, and it is useless if no channel is registered
        if (!selector.keys().isEmpty()) {
          polled = selector.selectNow(found);
        }
      } else if (timeout == Long.MAX_VALUE) {
        polled = selector.select(found);
      } else {
        // rounded up, because the selector takes milliseconds, and 0 for no limit
        polled = selector.select(found, (timeout + 999_999) / 1_000_000);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("polling failed", e);
    }
  }

  @Override
  protected void wakeup() {
    selector.wakeup();
  }

  @Override
  protected void release() {
    List<Object> unclosed = new ArrayList<>();
    for (SelectionKey key : selector.keys()) {
      if (key.isValid()
          && key.attachment()
              instanceof Selectable owner // an accepted connection without a transport has no owner
          && owner.unclosed()) {
        unclosed.add(owner);
      }
    }
    for (Releasable each : releasables) {
      if (!each.isClosing()) {
        unclosed.add(each);
      }
    }
    for (Releasable each : List.copyOf(releasables)) { // which may take itself out
      each.release();
    }
    releasables.clear();
    try {
      release(selector);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the selector", e);
    }
    if (!unclosed.isEmpty()) {
      Logs.LOOP.warn(
          "{} unclosed transports in {}, the first: {}", unclosed.size(), this, unclosed.get(0));
    }
  }

  private static void release(Selector selector) throws IOException {
    for (SelectionKey key : List.copyOf(selector.keys())) {
      if (!(key.attachment()
          instanceof Readiness)) { // a channel that is only watched belongs to the user
        closeQuietly(key.channel());
      }
      if (key.attachment()
          instanceof Selectable owner) { // an accepted connection without a transport has no owner
        owner.closed();
      }
    }
    selector.close();
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      Logs.LOOP.debug("closing {} failed", channel, e);
    }
  }

  /** The logger, in a class of its own, so that a program that does not log does not load SLF4J. */
  private static final class Logs {
    static final Logger LOOP = Log.of(EventLoop.class);
  }

  /** Releases the selector of a loop that became unreachable without a close. */
  private record Unclosed(String loop, Selector selector) implements Runnable {
    @Override
    public void run() {
      if (selector.isOpen()) {
        Logs.LOOP.warn("unclosed event loop {}", loop);
        try {
          release(selector);
        } catch (IOException e) {
          Logs.LOOP.warn("cannot close the selector of {}", loop, e);
        }
      }
    }
  }

  // ---- for this package's transports

  SelectionKey register(SelectableChannel channel, int operations, @Nullable Selectable owner)
      throws ClosedChannelException {
    return channel.register(selector, operations, owner);
  }

  /** Returns the key of a channel; null if the channel is not registered with this loop. */
  SelectionKey keyOf(SelectableChannel channel) {
    return channel.keyFor(selector);
  }

  /** Returns the number of registered channels. For tests that look for leaks. */
  int registered() {
    return selector.keys().size();
  }

  /**
   * Closes the descriptors of closed channels now. Otherwise the JDK closes them in the next poll, and until then a
   * closed listener still listens.
   */
  void releaseClosed() {
    try {
      selector.selectNow(key -> {}); // the next poll reports ready channels again
    } catch (IOException e) {
      throw new UncheckedIOException("polling failed", e);
    }
  }

  /** Registers a resource that the loop releases when it is closed. */
  void opened(Releasable releasable) {
    releasables.add(releasable);
  }

  void gone(Releasable releasable) {
    releasables.remove(releasable);
  }

  /** Returns whether the selector watches the pipes of children. If not, threads move their bytes. */
  boolean hasSelectablePipes() {
    return !pumpedPipes && Descriptors.isAvailable();
  }

  /** Makes threads move the bytes of children's pipes. For tests. */
  void pumpPipes() {
    pumpedPipes = true;
  }

  /** Returns whether children are started without the JDK where possible. */
  boolean startsDirectly() {
    return !startedByJdk;
  }

  /** Makes the JDK start the children. For tests. */
  void startByJdk() {
    startedByJdk = true;
  }

  /**
   * Returns whether the next turn would only return to the channel whose callback is running. This is the case if the
   * loop has nothing else to do and the last poll found no other channel.
   */
  boolean wouldComeBack() {
    return polled <= 1 && wouldOnlyPoll();
  }

  void enqueue(Handle handle) {
    append(handle);
  }

  Handle handle(Runnable callback, Context context) {
    return newHandle(callback, context);
  }

  /** Passes an error of a transport or of its protocol to the exception handler. */
  void report(String message, Throwable error, BaseTransport transport) {
    callExceptionHandler(ExceptionContext.of(message)
        .withException(error)
        .with(ExceptionContext.TRANSPORT, transport)
        .with(ExceptionContext.PROTOCOL, transport.getProtocol()));
  }

  boolean isCurrent() {
    return isOnLoop();
  }

  /** Throws if the caller, which has parked without effect, is pinned: see {@link #isPinned}. */
  void checkPinned() {
    if (isPinned()) {
      throw pinned();
    }
  }

  void checkThread(String call) {
    checkOnLoop(call);
  }

  /*
   * A call of a channel may park on a lock that another thread holds, for example to read an option. Code that runs
   * meanwhile needs another buffer. Usually the buffer that was returned last is lent next, while it is still in the
   * CPU's cache.
   */

  /**
   * Lends an empty direct buffer of {@link #READ_SIZE} bytes for one read or write. The caller returns it with {@link
   * #give}.
   */
  ByteBuffer take() {
    ByteBuffer buffer = buffers.pollLast();
    return buffer != null ? buffer.clear() : ByteBuffer.allocateDirect(READ_SIZE);
  }

  /** Takes back a buffer that {@link #take} has lent. The caller must not use it afterwards. */
  void give(ByteBuffer buffer) {
    if (buffers.size() < BUFFERS) {
      buffers.addLast(buffer);
    }
  }

  /** Reads once. Returns the bytes; an empty array at the end of the stream; null if there are none yet. */
  byte @Nullable [] read(ReadableByteChannel channel) throws IOException {
    ByteBuffer direct = take();
    try {
      int count = channel.read(direct);
      return count == 0 ? null : bytes(direct.flip());
    } finally {
      give(direct);
    }
  }

  /** Returns a copy of the remaining bytes of a buffer. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /**
   * Reads once. A heap buffer gets its bytes through a buffer of the loop. Otherwise the JDK would allocate a direct
   * buffer as large as the heap buffer, and keep it.
   */
  int read(ReadableByteChannel channel, ByteBuffer target) throws IOException {
    if (target.isDirect()) {
      return channel.read(target);
    }
    ByteBuffer direct = take();
    try {
      direct.limit(Math.min(direct.capacity(), target.remaining()));
      int count = channel.read(direct);
      if (count > 0) {
        target.put(direct.flip());
      }
      return count;
    } finally {
      give(direct);
    }
  }

  /** Writes once, at most {@link #READ_SIZE} bytes. Returns whether the channel took all of them. */
  boolean write(WritableByteChannel channel, ByteBuffer data) throws IOException {
    int count = Math.min(data.remaining(), READ_SIZE);
    int sent;
    if (data.isDirect()) {
      sent = channel.write(data.slice(data.position(), count));
    } else {
      ByteBuffer direct = take();
      try {
        sent = channel.write(direct.put(0, data, data.position(), count).limit(count));
      } finally {
        give(direct);
      }
    }
    data.position(data.position() + sent);
    return sent == count;
  }

  /** Writes once from a queue, at most {@link #READ_SIZE} bytes. Returns whether the channel took all of them. */
  boolean write(WritableByteChannel channel, WriteQueue queue) throws IOException {
    ByteBuffer direct = take();
    try {
      queue.copyTo(direct);
      queue.remove(channel.write(direct.flip()));
      return !direct.hasRemaining();
    } finally {
      give(direct);
    }
  }

  /** Writes until the channel takes no more, at most {@link Sink#TURN_SIZE} bytes. */
  void writeSome(WritableByteChannel channel, ByteBuffer data) throws IOException {
    for (int left = Sink.TURN_SIZE; left > 0 && data.hasRemaining(); left -= READ_SIZE) {
      if (!write(channel, data)) {
        return;
      }
    }
  }
}
