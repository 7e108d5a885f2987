package dev.weft.selector;

import dev.weft.loop.AwaitedAt;
import dev.weft.loop.Context;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.TimerHandle;
import dev.weft.transport.ConnectionOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * Attempts start one after the other, as in asyncio's `staggered` (RFC 8305). The next attempt starts when the one
 * before it fails or has been pending for the delay. The first attempt that succeeds wins. Without a delay, an attempt
 * starts only when the one before it has failed.
 *
 * asyncio has a task for each attempt. Here an attempt is a channel in the selector, and the caller's task starts the
 * attempts and waits on `news` between them. So a cancellation has no other tasks to cancel. The call closes all
 * channels but the winner's before it ends, in every case.
 */

/** Connects to one of several addresses. Loop thread only. */
final class Connector {

  private final SelectorEventLoop loop;
  private final List<InetSocketAddress> local;
  private final Optional<Duration> delay;
  private final List<Attempt> attempts = new ArrayList<>();
  private @Nullable Attempt latest;
  private @Nullable Attempt winner;
  private int pending;

  @SuppressWarnings("NullAway.Init") // set before an attempt can end
  private Future<@Nullable Void> news;

  private Connector(
      SelectorEventLoop loop, List<InetSocketAddress> local, Optional<Duration> delay) {
    this.loop = loop;
    this.local = local;
    this.delay = delay;
  }

  /**
   * Connects to the first address that accepts a connection. Suspends.
   *
   * @param addresses the addresses to try, at least one
   * @param local the local addresses to try; the channel binds the first possible one. Empty for any.
   * @return a channel in non-blocking mode
   */
  static SocketChannel connect(
      SelectorEventLoop loop,
      List<InetSocketAddress> addresses,
      List<InetSocketAddress> local,
      ConnectionOptions options)
      throws IOException {
    Optional<Duration> delay = options.happyEyeballsDelay();
    int interleave = options.interleave().orElse(delay.isPresent() ? 1 : 0);
    return new Connector(loop, local, delay)
        .race(interleaved(addresses, interleave), options.allErrors());
  }

  /**
   * Returns the addresses with alternating families. The first {@code first} addresses are of the family of the first
   * address, if it has as many. Zero keeps the order.
   */
  static List<InetSocketAddress> interleaved(List<InetSocketAddress> addresses, int first) {
    if (first == 0) {
      return addresses;
    }
    Class<?> family = addresses.get(0).getAddress().getClass();
    var ours = new ArrayList<InetSocketAddress>();
    var others = new ArrayList<InetSocketAddress>();
    for (InetSocketAddress address : addresses) {
      (address.getAddress().getClass() == family ? ours : others).add(address);
    }
    int ahead = Math.min(first - 1, ours.size());
    var mixed = new ArrayList<InetSocketAddress>(ours.subList(0, ahead));
    ours.subList(0, ahead).clear();
    for (int i = 0; i < Math.max(ours.size(), others.size()); i++) {
      if (i < ours.size()) {
        mixed.add(ours.get(i));
      }
      if (i < others.size()) {
        mixed.add(others.get(i));
      }
    }
    return mixed;
  }

  private SocketChannel race(List<InetSocketAddress> addresses, boolean allErrors)
      throws IOException {
    SocketChannel connected = null;
    try {
      for (InetSocketAddress address : addresses) {
        var attempt = new Attempt(address);
        latest = attempt;
        attempts.add(attempt);
        attempt.begin();
        if (winner == null && attempt.failure == null) {
          awaitNews(attempts.size() < addresses.size() ? delay : Optional.empty());
        }
        if (winner != null) {
          break;
        }
      }
      while (winner == null && pending > 0) {
        awaitNews(Optional.empty());
      }
      if (winner == null) {
        throw failure(attempts.stream().map(attempt -> attempt.failure).toList(), allErrors);
      }
      connected = Objects.requireNonNull(winner.channel);
      return connected;
    } finally {
      for (Attempt attempt : attempts) { // includes the winner if the caller has been cancelled
        if (attempt.channel != connected) {
          attempt.close();
        }
      }
    }
  }

  private void awaitNews(Optional<Duration> limit) {
    news = loop.createFuture();
    TimerHandle timer = limit.isPresent() ? loop.callDeadline(limit.get(), this::tell) : null;
    try {
      news.await();
    } finally {
      if (timer != null) {
        timer.cancel();
      }
    }
  }

  private void tell() {
    if (!news.done()) {
      news.setResult(null);
    }
  }

  private static IOException failure(List<IOException> failures, boolean allErrors) {
    if (allErrors) {
      throw new ExceptionGroup("createConnection failed", failures);
    }
    IOException first = failures.get(0);
    if (failures.stream().map(Throwable::getMessage).distinct().count() == 1) {
      AwaitedAt.note(first); // its own stack trace is that of the loop
      return first;
    }
    var all = new IOException("Multiple exceptions: " + messages(failures), first);
    failures.subList(1, failures.size()).forEach(all::addSuppressed);
    return all;
  }

  private static String messages(List<IOException> failures) {
    return String.join(", ", failures.stream().map(Throwable::getMessage).toList());
  }

  /** An attempt to connect to one address. */
  private final class Attempt implements Selectable {

    private final InetSocketAddress address;
    private final Handle handle = loop.handle(this::finish, Context.copyContext());
    private @Nullable SocketChannel channel; // null until begin

    @SuppressWarnings("NullAway.Init") // set when the attempt is pending
    private SelectionKey key;

    private @Nullable IOException failure;

    Attempt(InetSocketAddress address) {
      this.address = address;
    }

    void begin() {
      try {
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        if (!local.isEmpty()) {
          bind(channel);
        }
        if (channel.connect(address)) {
          winner = this;
        } else {
          key = loop.poller.register(channel, SelectionKey.OP_CONNECT, this);
          pending++;
        }
      } catch (IOException e) {
        fail(e);
      } catch (UnsupportedAddressTypeException e) {
        fail(new SocketException("cannot connect to " + address + " without IPv6"));
      }
    }

    private void bind(SocketChannel channel) throws IOException {
      IOException error = null;
      for (InetSocketAddress candidate : local) {
        if (!sameFamily(candidate.getAddress(), address.getAddress())) {
          continue;
        }
        try {
          channel.bind(candidate);
          return;
        } catch (IOException e) {
          error = new IOException(
              "cannot bind to local address " + candidate + ": " + e.getMessage(), e);
        }
      }
      throw error != null
          ? error
          : new IOException("no local address has the family of " + address + ": " + local);
    }

    private static boolean sameFamily(InetAddress local, InetAddress remote) {
      return local.isAnyLocalAddress() || local.getClass() == remote.getClass();
    }

    @Override
    public void ready(int operations) {
      loop.enqueue(handle);
    }

    @SuppressWarnings("NullAway") // begin has set the channel
    private void finish() {
      if (winner != null || !channel.isOpen()) {
        return; // another attempt has won, or the caller has been cancelled: race() closes this one
      }
      try {
        if (channel.finishConnect()) {
          key.interestOps(0);
          pending--;
          winner = this;
          tell();
        }
      } catch (IOException e) {
        pending--;
        fail(e);
        if (this == latest || pending == 0) {
          tell();
        }
      }
    }

    private void fail(IOException error) {
      close();
      failure = error instanceof ConnectException ? naming(error) : error;
    }

    private ConnectException naming(IOException error) {
      var named =
          new ConnectException("connecting to " + address + " failed: " + error.getMessage());
      named.initCause(error);
      return named;
    }

    void close() {
      if (channel != null) {
        SelectorEventLoop.closeQuietly(channel);
      }
    }
  }
}
