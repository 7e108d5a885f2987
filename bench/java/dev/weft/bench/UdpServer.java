package dev.weft.bench;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * The UDP servers that {@link EchoBench} measures. Usage: {@code UdpServer udp FORM PORT}. The form on Weft is {@code
 * protocol}. The forms without Weft are {@code nio}, {@code threads} and {@code netty}.
 */
final class UdpServer {

  private static final int BUFFER = 64 * 1024;
  private static final int BATCH = 16;

  private UdpServer() {}

  public static void main(String[] args) throws Exception {
    EchoServer.endWithInput();
    int port = Integer.parseInt(args[2]);
    switch (args[1]) {
      case "protocol" -> serve(port);
      case "nio" -> serveNio(port);
      case "threads" -> Thread.ofVirtual().start(() -> serveBlocking(port)).join();
      case "netty" -> NettyServer.serveUdp(port);
      default -> throw new IllegalArgumentException("no such form: " + args[1]);
    }
  }

  private static InetSocketAddress address(int port) {
    return new InetSocketAddress(EchoServer.HOST, port);
  }

  private static void serve(int port) throws IOException {
    Asyncio.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.createDatagramEndpoint(
          Echo::new, DatagramOptions.defaults().withLocalAddr(address(port)));
      loop.createFuture().await();
    });
  }

  /** The upper bound for a selector of the JDK. It reads as many datagrams after one poll as Weft and Netty. */
  private static void serveNio(int port) throws IOException {
    Selector selector = Selector.open();
    DatagramChannel channel = DatagramChannel.open().bind(address(port));
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    while (true) {
      selector.select(key -> {
        int left = BATCH;
        while (left-- > 0 && echo(channel, buffer)) {
          // read the next datagram
        }
      });
    }
  }

  private static void serveBlocking(int port) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    try (DatagramChannel channel = DatagramChannel.open().bind(address(port))) {
      while (true) {
        echo(channel, buffer);
      }
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  /** Echoes a datagram. Returns false if none was there. */
  private static boolean echo(DatagramChannel channel, ByteBuffer buffer) {
    try {
      SocketAddress from = channel.receive(buffer.clear());
      if (from == null) {
        return false;
      }
      channel.send(buffer.flip(), from);
    } catch (IOException e) {
      e.printStackTrace();
    }
    return true;
  }

  private static final class Echo implements DatagramProtocol {
    private DatagramTransport transport;

    @Override
    public void connectionMade(BaseTransport transport) {
      this.transport = (DatagramTransport) transport;
    }

    @Override
    public void datagramReceived(ByteBuffer data, SocketAddress addr) {
      transport.sendto(data, addr);
    }
  }
}
