package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Task;
import dev.weft.testkit.FakeNames;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Connected;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.ExtraInfo;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How an endpoint gets its socket. */
class DatagramOpeningTest extends UdpTest {

  private static final DatagramOptions DEFAULTS = DatagramOptions.defaults();
  private static final InetSocketAddress ANYWHERE = new InetSocketAddress("0.0.0.0", 0);

  private static InetSocketAddress named(String name, int port) {
    return InetSocketAddress.createUnresolved(name, port);
  }

  private static void assumeIpv6() throws IOException {
    try (var probe = new DatagramSocket(new InetSocketAddress("::1", 0))) {
      assumeTrue(probe.isBound());
    } catch (BindException e) {
      assumeTrue(false, "this machine has no ::1");
    }
  }

  private InetSocketAddress local(DatagramRecorder protocol) {
    return (InetSocketAddress) protocol.address();
  }

  @Test
  @DisplayName(
      "createDatagramEndpoint returns after connectionMade, and after the callbacks that it schedules")
  void order() {
    run(() -> {
      var order = new Order();
      var protocol = new DatagramRecorder(loop) {
        @Override
        public void connectionMade(BaseTransport base) {
          super.connectionMade(base);
          order.expect(1);
          loop.callSoon(() -> order.expect(2));
        }
      };
      Connected<DatagramTransport, DatagramRecorder> made = endpoint(protocol, HERE);
      order.finish(3);
      assertSame(protocol, made.protocol());
      assertSame(protocol.transport, made.transport());
    });
  }

  @Test
  @DisplayName("DG-8: names are resolved, and addresses paired by their family")
  void pairs() {
    run(() -> {
      assumeIpv6();
      String both = FakeNames.of("::1", LOCAL);
      String one = FakeNames.of(LOCAL);
      DatagramRecorder protocol = endpoint(
          DEFAULTS.withLocalAddr(named(both, 0)).withRemoteAddr(named(one, peer.getLocalPort())));
      protocol.send("x");
      assertEquals("x", peerReceivesText());

      assertInstanceOf(
          Inet6Address.class,
          local(endpoint(DEFAULTS.withLocalAddr(named(both, 0)))).getAddress());
      var ipv4 = DEFAULTS.withLocalAddr(named(both, 0)).withFamily(StandardProtocolFamily.INET);
      assertEquals(LOCAL, local(endpoint(ipv4)).getAddress().getHostAddress());
    });
  }

  @Test
  @DisplayName("DG-8: addresses without a common family are an error")
  void nothingInCommon() {
    run(() -> {
      for (DatagramOptions options : List.of(
          HERE.withRemoteAddr(new InetSocketAddress("::1", 9)),
          HERE.withFamily(StandardProtocolFamily.INET6),
          DEFAULTS.withRemoteAddr(peerAddress()).withFamily(StandardProtocolFamily.INET6))) {
        var error = assertThrows(IllegalArgumentException.class, () -> endpoint(options));
        assertTrue(error.getMessage().contains("in common"), error.getMessage());
      }
    });
  }

  @Test
  @DisplayName(
      "DG-8: the second family is used if the first fails; if all fail, the first error is thrown")
  void oneAfterTheOther() {
    run(() -> {
      assumeIpv6();
      int port = peer.getLocalPort();
      var options = DEFAULTS.withLocalAddr(named(FakeNames.of(LOCAL, "::1"), port));
      assertInstanceOf(Inet6Address.class, local(endpoint(options)).getAddress());
      var error = assertThrows(BindException.class, () -> endpoint(options));
      assertTrue(error.getMessage().contains("/127.0.0.1:" + port), error.getMessage());
      assertEquals(1, error.getSuppressed().length);
    });
  }

  @Test
  @DisplayName("DG-8: a wildcard has the family of the remote address, or else its own")
  void wildcard() {
    run(() -> {
      assumeIpv6();
      try (var remote = new DatagramSocket(new InetSocketAddress("::1", 0))) {
        var to = (InetSocketAddress) remote.getLocalSocketAddress();
        DatagramRecorder protocol = endpoint(DEFAULTS.withLocalAddr(ANYWHERE).withRemoteAddr(to));
        assertEquals(to, protocol.transport.getExtraInfo(ExtraInfo.PEERNAME));
      }
      assertEquals(
          "0.0.0.0",
          local(endpoint(DEFAULTS.withLocalAddr(ANYWHERE))).getAddress().getHostAddress());
      var all = DEFAULTS.withLocalAddr(ANYWHERE).withFamily(StandardProtocolFamily.INET6);
      DatagramRecorder dual = endpoint(all);
      peerSends(bytes("from IPv4"), new InetSocketAddress(LOCAL, local(dual).getPort()));
      dual.awaitEvents(2);
      assertEquals(List.of(peerAddress()), dual.senders);
    });
  }

  @Test
  @DisplayName("DG-8: with a family alone the system chooses an address, and sending works")
  void familyAlone() {
    run(() -> {
      DatagramRecorder protocol = endpoint(DEFAULTS.withFamily(StandardProtocolFamily.INET));
      assertNotEquals(0, local(protocol).getPort());
      protocol.transport.sendto(ByteBuffer.wrap(bytes("x")), peerAddress());
      assertEquals("x", peerReceivesText());
    });
  }

  @Test
  @DisplayName(
      "DG-8: a remote port 0 is accepted; each datagram for it is an error, and the endpoint goes on")
  void remotePortZero() {
    run(() -> {
      var nowhere = new InetSocketAddress(LOCAL, 0);
      for (DatagramOptions options : List.of(
          DEFAULTS.withRemoteAddr(nowhere),
          DEFAULTS.withRemoteAddr(named(LOCAL, 0)),
          DEFAULTS.withRemoteAddr(nowhere).withAllowBroadcast(true),
          HERE.withRemoteAddr(nowhere))) {
        DatagramRecorder protocol = endpoint(options);
        assertNull(protocol.transport.getExtraInfo(ExtraInfo.PEERNAME));
        protocol.send("one");
        protocol.transport.sendto(ByteBuffer.wrap(bytes("two")), nowhere);
        assertThrows(
            IllegalArgumentException.class,
            () -> protocol.transport.sendto(ByteBuffer.wrap(bytes("three")), peerAddress()));
        protocol.awaitEvents(3);
        peerSends(bytes("four"), new InetSocketAddress(LOCAL, local(protocol).getPort()));
        protocol.awaitEvents(4);
        assertEquals(List.of("made", "error", "error", "four"), protocol.events);
        protocol.transport.close();
        assertNull(protocol.lost.await());
      }
      DatagramRecorder free = endpoint(HERE);
      free.transport.sendto(ByteBuffer.wrap(bytes("one")), nowhere);
      assertEquals(List.of("made", "error"), free.events);
    });
  }

  @Test
  @DisplayName("DG-8: bad options are errors before anything happens")
  void badOptions() {
    run(() -> {
      assertThrows(IllegalArgumentException.class, () -> endpoint(DEFAULTS));
      assertThrows(NullPointerException.class, () -> loop.createDatagramEndpoint(null, HERE));
      assertThrows(NullPointerException.class, () -> endpoint(null));
      assertThrows(NullPointerException.class, () -> DEFAULTS.withLocalAddr(null));
      assertThrows(NullPointerException.class, () -> DEFAULTS.withFamily(null));
    });
  }

  @Test
  @DisplayName("UX-6: Unix datagrams are an error, because the JDK has none")
  void noUnixDatagrams() {
    var error = assertThrows(
        IllegalArgumentException.class, () -> DEFAULTS.withFamily(StandardProtocolFamily.UNIX));
    assertTrue(error.getMessage().contains("INET or INET6"), error.getMessage());
  }

  @Test
  @DisplayName("DG-8: a name that cannot be resolved, and a lookup without end")
  void names() {
    run(() -> {
      String unknown = FakeNames.invent(() -> {
        throw new UnknownHostException();
      });
      assertThrows(
          UnknownHostException.class, () -> endpoint(DEFAULTS.withRemoteAddr(named(unknown, 9))));

      var never = new CountDownLatch(1);
      String slow = FakeNames.invent(() -> {
        never.await();
        throw new UnknownHostException();
      });
      Task<DatagramRecorder> waiting =
          Loops.started(() -> endpoint(HERE.withRemoteAddr(named(slow, 9))));
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);
      never.countDown();
    });
  }

  @Test
  @DisplayName("Two endpoints have the same address only if both set reusePort")
  void reusePort() {
    run(() -> {
      DatagramRecorder first = endpoint(HERE.withReusePort(true));
      var same = DEFAULTS.withLocalAddr(local(first));
      assertEquals(first.address(), endpoint(same.withReusePort(true)).address());
      assertThrows(BindException.class, () -> endpoint(same));
    });
  }

  @Test
  @DisplayName("DG-9: a channel is used as it is, connected or not")
  void adopted() {
    run(() -> {
      DatagramChannel plain = DatagramChannel.open(StandardProtocolFamily.INET);
      var first = new DatagramRecorder(loop);
      endpoint(first, plain);
      assertNotEquals(0, local(first).getPort());
      first.transport.sendto(ByteBuffer.wrap(bytes("x")), peerAddress());
      assertEquals("x", peerReceivesText());

      DatagramChannel connected = DatagramChannel.open().connect(peerAddress());
      var second = new DatagramRecorder(loop);
      endpoint(second, connected);
      second.send("y");
      assertEquals("y", peerReceivesText());
      assertThrows(
          IllegalArgumentException.class,
          () -> second.transport.sendto(ByteBuffer.allocate(1), unusedAddress()));
      second.transport.close();
      second.lost.await();
      assertFalse(connected.isOpen());
    });
  }

  @Test
  @DisplayName("DG-9: a channel that has a transport cannot have another; the first continues")
  void adoptedTwice() {
    run(() -> {
      DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
      var first = new DatagramRecorder(loop);
      endpoint(first, channel);
      assertThrows(
          IllegalStateException.class,
          () -> loop.createDatagramEndpoint(() -> new DatagramRecorder(loop), channel));
      first.transport.sendto(ByteBuffer.wrap(bytes("x")), peerAddress());
      assertEquals("x", peerReceivesText());
      assertThrows(
          NullPointerException.class,
          () -> loop.createDatagramEndpoint(
              () -> new DatagramRecorder(loop), (DatagramChannel) null));
    });
  }

  @Test
  @DisplayName("DG-9: a socket whose protocol factory fails is closed")
  void factoryFails() {
    run(() -> {
      DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
      assertThrows(
          IllegalCallerException.class,
          () -> loop.createDatagramEndpoint(
              () -> {
                throw new IllegalCallerException();
              },
              channel));
      assertFalse(channel.isOpen());
    });
  }

  @Test
  @DisplayName("An endpoint whose creator is cancelled is closed")
  void cancelled() {
    run(() -> {
      var protocol = new DatagramRecorder(loop);
      Task<?> creating = Loops.started(() -> loop.createDatagramEndpoint(() -> protocol, HERE));
      creating.cancel();
      assertThrows(CancelledError.class, creating::await);
      protocol.lost.await();
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }
}
