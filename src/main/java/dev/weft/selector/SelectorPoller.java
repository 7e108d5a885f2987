package dev.weft.selector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The selector of a loop: it finds the channels that are ready, and closes them with the loop. */
final class SelectorPoller {

  private final Selector selector;
  private final Consumer<SelectionKey> ready = new Dispatch();

  // loop thread only
  private int polled; // the number of ready channels in the last poll
  private final Map<SelectionKey, Integer> held = new HashMap<>(); // the operations of hold()
  private final Set<Releasable> releasables = new LinkedHashSet<>();

  private final SelectorEventLoop loop;

  SelectorPoller(SelectorEventLoop loop) {
    this.loop = loop;
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a selector", e);
    }
  }

  /** Returns what releases the selector of a loop that became unreachable without a close. */
  Runnable unclosed() {
    return new Unclosed(loop.toString(), selector);
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

  /**
   * Waits for I/O.
   *
   * @param timeout how long to wait at most, in nanoseconds; 0 for not at all; {@link Long#MAX_VALUE} for no limit
   */
  void poll(long timeout) {
    Consumer<SelectionKey> found = ready;
    if (!loop.runsCallbacks()) {
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

  /** Ends a poll that waits, or the next one. Any thread. */
  void wakeup() {
    selector.wakeup();
  }

  /** Closes all channels, and logs a warning if one of them is still in use. */
  void release() {
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
      SelectorEventLoop.Logs.LOOP.warn(
          "{} unclosed transports in {}, the first: {}", unclosed.size(), loop, unclosed.get(0));
    }
  }

  private static void release(Selector selector) throws IOException {
    for (SelectionKey key : List.copyOf(selector.keys())) {
      if (!(key.attachment()
          instanceof Readiness)) { // a channel that is only watched belongs to the user
        SelectorEventLoop.closeQuietly(key.channel());
      }
      if (key.attachment()
          instanceof Selectable owner) { // an accepted connection without a transport has no owner
        owner.closed();
      }
    }
    selector.close();
  }

  /** Releases the selector of a loop that became unreachable without a close. */
  private record Unclosed(String loop, Selector selector) implements Runnable {
    @Override
    public void run() {
      if (selector.isOpen()) {
        SelectorEventLoop.Logs.LOOP.warn("unclosed event loop {}", loop);
        try {
          release(selector);
        } catch (IOException e) {
          SelectorEventLoop.Logs.LOOP.warn("cannot close the selector of {}", loop, e);
        }
      }
    }
  }

  // ---- channels and other resources

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

  /** Returns whether the last poll found no other channel than the one whose callback is running. */
  boolean foundOneAtMost() {
    return polled <= 1;
  }
}
