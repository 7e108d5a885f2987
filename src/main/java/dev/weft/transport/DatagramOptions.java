package dev.weft.transport;

import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.Objects;
import java.util.Optional;

/**
 * The parameters of {@code createDatagramEndpoint}. Immutable.
 *
 * <pre>{@code
 * DatagramOptions options = DatagramOptions.defaults().withLocalAddr(new InetSocketAddress("127.0.0.1", 9999));
 * loop.createDatagramEndpoint(() -> protocol, options);
 * }</pre>
 */
public final class DatagramOptions {

  private static final DatagramOptions DEFAULTS =
      new DatagramOptions(Optional.empty(), Optional.empty(), Optional.empty(), false, false);

  private final Optional<InetSocketAddress> localAddr;
  private final Optional<InetSocketAddress> remoteAddr;
  private final Optional<StandardProtocolFamily> family;
  private final boolean reusePort;
  private final boolean allowBroadcast;

  private DatagramOptions(
      Optional<InetSocketAddress> localAddr,
      Optional<InetSocketAddress> remoteAddr,
      Optional<StandardProtocolFamily> family,
      boolean reusePort,
      boolean allowBroadcast) {
    Objects.requireNonNull(localAddr, "localAddr");
    Objects.requireNonNull(remoteAddr, "remoteAddr");
    Families.check(family);
    this.localAddr = localAddr;
    this.remoteAddr = remoteAddr;
    this.family = family;
    this.reusePort = reusePort;
    this.allowBroadcast = allowBroadcast;
  }

  /**
   * Returns the default options, which have neither an address nor a family. Never suspends. Any thread.
   *
   * @return the default options
   */
  public static DatagramOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with a local address. Never suspends. Any thread.
   *
   * @param address the address at which to receive
   * @return new options
   */
  public DatagramOptions withLocalAddr(InetSocketAddress address) {
    return new DatagramOptions(Optional.of(address), remoteAddr, family, reusePort, allowBroadcast);
  }

  /**
   * Returns these options with a remote address. Never suspends. Any thread.
   *
   * @param address the address to which to send
   * @return new options
   */
  public DatagramOptions withRemoteAddr(InetSocketAddress address) {
    return new DatagramOptions(localAddr, Optional.of(address), family, reusePort, allowBroadcast);
  }

  /**
   * Returns these options with a family. Never suspends. Any thread.
   *
   * @param family INET or INET6
   * @return new options
   * @throws IllegalArgumentException if {@code family} is neither INET nor INET6
   */
  public DatagramOptions withFamily(StandardProtocolFamily family) {
    return new DatagramOptions(
        localAddr, remoteAddr, Optional.of(family), reusePort, allowBroadcast);
  }

  /**
   * Returns these options with {@code reusePort} set. Never suspends. Any thread.
   *
   * @param reusePort whether several endpoints may have the same local address
   * @return new options
   */
  public DatagramOptions withReusePort(boolean reusePort) {
    return new DatagramOptions(localAddr, remoteAddr, family, reusePort, allowBroadcast);
  }

  /**
   * Returns these options with {@code allowBroadcast} set. Never suspends. Any thread.
   *
   * @param allowBroadcast whether sending to a broadcast address is possible
   * @return new options
   */
  public DatagramOptions withAllowBroadcast(boolean allowBroadcast) {
    return new DatagramOptions(localAddr, remoteAddr, family, reusePort, allowBroadcast);
  }

  // ---- the options

  /** {@return the address at which to receive ({@code local_addr}), which the loop resolves if necessary; the system chooses the port if it is 0, and address and port if this is empty} Never suspends. Any thread. */
  public Optional<InetSocketAddress> localAddr() {
    return localAddr;
  }

  /** {@return the address to which to send ({@code remote_addr}), which the loop resolves if necessary} The endpoint is connected to it, so it receives only from there and learns if no program listens there. It is not connected if {@code allowBroadcast} is set. As in asyncio, port 0 is accepted: the endpoint is then not connected, and {@code errorReceived} gets an error for each datagram that is sent. Never suspends. Any thread. */
  public Optional<InetSocketAddress> remoteAddr() {
    return remoteAddr;
  }

  /** {@return INET or INET6; the family of the addresses if empty; required if there is no address} Never suspends. Any thread. */
  public Optional<StandardProtocolFamily> family() {
    return family;
  }

  /** {@return whether several endpoints may have the same local address ({@code reuse_port})} Never suspends. Any thread. */
  public boolean reusePort() {
    return reusePort;
  }

  /** {@return whether sending to a broadcast address is possible ({@code allow_broadcast})} Never suspends. Any thread. */
  public boolean allowBroadcast() {
    return allowBroadcast;
  }
}
