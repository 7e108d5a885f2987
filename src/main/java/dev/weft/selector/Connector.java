package dev.weft.selector;

import dev.weft.loop.Context;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;

/** One attempt to connect, and the order in which several are made. */
final class Connector implements Selectable {

  private final SelectorEventLoop loop;
  private final SocketChannel channel;
  private final Future<Void> connected;
  private final Handle handle;
  private SelectionKey key;

  private Connector(SelectorEventLoop loop, SocketChannel channel) {
    this.loop = loop;
    this.channel = channel;
    this.connected = loop.createFuture();
    this.handle = loop.handle(this::finish, Context.copyContext());
  }

  /**
   * Connects to the first address that takes it. Suspends.
   *
   * @param local from where: the first of them that can be bound; from anywhere if there are none
   * @param allErrors whether to throw every failure as a group
   * @return a channel in non-blocking mode
   */
  static SocketChannel connect(
      SelectorEventLoop loop,
      List<InetSocketAddress> addresses,
      List<InetSocketAddress> local,
      boolean allErrors)
      throws IOException {
    var failures = new ArrayList<IOException>();
    for (InetSocketAddress address : addresses) {
      try {
        return connect(loop, address, local);
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (allErrors) {
      throw new ExceptionGroup("createConnection failed", failures);
    }
    IOException first = failures.get(0);
    if (failures.stream().map(Throwable::getMessage).distinct().count() == 1) {
      throw first;
    }
    var all = new IOException("Multiple exceptions: " + messages(failures), first);
    failures.subList(1, failures.size()).forEach(all::addSuppressed);
    throw all;
  }

  private static String messages(List<IOException> failures) {
    return String.join(", ", failures.stream().map(Throwable::getMessage).toList());
  }

  private static SocketChannel connect(
      SelectorEventLoop loop, InetSocketAddress address, List<InetSocketAddress> local)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      if (!local.isEmpty()) {
        bind(channel, address, local);
      }
      if (!channel.connect(address)) {
        new Connector(loop, channel).await();
      }
      return channel;
    } catch (ConnectException e) {
      SelectorEventLoop.closeQuietly(channel);
      var failure = new ConnectException("connecting to " + address + " failed: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    } catch (UnsupportedAddressTypeException e) {
      SelectorEventLoop.closeQuietly(channel);
      throw new SocketException("there is no IPv6 to connect to " + address);
    } catch (Throwable e) {
      SelectorEventLoop.closeQuietly(channel);
      throw e;
    }
  }

  private static void bind(
      SocketChannel channel, InetSocketAddress remote, List<InetSocketAddress> local)
      throws IOException {
    IOException failure = null;
    for (InetSocketAddress address : local) {
      if (!sameFamily(address.getAddress(), remote.getAddress())) {
        continue;
      }
      try {
        channel.bind(address);
        return;
      } catch (IOException e) {
        failure =
            new IOException("cannot bind to local address " + address + ": " + e.getMessage(), e);
      }
    }
    throw failure != null
        ? failure
        : new IOException("no local address of the family of " + remote + " among " + local);
  }

  private static boolean sameFamily(InetAddress local, InetAddress remote) {
    return local.isAnyLocalAddress() || local.getClass() == remote.getClass();
  }

  private void await() throws IOException {
    key = loop.register(channel, SelectionKey.OP_CONNECT, this);
    connected.await();
  }

  @Override
  public void ready(int operations) {
    loop.enqueue(handle);
  }

  private void finish() {
    if (connected.done()) {
      return; // cancelled meanwhile
    }
    try {
      if (channel.finishConnect()) {
        key.interestOps(0);
        connected.setResult(null);
      }
    } catch (IOException e) {
      connected.setException(e);
    }
  }
}
