package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.transport.Connected;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** Connections over Unix sockets, and their files. */
class UnixSocketTest extends TcpTest {

  private static final ServerOptions DEFAULTS = ServerOptions.defaults();

  @TempDir
  Path directory;

  private Path path;
  private final List<Recorder> accepted = new ArrayList<>();

  @BeforeEach
  void choosePath() {
    path = directory.resolve("socket");
  }

  private Recorder accept() {
    var protocol = new Recorder(loop);
    accepted.add(protocol);
    return protocol;
  }

  private Server serve() throws IOException {
    return loop.createUnixServer(this::accept, path);
  }

  private Recorder connectTo(Path to) throws IOException {
    return loop.createUnixConnection(() -> new Recorder(loop), to).protocol();
  }

  private ServerSocketChannel listen(int backlog) throws IOException {
    return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(path), backlog);
  }

  /** Sends data in both directions and closes. */
  private void exchange(Server server) throws IOException {
    Recorder client = connectTo(path);
    client.transport.write(bytes("up"));
    Recorder other = speaking();
    assertEquals("up", other.text());
    other.transport.write(bytes("down"));
    client.awaitBytes(4);
    client.transport.close();
    other.lost.await();
    client.lost.await();
    assertTrue(server.isServing());
  }

  /** A server connection whose client sends data; the probe of another server sends none. */
  private Recorder speaking() {
    for (; ; turn()) {
      for (Recorder each : accepted) {
        if (each.received.size() > 0) {
          accepted.clear();
          return each;
        }
      }
    }
  }

  @Test
  @DisplayName("A server and its client, with the addresses that Unix sockets have")
  void both() {
    run(() -> {
      try (Server server = serve()) {
        var address = UnixDomainSocketAddress.of(path);
        assertEquals(address, server.sockets().get(0).getLocalAddress());
        Connected<Transport, Recorder> client =
            loop.createUnixConnection(() -> new Recorder(loop), path);
        assertSame(client.protocol().transport, client.transport());
        assertEquals(address, client.transport().getExtraInfo(ExtraInfo.PEERNAME));
        assertEquals(
            UnixDomainSocketAddress.of(""), client.transport().getExtraInfo(ExtraInfo.SOCKNAME));
        client.transport().close();
        client.protocol().lost.await();
        exchange(server);
      }
    });
  }

  @Test
  @DisplayName("UX-1: a socket without a listener is replaced")
  void stale() {
    run(() -> {
      listen(1).close();
      assertTrue(Files.exists(path));
      try (Server server = serve()) {
        exchange(server);
      }
    });
  }

  @Test
  @DisplayName("UX-1, UX-4: a socket with a listener stays, busy or not; the error names the path")
  void live() {
    run(() -> {
      try (Server server = serve()) {
        var error = assertThrows(BindException.class, this::serve);
        assertTrue(error.getMessage().contains(path.toString()), error.getMessage());
        exchange(server);
      }
      try (ServerSocketChannel busy = listen(1);
          var first = SocketChannel.open(busy.getLocalAddress());
          var second = SocketChannel.open(busy.getLocalAddress())) {
        assertThrows(BindException.class, this::serve);
        assertTrue(first.isConnected() && second.isConnected());
        assertTrue(Files.exists(path));
      }
    });
  }

  @Test
  @DisplayName("UX-1, UX-4: a file that is not a socket stays, and the error names the path")
  void noSocket() {
    run(() -> {
      Files.writeString(path, "precious");
      try (var log = LogCapture.start()) {
        var error = assertThrows(BindException.class, this::serve);
        assertTrue(error.getMessage().contains(path.toString()), error.getMessage());
        assertEquals(List.of(), log.events(Level.ERROR));
      }
      assertEquals("precious", Files.readString(path));
      Files.delete(path);

      // For the JDK a FIFO is neither a file nor a directory either, and connecting to it fails.
      assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
      assertThrows(BindException.class, this::serve);
      assertTrue(Files.exists(path));
    });
  }

  @Test
  @DisplayName("UX-1: a path that cannot be checked is logged, and fails at the bind")
  void uncheckable() {
    run(() -> {
      Files.createSymbolicLink(path, path); // to itself
      try (var log = LogCapture.start()) {
        assertThrows(BindException.class, this::serve);
        assertEquals(1, log.events(Level.ERROR).size());
      }
    });
  }

  @Test
  @DisplayName("UX-3: closing a server removes its socket at once")
  void cleanup() {
    run(() -> {
      Server server = serve();
      server.close();
      assertFalse(Files.exists(path));
      assertThrows(SocketException.class, () -> connectTo(path));
      try (Server again = serve()) {
        exchange(again);
      }
    });
  }

  @Test
  @DisplayName(
      "UX-3: closing does not touch a file that replaced the socket, and tolerates its absence")
  void replaced() {
    run(() -> {
      Server first = serve();
      Files.delete(path);
      try (Server second = serve()) {
        first.close();
        exchange(second);
      }
      Server third = serve();
      Files.delete(path);
      Files.writeString(path, "precious");
      third.close();
      assertEquals("precious", Files.readString(path));
      Files.delete(path);
      Server fourth = serve();
      Files.delete(path);
      fourth.close();
    });
  }

  @Test
  @DisplayName("UX-3: without cleanupSocket the socket stays, and the next server replaces it")
  void noCleanup() {
    run(() -> {
      Server server = loop.createUnixServer(this::accept, path, DEFAULTS.withCleanupSocket(false));
      server.close();
      assertTrue(Files.exists(path));
      assertThrows(ConnectException.class, () -> connectTo(path));
      serve().close();
      assertFalse(Files.exists(path));
    });
  }

  @Test
  @DisplayName("UX-3: the socket of a given channel is removed too, unless switched off")
  void adopted() {
    run(() -> {
      for (boolean cleanup : List.of(true, false)) {
        var options = DEFAULTS.withCleanupSocket(cleanup);
        try (Server server = loop.createServer(this::accept, listen(10), options)) {
          exchange(server);
        }
        assertEquals(!cleanup, Files.exists(path));
      }
    });
  }

  @Test
  @DisplayName("UX-4: a server that fails to start leaves neither an open socket nor a file")
  void failures() {
    run(() -> {
      Path tooLong = directory.resolve("x".repeat(200));
      for (Path bad : List.of(directory.resolve("no/such/directory"), tooLong)) {
        var error =
            assertThrows(SocketException.class, () -> loop.createUnixServer(this::accept, bad));
        assertTrue(error.getMessage().contains(bad.toString()), error.getMessage());
      }
      Task<Server> creating = Loops.started(() -> serve());
      creating.cancel();
      assertThrows(CancelledError.class, creating::await);
      assertFalse(Files.exists(path));
    });
  }

  @Test
  @DisplayName("The error of a connection that fails names the path")
  void cannotConnect() {
    run(() -> {
      listen(1).close();
      Path nothing = directory.resolve("nothing");
      for (Path bad : List.of(path, nothing, directory.resolve("x".repeat(200)))) {
        var error = assertThrows(SocketException.class, () -> connectTo(bad));
        assertTrue(error.getMessage().contains(bad.toString()), error.getMessage());
      }
      assertThrows(ConnectException.class, () -> connectTo(path));
    });
  }

  @Test
  @DisplayName("Connecting waits while the backlog is full, and can be cancelled")
  void fullBacklog() {
    try (EventLoop virtual = Loops.newLoop()) { // jumps over the time between two attempts
      virtual.runUntilComplete(() -> {
        try (ServerSocketChannel busy = listen(1);
            var first = SocketChannel.open(busy.getLocalAddress());
            var second = SocketChannel.open(busy.getLocalAddress())) {
          var protocol = new Recorder(virtual);
          Task<?> connecting =
              Loops.started(() -> virtual.createUnixConnection(() -> protocol, path));
          Loops.turns(50);
          assertFalse(connecting.done());
          Task<?> impatient =
              Loops.started(() -> virtual.createUnixConnection(() -> new Recorder(virtual), path));
          impatient.cancel();
          assertThrows(CancelledError.class, impatient::await);

          busy.accept().close();
          connecting.await();
          assertEquals(List.of("made"), protocol.events);
          busy.accept().close();
          try (SocketChannel third = busy.accept()) {
            third.write(ByteBuffer.wrap(bytes("x")));
            protocol.awaitBytes(1);
          }
          protocol.lost.await();
          assertTrue(first.isConnected() && second.isConnected());
        }
      });
    }
  }

  @Test
  @DisplayName(
      "The permissions follow the umask, and permissions that the user sets afterwards hold")
  void permissions() {
    run(() -> {
      try (Server server = serve()) {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        exchange(server);
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      }
      assertFalse(Files.exists(path));
    });
  }

  @Test
  @DisplayName("Bad arguments are errors before anything happens")
  void badArguments() {
    run(() -> {
      for (ServerOptions bad : List.of(
          DEFAULTS.withReusePort(true),
          DEFAULTS.withKeepAlive(true),
          DEFAULTS.withFamily(StandardProtocolFamily.INET))) {
        assertThrows(
            IllegalArgumentException.class, () -> loop.createUnixServer(this::accept, path, bad));
      }
      var options = ConnectionOptions.defaults();
      for (ConnectionOptions bad : List.of(
          options.withLocalAddr(new InetSocketAddress(LOCAL, 0)),
          options.withFamily(StandardProtocolFamily.INET))) {
        assertThrows(
            IllegalArgumentException.class,
            () -> loop.createUnixConnection(this::accept, path, bad));
      }
      assertThrows(IllegalArgumentException.class, () -> connectTo(Path.of("")));
      assertThrows(
          IllegalArgumentException.class, () -> loop.createUnixServer(this::accept, Path.of("")));
      assertThrows(NullPointerException.class, () -> connectTo(null));
      assertThrows(NullPointerException.class, () -> loop.createUnixServer(null, path));
      assertThrows(NullPointerException.class, () -> loop.createUnixConnection(null, path));
      assertFalse(Files.exists(path));
    });
  }

  @Test
  @DisplayName("CONN-9: a channel whose protocol factory fails is closed")
  void factoryFails() {
    run(() -> {
      try (ServerSocketChannel listening = listen(1)) {
        assertThrows(
            IllegalCallerException.class,
            () -> loop.createUnixConnection(
                () -> {
                  throw new IllegalCallerException();
                },
                path));
        try (SocketChannel end = listening.accept()) {
          assertEquals(-1, end.read(ByteBuffer.allocate(1)));
        }
      }
    });
  }
}
