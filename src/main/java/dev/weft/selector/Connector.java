package dev.weft.selector;

import dev.weft.loop.Context;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.transport.ConnectionOptions;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
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
   * @return a channel in non-blocking mode
   */
  static SocketChannel connect(
      SelectorEventLoop loop, List<InetAddress> addresses, int port, ConnectionOptions options)
      throws IOException {
    var failures = new ArrayList<IOException>();
    for (InetAddress address : addresses) {
      try {
        return connect(loop, new InetSocketAddress(address, port), options);
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (options.allErrors()) {
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
      SelectorEventLoop loop, InetSocketAddress address, ConnectionOptions options)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      if (options.localAddr().isPresent()) {
        bind(channel, options.localAddr().get());
      }
      if (!channel.connect(address)) {
        new Connector(loop, channel).await();
      }
      return channel;
    } catch (ConnectException e) {
      channel.close();
      var failure = new ConnectException("connecting to " + address + " failed: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private static void bind(SocketChannel channel, InetSocketAddress address) throws IOException {
    try {
      channel.bind(address);
    } catch (IOException e) {
      throw new IOException("cannot bind to local address " + address + ": " + e.getMessage(), e);
    }
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
