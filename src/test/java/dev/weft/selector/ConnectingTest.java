package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.AwaitedAt;
import dev.weft.loop.CancelledError;
import dev.weft.loop.ExceptionGroup;
import dev.weft.testkit.Descriptors;
import dev.weft.testkit.FakeNames;
import dev.weft.transport.ConnectionOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How createConnection gets its connection, and all the ways in which it fails. */
class ConnectingTest extends TcpTest {

  private static final ConnectionOptions DEFAULTS = ConnectionOptions.defaults();

  private Recorder connectTo(String host, int port, ConnectionOptions options) throws IOException {
    return loop.createConnection(() -> new Recorder(loop), host, port, options).protocol();
  }

  private static ServerSocket listenOn(String address) throws IOException {
    return new ServerSocket(0, 10, InetAddress.getByName(address));
  }

  private void end(Recorder protocol) {
    protocol.transport.abort();
    protocol.lost.await();
  }

  @Test
  @DisplayName(
      "LOOP-33: the completion of a connection is noticed, and afterwards only reads are of interest")
  void connects() {
    run(() -> {
      try (ServerSocket listening = listenOn(LOCAL)) {
        Recorder protocol = connectTo(LOCAL, listening.getLocalPort(), DEFAULTS);
        Peer peer = Peer.accept(loop, listening);
        peer.send("x");
        protocol.awaitBytes(1);
        assertEquals(List.of("made", "data"), protocol.events);
        end(protocol);
      }
    });
  }

  @Test
  @DisplayName("LOOP-33: the interest in connecting ends with the completion")
  void interestEnds() {
    run(() -> {
      try (ServerSocket listening = listenOn(LOCAL)) {
        var channel = Connector.connect(
            (SelectorEventLoop) loop,
            List.of((InetSocketAddress) listening.getLocalSocketAddress()),
            List.of(),
            DEFAULTS);
        assertTrue(channel.isConnected());
        assertFalse(channel.isBlocking());
        assertEquals(0, ((SelectorEventLoop) loop).poller.keyOf(channel).interestOps());
        channel.close();
      }
    });
  }

  @Test
  @DisplayName("CONN-4: a refused connection is a ConnectException that names the address")
  void refused() {
    run(() -> {
      int port = Peer.refusingPort();
      var error = assertThrows(ConnectException.class, () -> connectTo(LOCAL, port, DEFAULTS));
      assertTrue(error.getMessage().contains(LOCAL + ":" + port), error.getMessage());
    });
  }

  @Test
  @DisplayName("CONN-1: an address, IPv4 or IPv6, is not resolved")
  void literals() {
    for (String literal : List.of(
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "::1",
        "[::1]",
        "fe80::1%lo",
        "1:2:3:4:5:6:7:8",
        "::ffff:1.2.3.4")) {
      assertTrue(Names.isLiteral(literal), literal);
    }
    for (String name : List.of(
        "localhost",
        "1.2.3.256",
        "1.2.3",
        "1.2.3.4.5",
        "...",
        "localhost:80",
        "a.b.c.d",
        "face",
        "")) {
      assertFalse(Names.isLiteral(name), name);
    }
  }

  @Test
  @DisplayName("CONN-2: a name is resolved off the loop, which goes on meanwhile")
  void lookedUpElsewhere() {
    run(() -> {
      var looking = new AtomicReference<Thread>();
      var release = new CountDownLatch(1);
      String name = FakeNames.invent(() -> {
        looking.set(Thread.currentThread());
        release.await(); // the loop gives it up; a wait on the loop itself would never end
        return List.of(InetAddress.getByName(LOCAL));
      });
      try (ServerSocket listening = listenOn(LOCAL)) {
        var connecting = loop.createTask(() -> connectTo(name, listening.getLocalPort(), DEFAULTS));
        turn();
        turn();
        release.countDown();
        end(connecting.await());
        assertFalse(looking.get().isVirtual());
      }
    });
  }

  @Test
  @DisplayName("CONN-2: an unknown host is an UnknownHostException that names it")
  void unknownHost() {
    run(() -> {
      String unknown = FakeNames.invent(() -> {
        throw new IOException("no such host");
      });
      for (String host :
          List.of(unknown, "no-such-host.invalid", "1.2.3.256", "::zz", "localhost:80")) {
        var error =
            assertThrows(UnknownHostException.class, () -> connectTo(host, 80, DEFAULTS), host);
        assertTrue(error.getMessage().contains(host), error.getMessage());
      }
    });
  }

  @Test
  @DisplayName("CONN-3: addresses are tried in order, and the first that works is used")
  void secondAddress() {
    run(() -> {
      try (ServerSocket listening = listenOn("127.0.0.3")) {
        int port = listening.getLocalPort();
        String name = FakeNames.of("127.0.0.2", "127.0.0.3", "127.0.0.4");
        Recorder protocol = connectTo(name, port, DEFAULTS);
        assertEquals(
            new InetSocketAddress("127.0.0.3", port),
            protocol.transport.getExtraInfo("peername", null));
        end(protocol);
      }
    });
  }

  @Test
  @DisplayName("CONN-3: after the first success no other address is tried")
  void firstAddress() {
    run(() -> {
      try (ServerSocket listening = listenOn("127.0.0.2")) {
        int port = listening.getLocalPort();
        try (var other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.3"))) {
          end(connectTo(FakeNames.of("127.0.0.2", "127.0.0.3"), port, DEFAULTS));
          other.setSoTimeout(1);
          assertThrows(java.net.SocketTimeoutException.class, other::accept);
        }
      }
    });
  }

  @Test
  @DisplayName("CONN-4: if several addresses refuse, one error names and contains each")
  void allRefused() {
    run(() -> {
      int port = Peer.refusingPort();
      String name = FakeNames.of("127.0.0.2", "127.0.0.3", "127.0.0.4");
      var error = assertThrows(IOException.class, () -> connectTo(name, port, DEFAULTS));
      for (String address : List.of("127.0.0.2", "127.0.0.3", "127.0.0.4")) {
        assertTrue(error.getMessage().contains(address + ":" + port), error.getMessage());
      }
      assertTrue(error.getCause().getMessage().contains("127.0.0.2"));
      assertEquals(2, error.getSuppressed().length);
      assertTrue(error.getSuppressed()[1].getMessage().contains("127.0.0.4"));
    });
  }

  @Test
  @DisplayName("CONN-4: errors with the same text are one error")
  void sameErrors() {
    run(() -> {
      int port = Peer.refusingPort();
      String name = FakeNames.of("127.0.0.2", "127.0.0.2");
      var error = assertThrows(ConnectException.class, () -> connectTo(name, port, DEFAULTS));
      assertEquals(1, error.getSuppressed().length);
      assertTrue(error.getSuppressed()[0] instanceof AwaitedAt, error::toString);
    });
  }

  @Test
  @DisplayName("CONN-4: with allErrors there is a group of all errors, also of a single one")
  void allErrors() {
    run(() -> {
      int port = Peer.refusingPort();
      var options = DEFAULTS.withAllErrors(true);
      var two = assertThrows(
          ExceptionGroup.class,
          () -> connectTo(FakeNames.of("127.0.0.2", "127.0.0.3"), port, options));
      assertEquals(2, two.exceptions().size());
      assertTrue(two.exceptions().get(1).getMessage().contains("127.0.0.3"));
      var one = assertThrows(ExceptionGroup.class, () -> connectTo(LOCAL, port, options));
      assertTrue(one.exceptions().get(0) instanceof ConnectException);
    });
  }

  @Test
  @DisplayName("CONN-5: the connection comes from the local address, which may be a name")
  void localAddress() {
    run(() -> {
      try (ServerSocket listening = listenOn(LOCAL)) {
        for (InetSocketAddress local : List.of(
            new InetSocketAddress("127.0.0.9", 0),
            InetSocketAddress.createUnresolved(FakeNames.of("::1", "192.0.2.1", "127.0.0.9"), 0))) {
          Recorder protocol =
              connectTo(LOCAL, listening.getLocalPort(), DEFAULTS.withLocalAddr(local));
          try (Socket peer = listening.accept()) {
            assertEquals("127.0.0.9", peer.getInetAddress().getHostAddress());
          }
          end(protocol);
        }
        var anywhere = DEFAULTS.withLocalAddr(new InetSocketAddress(0));
        end(connectTo(LOCAL, listening.getLocalPort(), anywhere));
      }
    });
  }

  @Test
  @DisplayName(
      "CONN-5: a local address that cannot be bound fails the connection, and the error names it")
  void localAddressNotOurs() {
    run(() -> {
      try (ServerSocket listening = listenOn(LOCAL)) {
        var options = DEFAULTS.withLocalAddr(new InetSocketAddress("192.0.2.1", 0));
        var error = assertThrows(
            IOException.class, () -> connectTo(LOCAL, listening.getLocalPort(), options));
        assertTrue(error.getMessage().contains("192.0.2.1"), error.getMessage());
        assertTrue(error.getCause() instanceof BindException);
      }
    });
  }

  @Test
  @DisplayName("CONN-5: a local address of the other family is not a candidate")
  void localAddressOfOtherFamily() {
    run(() -> {
      try (ServerSocket listening = listenOn(LOCAL)) {
        var options = DEFAULTS.withLocalAddr(new InetSocketAddress("::1", 0));
        var error = assertThrows(
            IOException.class, () -> connectTo(LOCAL, listening.getLocalPort(), options));
        assertTrue(error.getMessage().contains("family"), error.getMessage());
      }
    });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName(
      "CONN-9: a connection that is cancelled while it connects is closed, also in the system")
  void cancelledWhileConnecting() {
    run(() -> {
      try (var full = new ServerSocket(0, 1, InetAddress.getByName(LOCAL))) {
        // Two fill the queue of connections that are not accepted; the third gets no answer.
        var first = new Socket(LOCAL, full.getLocalPort());
        var second = new Socket(LOCAL, full.getLocalPort());
        long before = Descriptors.sockets();
        var connecting = loop.createTask(() -> connectTo(LOCAL, full.getLocalPort(), DEFAULTS));
        turn();
        turn();
        assertFalse(connecting.done());
        assertEquals(before + 1, Descriptors.sockets());
        connecting.cancel();
        assertThrows(CancelledError.class, connecting::await);
        turn();
        assertEquals(before, Descriptors.sockets());
        first.close();
        second.close();
      }
    });
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName("CONN-9: a refused connection and a factory that throws leave no descriptor")
  void failuresLeaveNothing() {
    run(() -> {
      try (ServerSocket listening = listenOn(LOCAL)) {
        int refusing = Peer.refusingPort();
        long before = Descriptors.sockets();
        for (int i = 0; i < 10; i++) {
          assertThrows(ConnectException.class, () -> connectTo(LOCAL, refusing, DEFAULTS));
          assertThrows(
              IllegalCallerException.class,
              () -> loop.createConnection(
                  () -> {
                    throw new IllegalCallerException();
                  },
                  LOCAL,
                  listening.getLocalPort()));
          listening.accept().close();
        }
        turn();
        assertEquals(before, Descriptors.sockets());
      }
    });
  }

  @Test
  @DisplayName("CONN-9: cancelled during the lookup, it ends at once and does not connect")
  void cancelledLookup() {
    run(() -> {
      var release = new CountDownLatch(1);
      String slow = FakeNames.invent(() -> {
        release.await();
        return List.of(InetAddress.getByName(LOCAL));
      });
      try (ServerSocket listening = listenOn(LOCAL)) {
        var connecting = loop.createTask(() -> connectTo(slow, listening.getLocalPort(), DEFAULTS));
        turn();
        connecting.cancel();
        assertThrows(CancelledError.class, connecting::await);
        release.countDown();
        listening.setSoTimeout(1);
        assertThrows(java.net.SocketTimeoutException.class, listening::accept);
      }
    });
  }

  @Test
  @DisplayName("CONN-9: cancelled after connecting and before its return, the connection is closed")
  void cancelledAfterConnect() {
    run(() -> {
      Pair pair = pair();
      var protocol = new Recorder(loop);
      var adopting = loop.createTask(() -> loop.createConnection(() -> protocol, pair.channel()));
      turn(); // the transport exists, connectionMade is queued
      adopting.cancel();
      assertThrows(CancelledError.class, adopting::await);
      assertEquals(-1, pair.peer().receiveByte());
      assertEquals(List.of("made", "lost"), protocol.events);
    });
  }

  @Test
  @DisplayName(
      "CONN-12: bad arguments are errors with the parameter's name before anything happens")
  void badArguments() {
    run(() -> {
      String neverAsked = FakeNames.invent(() -> {
        throw new AssertionError("looked up");
      });
      for (int port : new int[] {-1, 0, 65_536}) {
        var error = assertThrows(
            IllegalArgumentException.class, () -> connectTo(neverAsked, port, DEFAULTS));
        assertTrue(error.getMessage().contains("port"), error.getMessage());
      }
      assertThrows(IllegalArgumentException.class, () -> connectTo("", 80, DEFAULTS));
      assertThrows(NullPointerException.class, () -> connectTo(null, 80, DEFAULTS));
      assertThrows(NullPointerException.class, () -> connectTo(neverAsked, 80, null));
      assertThrows(NullPointerException.class, () -> loop.createConnection(null, neverAsked, 80));
      assertThrows(NullPointerException.class, () -> DEFAULTS.withLocalAddr(null));
    });
    assertThrows(IllegalStateException.class, () -> connectTo("localhost", 80, DEFAULTS));
  }
}
