package dev.weft.transport;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.Objects;
import java.util.Optional;

/**
 * What {@code createDatagramEndpoint} is told. Immutable.
 *
 * @param localAddr where to receive ({@code local_addr}), resolved by the loop if it is not yet; port 0 is one
 *     that the system chooses, as it does if this is empty
 * @param remoteAddr where to send ({@code remote_addr}), resolved by the loop if it is not yet. The endpoint is
 *     connected to it, so that it receives from there only and learns if no program listens; not if {@code
 *     allowBroadcast} is set. Port 0 is accepted, as by asyncio: whatever is sent there is told as an error by {@code
 *     errorReceived}, and the endpoint, which is then not connected, receives from anywhere
 * @param family INET or INET6; whichever the addresses have if empty. Without any address it must be given
 * @param reusePort whether several endpoints may have the same local address ({@code reuse_port})
 * @param allowBroadcast whether sending to a broadcast address is possible ({@code allow_broadcast})
 */
public record DatagramOptions(
    Optional<InetSocketAddress> localAddr,
    Optional<InetSocketAddress> remoteAddr,
    Optional<StandardProtocolFamily> family,
    boolean reusePort,
    boolean allowBroadcast) {

  private static final DatagramOptions DEFAULTS =
      new DatagramOptions(Optional.empty(), Optional.empty(), Optional.empty(), false, false);

  /** Checks that no part is null, and the family. */
  public DatagramOptions {
    Objects.requireNonNull(localAddr, "localAddr");
    Objects.requireNonNull(remoteAddr, "remoteAddr");
    Families.check(family);
  }

  /** Neither address nor family. */
  public static DatagramOptions defaults() {
    return DEFAULTS;
  }

  /** These options, receiving at {@code address}. */
  public DatagramOptions withLocalAddr(InetSocketAddress address) {
    return new DatagramOptions(Optional.of(address), remoteAddr, family, reusePort, allowBroadcast);
  }

  /** These options, sending to {@code address}. */
  public DatagramOptions withRemoteAddr(InetSocketAddress address) {
    return new DatagramOptions(localAddr, Optional.of(address), family, reusePort, allowBroadcast);
  }

  /** These options with a family of addresses. */
  public DatagramOptions withFamily(StandardProtocolFamily family) {
    return new DatagramOptions(
        localAddr, remoteAddr, Optional.of(family), reusePort, allowBroadcast);
  }

  /** These options with {@code reusePort} set. */
  public DatagramOptions withReusePort(boolean reusePort) {
    return new DatagramOptions(localAddr, remoteAddr, family, reusePort, allowBroadcast);
  }

  /** These options with {@code allowBroadcast} set. */
  public DatagramOptions withAllowBroadcast(boolean allowBroadcast) {
    return new DatagramOptions(localAddr, remoteAddr, family, reusePort, allowBroadcast);
  }
}
