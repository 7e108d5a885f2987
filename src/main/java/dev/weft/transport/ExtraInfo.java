package dev.weft.transport;

import java.net.SocketAddress;
import java.util.Map;

/**
 * A key of {@link BaseTransport#getExtraInfo}: the name asyncio gives it, and the type of its value.
 *
 * @param <T> the type of the value
 */
public final class ExtraInfo<T> {

  /** The address of the peer. */
  public static final ExtraInfo<SocketAddress> PEERNAME = new ExtraInfo<>("peername");

  /** The transport's own address. */
  public static final ExtraInfo<SocketAddress> SOCKNAME = new ExtraInfo<>("sockname");

  /** The options of the socket. */
  public static final ExtraInfo<TransportSocket> SOCKET = new ExtraInfo<>("socket");

  private static final Map<String, ExtraInfo<?>> BY_NAME =
      Map.of(PEERNAME.name, PEERNAME, SOCKNAME.name, SOCKNAME, SOCKET.name, SOCKET);

  private final String name;

  private ExtraInfo(String name) {
    this.name = name;
  }

  /** The name asyncio gives the key. */
  public String name() {
    return name;
  }

  static ExtraInfo<?> named(String name) {
    return BY_NAME.get(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
