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
 * Makes the listening sockets of a server: all, or none if one of them cannot be had. Addresses that the
 * machine does not have are left out, so that a name may stand for IPv6 where there is none.
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
    // Of the address's family: the JDK's usual channel takes 0.0.0.0 for all of IPv6, too.
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

  /** Whether the machine has such addresses at all. */
  static boolean canListen(StandardProtocolFamily family) throws IOException {
    try {
      ServerSocketChannel.open(family).close();
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  /** Whether the machine has the address: port 0 of it can always be bound, then. */
  private static boolean isAvailable(InetAddress address) throws IOException {
    try (ServerSocketChannel probe = ServerSocketChannel.open(Names.familyOf(address))) {
      probe.bind(new InetSocketAddress(address, 0));
      return true;
    } catch (BindException e) {
      return false;
    }
  }
}
