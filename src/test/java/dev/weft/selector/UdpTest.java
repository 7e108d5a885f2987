package dev.weft.selector;

import dev.weft.io.UdpTransport;
import dev.weft.loop.Future;
import dev.weft.transport.Connected;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramTransport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests with datagrams share: a plain socket as the other end. */
abstract class UdpTest extends TcpTest {

  static final DatagramOptions HERE =
      DatagramOptions.defaults().withLocalAddr(new InetSocketAddress(LOCAL, 0));

  private final List<DatagramRecorder> protocols = new ArrayList<>();
  DatagramSocket peer;

  @BeforeEach
  final void bindPeer() throws IOException {
    peer = new DatagramSocket(new InetSocketAddress(LOCAL, 0));
    peer.setSoTimeout(10_000); // a datagram that loopback has not delivered at once was dropped
  }

  @AfterEach
  final void closeAll() {
    peer.close();
    protocols.stream()
        .filter(protocol -> protocol.transport != null)
        .forEach(protocol -> protocol.transport.abort());
  }

  final InetSocketAddress peerAddress() {
    return (InetSocketAddress) peer.getLocalSocketAddress();
  }

  final DatagramRecorder endpoint(DatagramOptions options) throws IOException {
    var protocol = new DatagramRecorder(loop);
    endpoint(protocol, options);
    return protocol;
  }

  final Connected<DatagramTransport, DatagramRecorder> endpoint(
      DatagramRecorder protocol, DatagramOptions options) throws IOException {
    protocols.add(protocol);
    return loop.createDatagramEndpoint(() -> protocol, options);
  }

  final void endpoint(DatagramRecorder protocol, DatagramChannel channel) throws IOException {
    protocols.add(protocol);
    loop.createDatagramEndpoint(() -> protocol, channel);
  }

  /** An endpoint at LOCAL that sends as {@code send} determines. */
  final void endpoint(DatagramRecorder protocol, ChannelDatagrams.Send send) throws IOException {
    protocols.add(protocol);
    DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0));
    channel.configureBlocking(false);
    Future<Void> made = loop.createFuture();
    var socket = new ChannelDatagrams((SelectorEventLoop) loop, channel, send);
    new UdpTransport((SelectorEventLoop) loop, socket, protocol, peerAddress(), made);
    made.await();
  }

  final void peerSends(byte[] data, SocketAddress to) throws IOException {
    peer.send(new DatagramPacket(data, data.length, to));
  }

  final void peerSends(String text, DatagramRecorder to) throws IOException {
    peerSends(bytes(text), to.address());
  }

  final byte[] peerReceives() throws IOException {
    var packet = new DatagramPacket(new byte[70_000], 70_000);
    peer.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  final String peerReceivesText() throws IOException {
    return new String(peerReceives(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** An address of this machine without a listener. */
  static InetSocketAddress unusedAddress() throws IOException {
    try (var socket = new DatagramSocket(0, InetAddress.getByName(LOCAL))) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }
}
