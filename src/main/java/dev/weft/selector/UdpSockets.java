package dev.weft.selector;

import dev.weft.transport.DatagramOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Opens the socket of a datagram endpoint, of the first family whose addresses can be used. */
final class UdpSockets {

  private UdpSockets() {}

  /**
   * An open endpoint.
   *
   * @param channel the channel, in non-blocking mode
   * @param target the destination of sent datagrams; null if there is no remote address
   */
  record Opened(DatagramChannel channel, @Nullable InetSocketAddress target) {}

  /** Resolves the names in the options, and opens a socket. Suspends if there are names. */
  static Opened open(SelectorEventLoop loop, DatagramOptions options) throws IOException {
    List<InetSocketAddress> local = options.localAddr().isEmpty()
        ? List.of()
        : local(loop, options.localAddr().get());
    List<InetSocketAddress> remote = options.remoteAddr().isEmpty()
        ? List.of()
        : Names.resolve(loop, options.remoteAddr().get());
    IOException failure = null;
    for (StandardProtocolFamily family : families(local, remote, options)) {
      Optional<InetSocketAddress> from = first(family, local);
      Optional<InetSocketAddress> to = first(family, remote);
      if (from.isEmpty() && !local.isEmpty() || to.isEmpty() && !remote.isEmpty()) {
        continue;
      }
      try {
        return open(family, from, to, options);
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    throw new IllegalArgumentException(
        "localAddr, remoteAddr and family have no address family in common: " + options);
  }

  /** Returns the possible local addresses. A wildcard address stands for both families, its own first. */
  private static List<InetSocketAddress> local(SelectorEventLoop loop, InetSocketAddress address)
      throws IOException {
    var places = new ArrayList<>(Names.resolve(loop, address));
    if (!address.isUnresolved() && address.getAddress().isAnyLocalAddress()) {
      byte[] other = new byte[familyOf(address) == StandardProtocolFamily.INET ? 16 : 4];
      places.add(new InetSocketAddress(InetAddress.getByAddress(other), address.getPort()));
    }
    return places;
  }

  private static Set<StandardProtocolFamily> families(
      List<InetSocketAddress> local, List<InetSocketAddress> remote, DatagramOptions options) {
    var families = new LinkedHashSet<StandardProtocolFamily>();
    local.forEach(address -> families.add(familyOf(address)));
    remote.forEach(address -> families.add(familyOf(address)));
    options.family().ifPresent(family -> {
      families.clear();
      families.add(family);
    });
    return families;
  }

  private static Optional<InetSocketAddress> first(
      StandardProtocolFamily family, List<InetSocketAddress> addresses) {
    return addresses.stream().filter(address -> familyOf(address) == family).findFirst();
  }

  private static StandardProtocolFamily familyOf(InetSocketAddress address) {
    return Names.familyOf(address.getAddress());
  }

  private static Opened open(
      StandardProtocolFamily family,
      Optional<InetSocketAddress> local,
      Optional<InetSocketAddress> remote,
      DatagramOptions options)
      throws IOException {
    DatagramChannel channel = open(family);
    try {
      channel.configureBlocking(false);
      if (options.reusePort()) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      channel.setOption(StandardSocketOptions.SO_BROADCAST, options.allowBroadcast());
      if (local.isPresent()) {
        bind(channel, local.get());
      }
      if (remote.isPresent()
          && !options.allowBroadcast()
          && remote.get().getPort() != 0) { // the JDK does not connect to port 0
        channel.connect(remote.get());
      }
      return new Opened(channel, remote.orElse(null));
    } catch (Throwable error) {
      SelectorEventLoop.closeQuietly(channel);
      throw error;
    }
  }

  private static DatagramChannel open(StandardProtocolFamily family) throws IOException {
    try {
      return DatagramChannel.open(family);
    } catch (UnsupportedOperationException e) {
      throw new SocketException("this machine does not support " + family);
    }
  }

  private static void bind(DatagramChannel channel, InetSocketAddress local) throws IOException {
    try {
      channel.bind(local);
    } catch (BindException e) {
      var failure = new BindException("cannot bind to " + local + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }
}
