package dev.weft.tls;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.task.Threads;
import dev.weft.testkit.Certificates;
import dev.weft.transport.ClientAuth;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's TLS sockets as peers that send and close at once, and delegated tasks that take long. */
@Timeout(120)
class TlsPeersTest {

  private static final String MESSAGE = "hello";

  private final BaseEventLoop loop = (BaseEventLoop) EventLoop.newEventLoop();
  private final List<ExceptionContext> reported = new ArrayList<>();

  @BeforeEach
  void recordErrors() {
    loop.setExceptionHandler((source, record) -> reported.add(record));
  }

  @AfterEach
  void nothingElseReported() {
    loop.close();
    assertEquals(List.of(), reported);
  }

  private static SslOptions on(boolean pool, SslOptions options) {
    return pool ? options : options.withExecutor(Runnable::run);
  }

  // ---- a server of ours

  private static long ended(List<App> apps) {
    return apps.stream().filter(app -> app.events.contains("eof")).count();
  }

  private void clientsThatSpeakAndClose(int count, boolean pool) {
    loop.runUntilComplete(() -> {
      var apps = new ArrayList<App>();
      var ssl =
          on(pool, SslOptions.of(Certificates.server("server"))).withClientAuth(ClientAuth.NEED);
      Server server = loop.createServer(
          () -> {
            App app = new App();
            apps.add(app);
            return app;
          },
          "127.0.0.1",
          0,
          ServerOptions.defaults().withSsl(ssl));
      var factory = Certificates.clientWithCertificate().getSocketFactory();
      int port = server.port();
      Threads.toThread(() -> {
        for (int i = 0; i < count; i++) {
          try (var socket = factory.createSocket("127.0.0.1", port)) {
            socket.getOutputStream().write(MESSAGE.getBytes(UTF_8));
          }
        }
      });
      while (ended(apps) + reported.size() < count) {
        Task.sleep(Duration.ofMillis(5));
      }
      server.close();
      assertEquals(
          count, apps.stream().filter(app -> app.text().equals(MESSAGE)).count());
    });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("TLS-23: clients with certificates that send and close: each message arrives")
  void clientsThatSpeakAndClose(boolean pool) {
    clientsThatSpeakAndClose(50, pool);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("TLS-23: ... 1,000 of 1,000")
  void manyClientsThatSpeakAndClose(boolean pool) {
    clientsThatSpeakAndClose(1000, pool);
  }

  // ---- a client of ours

  /** The actions of a server on a connection, in blocking calls. */
  private interface Serving {
    void serve(SSLSocket socket) throws IOException;
  }

  private void serversThatClose(int count, boolean pool, byte[] request, Serving serving)
      throws Exception {
    var factory = Certificates.server("server").getServerSocketFactory();
    try (var listening = (SSLServerSocket) factory.createServerSocket(0)) {
      var serverThread = Thread.ofPlatform().daemon().start(() -> {
        try {
          for (int i = 0; i < count; i++) {
            try (var socket = (SSLSocket) listening.accept()) {
              serving.serve(socket);
            }
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
      var ssl = on(pool, SslOptions.of(Certificates.client()));
      loop.runUntilComplete(() -> {
        for (int i = 0; i < count; i++) {
          Future<Void> lost = loop.createFuture();
          App app = new App();
          app.onMade = () -> app.transport.write(request);
          app.onLost = () -> lost.setResult(null);
          loop.createConnection(
              () -> app,
              "localhost",
              listening.getLocalPort(),
              ConnectionOptions.defaults().withSsl(ssl));
          lost.await();
          assertEquals(MESSAGE, app.text());
          assertNull(app.error);
        }
      });
      serverThread.join();
    }
  }

  private static void speak(SSLSocket socket) throws IOException {
    socket.getOutputStream().write(MESSAGE.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("TLS-23: servers that send first and close: each message arrives")
  void serversThatSpeakAndClose(boolean pool) throws Exception {
    serversThatClose(50, pool, new byte[0], TlsPeersTest::speak);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("TLS-23: ... 1,000 of 1,000")
  void manyServersThatSpeakAndClose(boolean pool) throws Exception {
    serversThatClose(1000, pool, new byte[0], TlsPeersTest::speak);
  }

  @Test
  @DisplayName(
      "TLS-8: a server answers in connectionMade and closes at once: all data arrives, and nothing is reset")
  void serversThatAnswerAndClose() throws Exception {
    serversThatClose(100, true, new byte[10], socket -> {
      socket.startHandshake(); // and does not read, because it might have to wait
      speak(socket);
    });
  }

  // ---- tasks that take long

  /** Spends time in the check of algorithms until the test ends it, if a thread of the pool checks. */
  private static final class Slow implements AlgorithmConstraints {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch enough = new CountDownLatch(1);
    volatile boolean waitedInVain;

    private boolean look() {
      if (Thread.currentThread().getName().startsWith("weft-tls-")) {
        begun.countDown();
        try {
          waitedInVain |= !enough.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return true;
    }

    @Override
    public boolean permits(
        Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
      return look();
    }

    @Override
    public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
      return look();
    }

    @Override
    public boolean permits(
        Set<CryptoPrimitive> primitives,
        String algorithm,
        Key key,
        AlgorithmParameters parameters) {
      return look();
    }
  }

  private enum Meanwhile {
    END,
    RESET,
    ABORT,
    CLOSE,
    WRITE,
    LATE
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("TLS-23: whatever happens while a task has the engine, the loop goes on: a client")
  void slowClient(Meanwhile what) {
    slow(what, false);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("TLS-23: ... a server")
  void slowServer(Meanwhile what) {
    slow(what, true);
  }

  private void slow(Meanwhile what, boolean server) {
    MemoryTransport[] ends = MemoryTransport.pair(loop);
    var constraints = new Slow();
    loop.runUntilComplete(() -> {
      SslOptions clients = SslOptions.of(Certificates.client()).withServerHostname("localhost");
      SslOptions servers = SslOptions.of(Certificates.server("server"));
      SslOptions slow = (server ? servers : clients)
          .withParameters(p -> p.setAlgorithmConstraints(constraints))
          .withHandshakeTimeout(Duration.ofMillis(what == Meanwhile.LATE ? 100 : 60_000));
      TlsSettings settings =
          server ? TlsSettings.forServer(slow) : TlsSettings.forClient(loop, slow, "", -1);
      TlsSettings others =
          server ? TlsSettings.forClient(loop, clients, "", -1) : TlsSettings.forServer(servers);
      Future<Void> made = loop.createFuture();
      var layer = new TlsProtocol(loop, new TlsBuffers(), settings, new App(), made, false);
      var peer = new EnginePeer(others.newEngine());
      ends[0].begin(layer);
      ends[1].begin(peer);
      Threads.toThread(() -> {
        constraints.begun.await();
      });
      switch (what) {
        case END -> ends[1].sendEnd();
        case RESET -> ends[1].reset(new IOException("reset"));
        case ABORT -> layer.transport().abort();
        case CLOSE -> layer.transport().close();
        case WRITE -> layer.transport().write(MESSAGE.getBytes(UTF_8));
        case LATE -> Task.sleep(Duration.ofMillis(200));
      }
      for (int turns = 0; turns < 20; turns++) { // in callbacks, on the driver
        Future<Void> turn = loop.createFuture();
        loop.callSoon(() -> turn.setResult(null));
        turn.await();
      }
      constraints.enough.countDown();
      boolean ended = what == Meanwhile.END || what == Meanwhile.RESET;
      if (what == Meanwhile.WRITE || !server && ended) { // all that a client needs has arrived
        made.await();
      } else {
        ends[1].sendEnd();
        assertThrows(IOException.class, made::await);
      }
    });
    assertFalse(constraints.waitedInVain, "the loop has waited for the task");
  }
}
