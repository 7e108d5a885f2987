package dev.weft.selector;

import dev.weft.loop.DatagramEndpoint;
import dev.weft.loop.Future;
import dev.weft.loop.ProtocolConnection;
import dev.weft.tls.TlsProtocol;
import dev.weft.tls.TlsSettings;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gives channels their transports, and the application's protocols; closes them if that fails. */
final class Adoption {

  private Adoption() {}

  /** Adopts a channel of the user's. Suspends. */
  static <P extends BaseProtocol> ProtocolConnection<P> connectUnused(
      SelectorEventLoop loop,
      Supplier<? extends P> factory,
      SocketChannel sock,
      @Nullable TlsSettings tls)
      throws IOException {
    loop.checkUnused(sock);
    sock.configureBlocking(false);
    return connect(loop, factory, sock, tls);
  }

  /** Adopts a client's channel in non-blocking mode. Suspends. */
  static <P extends BaseProtocol> ProtocolConnection<P> connect(
      SelectorEventLoop loop,
      Supplier<? extends P> factory,
      SocketChannel channel,
      @Nullable TlsSettings tls)
      throws IOException {
    Transport transport = null;
    try {
      P protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
      Future<@Nullable Void> made = loop.createFuture();
      transport = newTransport(loop, channel, protocol, null, tls, made);
      made.await();
      return new ProtocolConnection<>(transport, protocol);
    } catch (Throwable error) {
      if (transport == null) {
        SelectorEventLoop.closeQuietly(channel);
      } else {
        transport.close();
      }
      throw error;
    }
  }

  /**
   * Makes the application's transport for a channel in non-blocking mode.
   *
   * @param server whose connection it is; null if it is a client's
   * @param tls how to encrypt it; null for not at all
   * @param made completed after {@code connectionMade}; null if no task waits, which is for plain ones only
   */
  static Transport newTransport(
      SelectorEventLoop loop,
      SocketChannel channel,
      BaseProtocol protocol,
      @Nullable SelectorServer server,
      @Nullable TlsSettings tls,
      @Nullable Future<@Nullable Void> made)
      throws IOException {
    if (tls == null) {
      return new SocketTransport(loop, channel, protocol, server, made);
    }
    var layer = new TlsProtocol(
        loop, loop.tlsBuffers(), tls, protocol, Objects.requireNonNull(made), false);
    new SocketTransport(loop, channel, layer, server, null);
    return layer.transport();
  }

  /** Adopts a channel of the user's. Suspends. */
  static <P extends DatagramProtocol> DatagramEndpoint<P> datagramsUnused(
      SelectorEventLoop loop, Supplier<? extends P> factory, DatagramChannel sock)
      throws IOException {
    loop.checkUnused(sock);
    sock.configureBlocking(false);
    return datagrams(loop, factory, sock, sock.getRemoteAddress());
  }

  /**
   * Adopts a channel in non-blocking mode. Suspends.
   *
   * @param target where datagrams without an address go; null for nowhere
   */
  static <P extends DatagramProtocol> DatagramEndpoint<P> datagrams(
      SelectorEventLoop loop,
      Supplier<? extends P> factory,
      DatagramChannel channel,
      @Nullable SocketAddress target)
      throws IOException {
    UdpTransport transport = null;
    try {
      P protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
      Future<@Nullable Void> made = loop.createFuture();
      transport = new UdpTransport(loop, channel, protocol, target, made, DatagramChannel::send);
      made.await();
      return new DatagramEndpoint<>(transport, protocol);
    } catch (Throwable error) {
      if (transport == null) {
        SelectorEventLoop.closeQuietly(channel);
      } else {
        transport.close();
      }
      throw error;
    }
  }
}
