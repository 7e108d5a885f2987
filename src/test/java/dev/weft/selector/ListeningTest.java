package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.Server;
import dev.weft.testkit.FakeNames;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Where a server listens, and what happens if it cannot. */
class ListeningTest extends TcpTest {

  /** An address for documentation (RFC 5737), which no machine has. */
  private static final String NOBODYS = "192.0.2.1";

  private static boolean hasIpv6() {
    try (var probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress("::1", 0));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Server listen(List<String> hosts, int port) throws IOException {
    return listen(hosts, port, ServerOptions.defaults());
  }

  private Server listen(List<String> hosts, int port, ServerOptions options) throws IOException {
    return loop.createServer(() -> new Recorder(loop), hosts, port, options);
  }

  private static List<InetSocketAddress> addresses(Server server) throws IOException {
    var addresses = new ArrayList<InetSocketAddress>();
    for (TransportSocket socket : server.sockets()) {
      addresses.add((InetSocketAddress) socket.getLocalAddress());
    }
    return addresses;
  }

  @Test
  @DisplayName(
      "SRV-1: one socket per address, also if an address occurs twice under different names")
  void onePerAddress() {
    run(() -> {
      String both = FakeNames.of("127.0.0.1", "127.0.0.2");
      int port = Peer.refusingPort();
      try (Server server = listen(List.of("127.0.0.1", both, "127.0.0.1"), port)) {
        assertEquals(
            List.of(
                new InetSocketAddress("127.0.0.1", port), new InetSocketAddress("127.0.0.2", port)),
            addresses(server));
      }
    });
  }

  @Test
  @DisplayName("a server and its sockets show their addresses as text, until they are closed")
  void text() {
    run(() -> {
      Server server = listen(List.of("127.0.0.1"), 0);
      TransportSocket socket = server.sockets().get(0);
      assertEquals("TransportSocket[/127.0.0.1:" + server.port() + "]", socket.toString());
      assertEquals("Server[[" + socket + "]]", server.toString());
      server.close();
      assertEquals("TransportSocket[closed]", socket.toString());
      assertEquals("Server[closed]", server.toString());
    });
  }

  @Test
  @DisplayName("SRV-1: several hosts are resolved at the same time")
  void lookedUpTogether() {
    run(() -> {
      var barrier = new CyclicBarrier(3); // passes only if all three are asked for at once
      var names = new ArrayList<String>();
      for (int i = 1; i <= 3; i++) {
        InetAddress address = InetAddress.getByName("127.0.0." + i);
        names.add(FakeNames.invent(() -> {
          barrier.await(20, TimeUnit.SECONDS);
          return List.of(address);
        }));
      }
      try (Server server = listen(names, 0)) {
        assertEquals(3, server.sockets().size());
      }
    });
  }

  @Test
  @DisplayName("SRV-1: one unknown host of several fails all; the other failures are not reported")
  void unknownHosts() {
    run(() -> {
      var secondAsked = new CountDownLatch(1);
      String first = FakeNames.invent(() -> {
        secondAsked.await();
        throw new IOException("first");
      });
      String second = FakeNames.invent(() -> {
        secondAsked.countDown();
        throw new IOException("second");
      });
      var error = assertThrows(UnknownHostException.class, () -> listen(List.of(first, second), 0));
      assertTrue(error.getMessage().contains(first), error.getMessage());
    });
  }

  @Test
  @DisplayName("SRV-2: an empty host means every interface, by IPv4 and IPv6 on one socket")
  void everywhere() {
    run(() -> {
      try (Server server = listen(List.of(""), 0)) {
        assertEquals(1, server.sockets().size());
        new Socket("127.0.0.1", server.port()).close();
        new Socket("127.0.0.2", server.port()).close();
        if (hasIpv6()) {
          new Socket("::1", server.port()).close();
        }
        server.abortClients();
      }
    });
  }

  @Test
  @DisplayName(
      "SRV-2: all interfaces of IPv4 do not include IPv6, selected by address or by family")
  void everywhereOfOneFamily() {
    assumeTrue(hasIpv6());
    run(() -> {
      var four = ServerOptions.defaults().withFamily(StandardProtocolFamily.INET);
      for (Server server : List.of(listen(List.of("0.0.0.0"), 0), listen(List.of(""), 0, four))) {
        new Socket("127.0.0.2", server.port()).close();
        assertThrows(ConnectException.class, () -> new Socket("::1", server.port()).close());
        listen(List.of("::1"), server.port()).close(); // has the port alone
        server.abortClients();
        server.close();
      }
      var six = ServerOptions.defaults().withFamily(StandardProtocolFamily.INET6);
      try (Server server = listen(List.of("", FakeNames.of("127.0.0.1", "::1")), 0, six)) {
        assertEquals(2, server.sockets().size());
        new Socket("::1", server.port()).close();
        server.abortClients();
      }
      assertThrows(UnknownHostException.class, () -> listen(List.of("", "127.0.0.1"), 0, six));
    });
  }

  @Test
  @DisplayName("keepAlive: connections are probed if requested, and not otherwise")
  void keepAlive() {
    run(() -> {
      for (boolean wanted : new boolean[] {true, false}) {
        var accepted = new Recorder(loop);
        Server server = loop.createServer(
            () -> accepted, LOCAL, 0, ServerOptions.defaults().withKeepAlive(wanted));
        connect(server);
        accepted.awaitEvent("made");
        var socket = accepted.transport.getExtraInfo(ExtraInfo.SOCKET);
        assertEquals(wanted, socket.getOption(StandardSocketOptions.SO_KEEPALIVE));
        accepted.transport.abort();
        server.close();
        server.waitClosed();
      }
    });
  }

  @Test
  @DisplayName("SRV-2: an IPv6 address can be listened on and connected to")
  void ipv6() {
    assumeTrue(hasIpv6());
    run(() -> {
      var accepted = new Recorder(loop);
      Server server = loop.createServer(() -> accepted, "::1", 0);
      var client = new Recorder(loop);
      loop.createConnection(() -> client, "::1", server.port());
      client.transport.write(bytes("six"));
      accepted.awaitBytes(3);
      client.transport.close();
      client.lost.await();
      server.close();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName(
      "SRV-3: port 0 on several addresses gives each its own port; port() is the first one's")
  void portZero() {
    run(() -> {
      try (Server server = listen(List.of("127.0.0.1", "127.0.0.2"), 0)) {
        List<InetSocketAddress> addresses = addresses(server);
        assertEquals(2, addresses.size());
        assertTrue(addresses.stream().allMatch(address -> address.getPort() > 0));
        assertEquals(addresses.get(0).getPort(), server.port());
      }
    });
  }

  @Test
  @DisplayName("SRV-4: the address is reused by default, unless switched off")
  void reuseAddress() {
    run(() -> {
      try (Server server = listen(List.of(LOCAL), 0)) {
        assertTrue(server.sockets().get(0).getOption(StandardSocketOptions.SO_REUSEADDR));
      }
      var strict = ServerOptions.defaults().withReuseAddress(false);
      try (Server server = listen(List.of(LOCAL), 0, strict)) {
        assertFalse(server.sockets().get(0).getOption(StandardSocketOptions.SO_REUSEADDR));
      }
    });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName(
      "SRV-4: a port whose old connections linger can be bound again only with reuseAddress")
  void lingeringConnections() {
    run(() -> {
      var accepted = new Recorder(loop);
      Server server = serve(() -> accepted);
      int port = server.port();
      Peer peer = connect(server);
      accepted.awaitEvent("made");
      accepted.transport.close(); // the connection lingers on the side that closes first
      assertEquals(-1, peer.receiveByte());
      peer.close();
      server.close();
      server.waitClosed();
      var strict = ServerOptions.defaults().withReuseAddress(false);
      assertThrows(BindException.class, () -> listen(List.of(LOCAL), port, strict));
      listen(List.of(LOCAL), port).close();
    });
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @DisplayName("SRV-4: two servers share a port only if both set reusePort")
  void reusePort() {
    run(() -> {
      var shared = ServerOptions.defaults().withReusePort(true);
      try (Server first = listen(List.of(LOCAL), 0, shared)) {
        try (Server second = listen(List.of(LOCAL), first.port(), shared)) {
          assertEquals(first.port(), second.port());
        }
        assertThrows(BindException.class, () -> listen(List.of(LOCAL), first.port()));
      }
    });
  }

  @Test
  @DisplayName("SRV-5: an address that the machine does not have is skipped")
  void notAvailable() {
    run(() -> {
      try (Server server = listen(List.of(NOBODYS, LOCAL), 0)) {
        assertEquals(1, server.sockets().size());
        assertEquals(LOCAL, addresses(server).get(0).getHostString());
      }
    });
  }

  @Test
  @DisplayName("SRV-5: if no address remains, the error names all of them")
  void nothingBound() {
    run(() -> {
      for (int port : new int[] {0, Peer.refusingPort()}) {
        var error = assertThrows(BindException.class, () -> listen(List.of(NOBODYS), port));
        assertTrue(error.getMessage().contains(NOBODYS), error.getMessage());
      }
    });
  }

  @Test
  @DisplayName("SRV-5: for a port in use the error names it, and earlier sockets are closed")
  void inUse() {
    run(() -> {
      try (var other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
        int port = other.getLocalPort();
        var error = assertThrows(
            BindException.class, () -> listen(List.of("127.0.0.1", "127.0.0.2"), port));
        assertTrue(error.getMessage().contains("127.0.0.2:" + port), error.getMessage());
        listen(List.of("127.0.0.1"), port).close();
      }
    });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName(
      "backlog: the system holds no more than the requested number of connections plus one")
  void backlog() {
    run(() -> {
      var options = ServerOptions.defaults().withBacklog(1).withStartServing(false);
      try (Server server = listen(List.of(LOCAL), 0, options);
          var late = new Socket()) {
        connect(server);
        connect(server);
        // Waits in real time, but only for something that does not happen.
        assertThrows(
            SocketTimeoutException.class,
            () -> late.connect(new InetSocketAddress(LOCAL, server.port()), 50));
      }
      assertThrows(
          IllegalArgumentException.class, () -> ServerOptions.defaults().withBacklog(0));
    });
  }

  @Test
  @DisplayName("Bad arguments are errors with the parameter's name before anything happens")
  void badArguments() {
    run(() -> {
      String neverAsked = FakeNames.invent(() -> {
        throw new AssertionError("looked up");
      });
      for (int port : new int[] {-1, 65_536}) {
        var error =
            assertThrows(IllegalArgumentException.class, () -> listen(List.of(neverAsked), port));
        assertTrue(error.getMessage().contains("port"), error.getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> listen(List.of(), 0));
      assertThrows(
          NullPointerException.class,
          () -> loop.createServer(null, List.of(neverAsked), 0, ServerOptions.defaults()));
      assertThrows(NullPointerException.class, () -> listen(List.of(neverAsked), 0, null));
    });
  }

  @Test
  @DisplayName("Cancelling a long lookup ends createServer at once")
  void cancelledLookup() {
    run(() -> {
      var release = new CountDownLatch(1);
      String slow = FakeNames.invent(() -> {
        release.await();
        return List.of(InetAddress.getByName(LOCAL));
      });
      var task = loop.createTask(() -> listen(List.of(slow), 0));
      turn();
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      release.countDown();
    });
  }
}
