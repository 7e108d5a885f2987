package dev.weft.selector;

import dev.weft.transport.ServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens the listening sockets of a server. If one of them fails, it closes all of them. It skips addresses that the
 * machine does not have, so a name may resolve to an IPv6 address on a machine without IPv6.
 */
final class Listener {

  private Listener() {}

  static List<ServerSocketChannel> bindAll(List<InetSocketAddress> addresses, ServerOptions options)
      throws IOException {
    var channels = new ArrayList<ServerSocketChannel>();
    try {
      for (InetSocketAddress address : addresses) {
        bind(address, options).ifPresent(channels::add);
      }
      if (channels.isEmpty()) {
        throw new BindException("could not bind on any address out of " + addresses);
      }
      return channels;
    } catch (Throwable error) {
      channels.forEach(SelectorEventLoop::closeQuietly);
      throw error;
    }
  }

  private static Optional<ServerSocketChannel> bind(
      InetSocketAddress address, ServerOptions options) throws IOException {
    // A channel of the address's family, because the JDK's default channel binds 0.0.0.0 for IPv6,
    // too.
    StandardProtocolFamily family = Names.familyOf(address.getAddress());
    if (!canListen(family)) {
      return Optional.empty();
    }
    ServerSocketChannel channel = ServerSocketChannel.open(family);
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
      if (options.reusePort()) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      return Optional.of(channel.bind(address, options.backlog()));
    } catch (BindException e) {
      SelectorEventLoop.closeQuietly(channel);
      if (!isAvailable(address.getAddress())) {
        return Optional.empty();
      }
      var failure = new BindException(
          "error while attempting to bind on address " + address + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(channel);
      throw error;
    }
  }

  /** Returns whether the machine supports a family. */
  static boolean canListen(StandardProtocolFamily family) throws IOException {
    try {
      ServerSocketChannel.open(family).close();
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /** Returns whether the machine has the address. If it has, port 0 can always be bound. */
  private static boolean isAvailable(InetAddress address) throws IOException {
    try (ServerSocketChannel probe = ServerSocketChannel.open(Names.familyOf(address))) {
      probe.bind(new InetSocketAddress(address, 0));
      return true;
    } catch (BindException e) {
      return false;
    }
  }
}
