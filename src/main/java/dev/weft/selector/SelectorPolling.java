package dev.weft.selector;

import dev.weft.carrier.Descriptors;
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

/** The selector's part of {@link SelectorEventLoop}: polling, registering, and the buffers for reads and writes. */
abstract class SelectorPolling extends BaseEventLoop {

  /** What one read takes at most: asyncio's {@code max_size}. */
  static final int READ_SIZE = 256 * 1024;

  /** What a connection writes in one turn at most, so that a peer that takes everything leaves the others theirs. */
  static final int WRITE_SIZE = 4 * READ_SIZE;

  /** How many buffers are kept. One is enough, unless calls of channels park; a buffer beyond these is dropped. */
  private static final int BUFFERS = 4;

  private final Selector selector;
  private final Consumer<SelectionKey> ready = new Dispatch();

  // loop thread only
  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>(BUFFERS); // those not on loan
  private int polled; // how many channels the last poll has found ready
  private final Map<SelectionKey, Integer> held = new HashMap<>(); // and what is not watched there
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

  /** {@link #dispatch} as an object; as a lambda it would take a program's start 2 ms. */
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
      // by another thread that still has the channel, while we polled
    }
  }

  /**
   * What becomes ready while a callback is parked is found by the poll after its end, as in asyncio, whose loop such
   * a callback would block. Until then it is not watched: each poll would find it again, queue it again, and return
   * at once. Threads that wait need no callback.
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
        // A poll is a system call, and useless when nothing is registered.
        if (!selector.keys().isEmpty()) {
          polled = selector.selectNow(found);
        }
      } else if (timeout == Long.MAX_VALUE) {
        polled = selector.select(found);
      } else {
        // rounded up: a selector knows no less than a millisecond, and takes 0 for no limit
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
              instanceof Selectable owner // a connection that nobody has yet has none
          && owner.unclosed()) {
        unclosed.add(owner);
      }
    }
    for (Releasable each : releasables) {
      if (!each.isClosing()) {
        unclosed.add(each);
      }
    }
    for (Releasable each : releasables) {
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
          instanceof Readiness)) { // a channel that is only watched is the user's
        closeQuietly(key.channel());
      }
      if (key.attachment()
          instanceof Selectable owner) { // a connection that nobody has yet has none
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

  /** Apart, as those of the loop are. */
  private static final class Logs {
    static final Logger LOOP = Log.of(EventLoop.class);
  }

  /** What is left to do for a loop that nobody has closed and nobody can close any more. */
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

  /** The channel's registration here; null if there is none. */
  SelectionKey keyOf(SelectableChannel channel) {
    return channel.keyFor(selector);
  }

  /** How many channels are registered; for tests of what is left behind. */
  int registered() {
    return selector.keys().size();
  }

  /**
   * Gives the descriptors of closed channels back to the system now. The JDK does so when the selector
   * polls, and until then a closed listener still listens.
   */
  void releaseClosed() {
    try {
      selector.selectNow(key -> {}); // what is ready is so in the next poll, too
    } catch (IOException e) {
      throw new UncheckedIOException("polling failed", e);
    }
  }

  /** Remembers what has to be released with the loop. */
  void opened(Releasable releasable) {
    releasables.add(releasable);
  }

  void gone(Releasable releasable) {
    releasables.remove(releasable);
  }

  /** Whether the selector watches the pipes of children; else threads move their bytes. */
  boolean hasSelectablePipes() {
    return !pumpedPipes && Descriptors.isAvailable();
  }

  /** For tests of the other way. */
  void pumpPipes() {
    pumpedPipes = true;
  }

  /** Whether children are started without the JDK where that is possible. */
  boolean startsDirectly() {
    return !startedByJdk;
  }

  /** For tests of the other way. */
  void startByJdk() {
    startedByJdk = true;
  }

  /**
   * Whether the next turn would only come back to the channel whose callback runs: nothing else is to be done,
   * and the last poll has found no other, so that none waits for its turn.
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

  /** Tells the exception handler what has gone wrong with a transport or its protocol. */
  void report(String message, Throwable error, BaseTransport transport) {
    callExceptionHandler(ExceptionContext.of(message)
        .withException(error)
        .with(ExceptionContext.TRANSPORT, transport)
        .with(ExceptionContext.PROTOCOL, transport.getProtocol()));
  }

  boolean isCurrent() {
    return isOnLoop();
  }

  /** Fails if the caller, who has parked in vain, {@link #isPinned}. */
  void checkPinned() {
    if (isPinned()) {
      throw pinned();
    }
  }

  void checkThread(String call) {
    checkOnLoop(call);
  }

  /*
   * A channel's call may park: on a lock that another thread holds, as of one that asks for an option. Whatever runs
   * meanwhile needs a buffer of its own. Otherwise the one that is given back is the next to be lent, and still lies in
   * the CPU's cache.
   */

  /** Lends a direct buffer of {@link #READ_SIZE} bytes, empty, for one read or write. {@link #give} it back. */
  ByteBuffer take() {
    ByteBuffer buffer = buffers.pollLast();
    return buffer != null ? buffer.clear() : ByteBuffer.allocateDirect(READ_SIZE);
  }

  /** Takes back a buffer that {@link #take} has lent. The caller must not use it any more. */
  void give(ByteBuffer buffer) {
    if (buffers.size() < BUFFERS) {
      buffers.addLast(buffer);
    }
  }

  /** Reads once. Returns what was read; empty at the end, null if there is nothing yet. */
  byte @Nullable [] read(ReadableByteChannel channel) throws IOException {
    ByteBuffer direct = take();
    try {
      int count = channel.read(direct);
      return count == 0 ? null : bytes(direct.flip());
    } finally {
      give(direct);
    }
  }

  /** A copy of what remains in a buffer. */
  static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Reads once; what is not a direct buffer by way of ours, as the JDK's own would be as large, and kept. */
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

  /** Writes once, at most {@link #READ_SIZE} bytes, as {@link #read} reads. Returns whether all were taken. */
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

  /** Writes once from a queue, at most {@link #READ_SIZE} bytes. Returns whether all were taken. */
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

  /** Writes until the channel takes no more, at most {@link #WRITE_SIZE} bytes. */
  void writeSome(WritableByteChannel channel, ByteBuffer data) throws IOException {
    for (int left = WRITE_SIZE; left > 0 && data.hasRemaining(); left -= READ_SIZE) {
      if (!write(channel, data)) {
        return;
      }
    }
  }
}
