package dev.weft.selector;

import dev.weft.io.SocketTransport;
import dev.weft.io.UdpTransport;
import dev.weft.loop.Future;
import dev.weft.tls.TlsProtocol;
import dev.weft.tls.TlsSettings;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Connected;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Creates the transport and the protocol of a channel. Closes the channel if that fails. */
final class Adoption {

  private Adoption() {}

  /** Adopts a stream channel that the user supplies. Suspends. */
  static <P extends BaseProtocol> Connected<Transport, P> connectUnused(
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
  static <P extends BaseProtocol> Connected<Transport, P> connect(
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
      return new Connected<>(transport, protocol);
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
   * Creates the application's transport for a channel in non-blocking mode.
   *
   * @param server the server that has accepted the connection; null on a client
   * @param tls the settings for TLS; null for a plain connection
   * @param made the future that is completed after {@code connectionMade}; null if no task waits. TLS needs a future.
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
      return new SocketTransport(loop, new ChannelSocket(loop, channel), protocol, server, made);
    }
    var layer = new TlsProtocol(
        loop, loop.tlsBuffers(), tls, protocol, Objects.requireNonNull(made), false);
    new SocketTransport(loop, new ChannelSocket(loop, channel), layer, server, null);
    return layer.transport();
  }

  /** Adopts a datagram channel that the user supplies. Suspends. */
  static <P extends DatagramProtocol> Connected<DatagramTransport, P> datagramsUnused(
      SelectorEventLoop loop, Supplier<? extends P> factory, DatagramChannel sock)
      throws IOException {
    loop.checkUnused(sock);
    sock.configureBlocking(false);
    return datagrams(loop, factory, sock, sock.getRemoteAddress());
  }

  /**
   * Adopts a datagram channel in non-blocking mode. Suspends.
   *
   * @param target the destination of datagrams that are sent without an address; null if there is none
   */
  static <P extends DatagramProtocol> Connected<DatagramTransport, P> datagrams(
      SelectorEventLoop loop,
      Supplier<? extends P> factory,
      DatagramChannel channel,
      @Nullable SocketAddress target)
      throws IOException {
    UdpTransport transport = null;
    try {
      P protocol = Objects.requireNonNull(factory.get(), "the factory's protocol");
      Future<@Nullable Void> made = loop.createFuture();
      transport = new UdpTransport(
          loop, new ChannelDatagrams(loop, channel, DatagramChannel::send), protocol, target, made);
      made.await();
      return new Connected<>(transport, protocol);
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
