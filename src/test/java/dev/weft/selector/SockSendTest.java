package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.FakeNames;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that send through channels of the user, and connect them. */
class SockSendTest extends TcpTest {

  private Pair nonBlocking() throws IOException {
    Pair pair = pair();
    pair.channel().configureBlocking(false);
    pair.channel().setOption(StandardSocketOptions.SO_SNDBUF, 4096);
    return pair;
  }

  private static ByteBuffer random(int size, boolean direct) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return direct ? ByteBuffer.allocateDirect(size).put(bytes).flip() : ByteBuffer.wrap(bytes);
  }

  private static byte[] bytes(ByteBuffer buffer, int count) {
    byte[] bytes = new byte[count];
    buffer.get(0, bytes);
    return bytes;
  }

  @Test
  @DisplayName("SOCK-1: data that the system accepts is sent at once")
  void atOnce() {
    run(() -> {
      var order = new Order();
      Pair pair = nonBlocking();
      loop.callSoon(() -> order.finish(2));
      loop.sockSendall(pair.channel(), ByteBuffer.wrap(bytes("hello")));
      loop.sockSendall(pair.channel(), ByteBuffer.allocate(0));
      order.expect(1);
      assertFalse(pair.channel().isRegistered());
      turn();
      order.checkFinished();
      assertEquals("hello", pair.peer().receiveText(5));
    });
  }

  @ParameterizedTest(name = "direct {0}")
  @ValueSource(booleans = {true, false})
  @DisplayName("SOCK-1: 8 MiB arrive byte by byte through small socket buffers")
  void large(boolean direct) {
    run(() -> {
      Pair pair = nonBlocking();
      ByteBuffer data = random(8 << 20, direct);
      Future<byte[]> all =
          loop.runInExecutor(() -> pair.peer().socket.getInputStream().readNBytes(data.capacity()));
      loop.sockSendall(pair.channel(), data);
      assertFalse(data.hasRemaining());
      assertArrayEquals(bytes(data, data.capacity()), all.await());
      assertFalse(loop.removeWriter(pair.channel()));
    });
  }

  @Test
  @DisplayName("SOCK-3, SOCK-5: a cancelled send stops; the position shows how much was sent")
  void cancelled() {
    run(() -> {
      Pair pair = nonBlocking();
      ByteBuffer data = random(8 << 20, false);
      Task<Void> sending = Loops.started(() -> loop.sockSendall(pair.channel(), data));
      Loops.turns(3);
      assertFalse(sending.done());
      sending.cancel();
      assertThrows(CancelledError.class, sending::await);
      assertFalse(loop.removeWriter(pair.channel()));
      int sent = data.position();
      assertTrue(sent > 0 && sent < data.capacity());
      Future<byte[]> all =
          loop.runInExecutor(() -> pair.peer().socket.getInputStream().readAllBytes());
      turn();
      pair.channel().shutdownOutput();
      assertArrayEquals(bytes(data, sent), all.await());
      assertEquals(sent, data.position());
    });
  }

  @Test
  @DisplayName("SOCK-3: a receive and a send on one channel do not affect each other")
  void bothWays() {
    run(() -> {
      Pair pair = nonBlocking();
      ByteBuffer data = random(4 << 20, false);
      Task<byte[]> receiving = Loops.started(() -> loop.sockRecv(pair.channel(), 10));
      Task<Void> sending = Loops.started(() -> loop.sockSendall(pair.channel(), data));
      pair.peer().send("x");
      assertEquals(1, receiving.await().length);
      assertFalse(sending.done());
      receiving.cancel();
      assertArrayEquals(data.array(), pair.peer().receive(data.capacity()));
      sending.await();
    });
  }

  @Test
  @DisplayName("SOCK-5: a connection that breaks during a send is an IOException")
  void broken() {
    run(() -> {
      Pair pair = nonBlocking();
      Task<Void> sending =
          Loops.started(() -> loop.sockSendall(pair.channel(), random(8 << 20, true)));
      turn();
      pair.peer().reset();
      assertThrows(IOException.class, sending::await);
      assertFalse(loop.removeWriter(pair.channel()));
    });
  }

  @Test
  @DisplayName("SOCK-1: datagrams are sent whole, also empty ones")
  void datagrams() {
    run(() -> {
      try (var channel = DatagramChannel.open();
          var peer = DatagramChannel.open().bind(new InetSocketAddress(LOCAL, 0))) {
        var address = peer.getLocalAddress();
        ByteBuffer data = ByteBuffer.wrap(bytes("hello"));
        assertThrows(IllegalArgumentException.class, () -> loop.sockSendto(channel, data, address));
        channel.configureBlocking(false);
        assertEquals(5, loop.sockSendto(channel, data, address));
        assertFalse(data.hasRemaining());
        assertEquals(0, loop.sockSendto(channel, ByteBuffer.allocate(0), address));
        ByteBuffer received = ByteBuffer.allocate(10);
        peer.receive(received);
        assertEquals(5, received.position());
        peer.receive(received);
        assertEquals(5, received.position());
        assertThrows(
            UnresolvedAddressException.class,
            () -> loop.sockSendto(
                channel, data.rewind(), InetSocketAddress.createUnresolved("localhost", 1)));
        assertThrows(
            IOException.class,
            () -> loop.sockSendto(channel, ByteBuffer.allocate(100_000), address));
        assertFalse(channel.isRegistered());
      }
    });
  }

  // ---- connecting

  @Test
  @DisplayName("SOCK-1: a channel is connected, and can belong to a transport at once")
  void connect() {
    run(() -> {
      try (ServerSocket listening = Peer.listen();
          SocketChannel channel = SocketChannel.open()) {
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.sockConnect(channel, listening.getLocalSocketAddress()));
        channel.configureBlocking(false);
        loop.sockConnect(channel, listening.getLocalSocketAddress());
        assertTrue(channel.isConnected());
        assertFalse(loop.removeWriter(channel));
        var protocol = new Recorder(loop);
        loop.createConnection(() -> protocol, channel);
        try (Peer peer = Peer.accept(loop, listening)) {
          peer.send("hello");
          protocol.awaitBytes(5);
        }
        protocol.lost.await();
      }
    });
  }

  @Test
  @DisplayName("SOCK-1: the error of a refused connection names the address")
  void refused() {
    run(() -> {
      try (SocketChannel channel = SocketChannel.open()) {
        channel.configureBlocking(false);
        var address = new InetSocketAddress(LOCAL, Peer.refusingPort());
        var error = assertThrows(ConnectException.class, () -> loop.sockConnect(channel, address));
        assertTrue(error.getMessage().contains(address.toString()), error::getMessage);
        assertFalse(channel.isOpen());
      }
    });
  }

  @Test
  @DisplayName(
      "SOCK-6: a name is resolved off the loop; the first address of the channel's family is used")
  void names() {
    run(() -> {
      try (ServerSocket listening = Peer.listen();
          SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
        channel.configureBlocking(false);
        var turned = new CountDownLatch(1);
        String name = FakeNames.invent(() -> {
          turned.await(); // by the loop, which therefore does not wait
          return Arrays.asList(
              java.net.InetAddress.getByName("::1"), java.net.InetAddress.getByName(LOCAL));
        });
        loop.callSoon(turned::countDown);
        loop.sockConnect(
            channel, InetSocketAddress.createUnresolved(name, listening.getLocalPort()));
        assertEquals(listening.getLocalSocketAddress(), channel.getRemoteAddress());
      }
    });
  }

  @Test
  @DisplayName("SOCK-6: a name without an address of the channel's family, or without any")
  void noAddress() {
    run(() -> {
      try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
        channel.configureBlocking(false);
        assertThrows(
            SocketException.class,
            () -> loop.sockConnect(
                channel, InetSocketAddress.createUnresolved(FakeNames.of("::1"), 80)));
        String unknown = FakeNames.invent(() -> {
          throw new IOException();
        });
        assertThrows(
            UnknownHostException.class,
            () -> loop.sockConnect(channel, InetSocketAddress.createUnresolved(unknown, 80)));
        assertTrue(channel.isOpen());
      }
    });
  }

  @Test
  @DisplayName("SOCK-1: a Unix socket's channel is connected like any other")
  void unix(@TempDir Path directory) throws Exception {
    run(() -> {
      var address = UnixDomainSocketAddress.of(directory.resolve("socket"));
      try (var listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
          var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        channel.configureBlocking(false);
        listening.configureBlocking(false);
        loop.sockConnect(channel, address);
        try (SocketChannel peer = loop.sockAccept(listening)) {
          loop.sockSendall(channel, ByteBuffer.wrap(bytes("hello")));
          assertEquals(5, loop.sockRecv(peer, 10).length);
        }
      }
    });
  }

  @Test
  @DisplayName("SOCK-3: a cancelled attempt to connect stops watching the channel")
  void connectCancelled() {
    run(() -> {
      try (ServerSocketChannel listening = ServerSocketChannel.open();
          SocketChannel channel = SocketChannel.open()) {
        listening.bind(new InetSocketAddress(LOCAL, 0));
        channel.configureBlocking(false);
        Task<Void> connecting =
            Loops.started(() -> loop.sockConnect(channel, listening.getLocalAddress()));
        if (connecting.done()) {
          return; // the system was quicker
        }
        connecting.cancel();
        assertThrows(CancelledError.class, connecting::await);
        assertFalse(loop.removeWriter(channel));
        turn();
        assertFalse(channel.isRegistered());
      }
    });
  }
}
