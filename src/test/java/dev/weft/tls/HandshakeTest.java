package dev.weft.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.transport.ClientAuth;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.SslOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest extends TlsTest {

  @Test
  @DisplayName("TLS-1: unwrapped, handshake, wrapped, shutdown, unwrapped, and data in between")
  void states() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      assertTrue(client.layer.toString().contains("UNWRAPPED"));
      Task.sleep(Duration.ZERO);
      assertTrue(client.layer.toString().contains("HANDSHAKE"));
      client.made.await();
      assertTrue(client.layer.toString().contains("WRAPPED"));
      client.write("ping");
      settle();
      server.write("pong");
      settle();
      assertEquals("ping", server.app.text());
      assertEquals("pong", client.app.text());
      clientEnd.stalled = true;
      client.close();
      assertTrue(client.layer.toString().contains("SHUTDOWN"));
      clientEnd.flow();
      settle();
      assertTrue(client.layer.toString().contains("UNWRAPPED"));
      assertEquals(List.of("made", "data 4", "lost"), client.app.events);
      assertEquals(List.of("made", "data 4", "eof", "lost"), server.app.events);
    });
  }

  @Test
  @DisplayName("TLS-7: connectionMade, then data that has already arrived, then the creator")
  void orderAtTheEnd() {
    var order = new Order();
    run(() -> {
      serverPeer("TLSv1.2").greeting = bytes("early"); // in one piece with the handshake's end
      App app = new App();
      app.onMade = () -> {
        order.expect(1);
        loop.callSoon(() -> order.expect(3));
      };
      app.onData = () -> order.expect(2);
      Side client = client(CLIENT, app);
      client.made.await();
      order.finish(4);
      assertEquals("early", app.text());
    });
    order.checkFinished();
  }

  @Test
  @DisplayName(
      "TLS-2, TLS-3: a certificate for another name is rejected, and so are expired and untrusted ones")
  void certificates() {
    for (String name : List.of("other", "expired", "stranger")) {
      var test = new HandshakeTest();
      test.recordErrors();
      test.run(() -> {
        Side server = test.server(
            SslOptions.of(Certificates.server(name)).withExecutor(Runnable::run), new App());
        Side client = test.client(CLIENT, new App());
        settle();
        assertFails(SSLHandshakeException.class, client);
        assertEquals(List.of(), client.app.events, name);
        // the server learned the reason from the alert
        assertTrue(server.made.exception().get().getMessage().contains("alert"), name);
        assertEquals(List.of(), server.app.events, name);
      });
      test.nothingElseReported();
    }
  }

  @Test
  @DisplayName("TLS-3: an empty name switches off the check of the name, not of the certificate")
  void emptyName() {
    run(() -> {
      server(SslOptions.of(Certificates.server("other")).withExecutor(Runnable::run), new App());
      Side client = client(CLIENT.withServerHostname(""), new App());
      client.made.await();
      assertEquals(List.of("made"), client.app.events);
    });
  }

  @Test
  @DisplayName("TLS-2, TLS-3: missing options of a side are errors before anything else")
  void settings() {
    run(() -> {
      var anonymous = SslOptions.of(Certificates.client());
      var noName = assertThrows(
          IllegalArgumentException.class, () -> TlsSettings.forClient(loop, anonymous, "", -1));
      assertTrue(noName.getMessage().contains("serverHostname"));
      assertThrows(
          IllegalArgumentException.class, () -> TlsSettings.forServer(SslOptions.defaults()));
      assertThrows(IllegalArgumentException.class, () -> TlsSettings.forServer(CLIENT));
    });
  }

  @Test
  @DisplayName(
      "TLS-2: ssl=True is the JVM's default context, which checks names and sends the expected one")
  void defaultContext() throws Exception {
    // on a clock that does not jump, because the context comes from another thread
    try (var real = EventLoop.newEventLoop()) {
      real.runUntilComplete(() -> {
        var parameters = TlsSettings.forClient(real, SslOptions.defaults(), "weft.example", 443)
            .newEngine()
            .getSSLParameters();
        assertEquals("HTTPS", parameters.getEndpointIdentificationAlgorithm());
        assertTrue(parameters.getServerNames().toString().contains("weft.example"));
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "[::1]"})
  @DisplayName("TLS-3: addresses are checked too, but are not sent as names")
  void addresses(String address) {
    run(() -> {
      server(SERVER, new App());
      var settings = TlsSettings.forClient(
          loop, SslOptions.of(Certificates.client()).withExecutor(Runnable::run), address, 1);
      assertNull(settings.newEngine().getSSLParameters().getServerNames());
      Side client = side(settings, new App(), false);
      clientEnd.begin(client.layer);
      client.made.await();
    });
  }

  @Test
  @DisplayName("TLS-3: names that are not ASCII are sent and compared as A-labels")
  void internationalNames() {
    run(() -> {
      for (String name : List.of("b\u00fccher.example", "b\u00fccher\u3002example.")) {
        var settings = TlsSettings.forClient(loop, SslOptions.of(Certificates.client()), name, 1);
        SSLEngine engine = settings.newEngine();
        var sent = (SNIHostName) engine.getSSLParameters().getServerNames().get(0);
        assertEquals("xn--bcher-kva.example", new String(sent.getEncoded(), US_ASCII));
        assertEquals("xn--bcher-kva.example", engine.getPeerHost());
      }
      var noName = CLIENT.withServerHostname("b\u00fccher..example");
      assertThrows(
          IllegalArgumentException.class, () -> TlsSettings.forClient(loop, noName, "", -1));
    });
  }

  @Test
  @DisplayName("TLS-4: a handshake that takes too long")
  void timeout() {
    run(() -> {
      long begin = loop.time();
      Side client = client(CLIENT, new App());
      Exception error = assertThrows(Exception.class, client.made::await);
      assertInstanceOf(SocketTimeoutException.class, error);
      assertTrue(error.getMessage().contains("PT1M"), error.getMessage());
      assertEquals(Duration.ofSeconds(60).toNanos(), loop.time() - begin);
      assertEquals(List.of(), client.app.events);
      assertTrue(clientEnd.isClosing());
    });
  }

  @Test
  @DisplayName("TLS-4, J6: a handshake that takes too long ends while a callback is parked")
  void timeoutWhileParked() {
    run(() -> {
      var lock = new ReentrantLock();
      Side client = client(CLIENT, new App());
      lock.lock();
      loop.callSoon(() -> {
        lock.lock();
        lock.unlock();
      });
      assertThrows(SocketTimeoutException.class, client.made::await);
      assertTrue(lock.isHeldByCurrentThread());
      lock.unlock();
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  @DisplayName("TLS-4, TLS-11: time limits must be above 0")
  void limits(int seconds) {
    var duration = Duration.ofSeconds(seconds);
    assertTrue(assertThrows(
            IllegalArgumentException.class,
            () -> SslOptions.defaults().withHandshakeTimeout(duration))
        .getMessage()
        .contains("handshakeTimeout"));
    assertTrue(assertThrows(
            IllegalArgumentException.class,
            () -> SslOptions.defaults().withShutdownTimeout(duration))
        .getMessage()
        .contains("shutdownTimeout"));
  }

  @Test
  @DisplayName("TLS-6: the end of TCP in the middle of a handshake")
  void endInBetween() {
    run(() -> {
      Side server = server(SERVER, new App());
      clientEnd.setProtocol(new App());
      clientEnd.sendEnd();
      settle();
      assertFails(SocketException.class, server);
      assertTrue(
          server.made.exception().get().getMessage().contains("the peer closed the connection"));
      assertEquals(List.of(), server.app.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-5: a connection is reset in the middle of a handshake; the application gets no call")
  void resetInBetween() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      Task.sleep(Duration.ZERO);
      var reset = new IOException("reset");
      clientEnd.reset(reset);
      settle();
      assertEquals(reset, client.made.exception().get());
      assertEquals(reset, server.made.exception().get());
      assertEquals(List.of(), client.app.events);
      assertEquals(List.of(), server.app.events);
    });
  }

  @Test
  @DisplayName("TLS-5: data that is not TLS fails the handshake")
  void garbage() {
    run(() -> {
      Side server = server(SERVER, new App());
      App stranger = new App();
      clientEnd.begin(stranger);
      settle();
      stranger.transport.write(bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      settle();
      assertInstanceOf(SSLException.class, server.made.exception().get());
      assertEquals(List.of(), server.app.events);
      assertTrue(serverEnd.isClosing());
    });
  }

  @Test
  @DisplayName(
      "TLS-8: data that is written during the handshake is sent after it, before later data")
  void writesDuringTheHandshake() {
    run(() -> {
      Side server = server(SERVER, new App());
      App app = new App();
      Side client = client(CLIENT, app);
      app.onMade = () -> client.write(", in connectionMade");
      Task.sleep(Duration.ZERO);
      client.write("in the handshake");
      assertEquals(
          16 + clientEnd.getWriteBufferSize(), client.layer.transport().getWriteBufferSize());
      settle();
      assertEquals("in the handshake, in connectionMade", server.app.text());
    });
  }

  @Test
  @DisplayName("TLS-8: the end of the handshake and the data of connectionMade go out in one write")
  void endInOneWrite() {
    run(() -> {
      EnginePeer peer = serverPeer();
      App app = new App();
      var before = new ArrayList<Integer>();
      app.onMade = () -> {
        before.addAll(clientEnd.writes);
        app.transport.write(bytes("GET "));
        app.transport.write(bytes("/"));
        assertEquals(before, clientEnd.writes);
        assertTrue(app.transport.getWriteBufferSize() > 5, "counted");
      };
      client(CLIENT, app);
      settle();
      assertEquals("GET /", peer.received.toString());
      assertEquals(before.size() + 1, clientEnd.writes.size());
    });
  }

  @Test
  @DisplayName("TLS-8: ... but at most one batch is held back")
  void muchInConnectionMade() {
    run(() -> {
      EnginePeer peer = serverPeer();
      App app = new App();
      app.onMade = () -> {
        app.transport.write(new byte[1_000_000]);
        assertTrue(clientEnd.writes.size() > 2, "passed on");
        app.transport.close();
      };
      client(CLIENT, app);
      settle();
      assertEquals(1_000_000, peer.received.size());
      assertTrue(peer.endReceived);
    });
  }

  @Test
  @DisplayName("TLS-9: extra info")
  void extraInfo() {
    run(() -> {
      Side server = server(
          SERVER
              .withClientAuth(ClientAuth.NEED)
              .withParameters(p -> p.setApplicationProtocols(new String[] {"h2", "http/1.1"})),
          new App());
      var options = SslOptions.of(Certificates.clientWithCertificate())
          .withServerHostname("localhost")
          .withExecutor(Runnable::run)
          .withParameters(p -> p.setApplicationProtocols(new String[] {"http/1.1"}));
      Side client = client(options, new App());
      Transport transport = client.layer.transport();
      assertEquals(options.context().get(), transport.getExtraInfo(ExtraInfo.SSLCONTEXT));
      assertNull(transport.getExtraInfo(ExtraInfo.CIPHER));
      settle();
      assertNotNull(transport.getExtraInfo(ExtraInfo.PEERNAME), "falls through");
      assertTrue(transport.getExtraInfo(ExtraInfo.CIPHER).startsWith("TLS_"));
      assertTrue(transport
          .getExtraInfo(ExtraInfo.PEERCERT)
          .getSubjectX500Principal()
          .getName()
          .contains("Weft test server"));
      assertTrue(server
          .layer
          .transport()
          .getExtraInfo(ExtraInfo.PEERCERT)
          .getSubjectX500Principal()
          .getName()
          .contains("Weft test client"));
      assertEquals("TLSv1.3", transport.getExtraInfo(ExtraInfo.SSL_OBJECT).getProtocol());
      assertEquals("http/1.1", transport.getExtraInfo(ExtraInfo.SELECTED_ALPN_PROTOCOL));
      assertEquals("none", transport.getExtraInfo("compression", "none"));
      assertEquals(false, transport.getExtraInfo("ragged_eof", null));
    });
  }

  @Test
  @DisplayName("TLS-5: a client without the certificate that the server requires")
  void clientCertificateMissing() {
    run(() -> {
      Side server = server(SERVER.withClientAuth(ClientAuth.NEED), new App());
      Side client = client(CLIENT, new App());
      settle();
      assertInstanceOf(SSLException.class, server.made.exception().get());
      assertEquals(List.of(), server.app.events);
      // TLS 1.3 clients are done before the server has checked the certificate
      assertEquals("made", client.app.events.get(0));
      assertInstanceOf(SSLException.class, client.app.error);
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("TLS-2: a server asks its clients for certificates, requires them, or does neither")
  void clientAuth(ClientAuth auth) {
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      for (boolean has : List.of(true, false)) {
        var test = new HandshakeTest();
        test.recordErrors();
        test.run(() -> test.clientAuth(auth, version, has));
        test.nothingElseReported();
      }
    }
  }

  private void clientAuth(ClientAuth auth, String version, boolean has) {
    Side server = server(
        SERVER.withClientAuth(auth).withParameters(p -> p.setProtocols(new String[] {version})),
        new App());
    var context = has ? Certificates.clientWithCertificate() : Certificates.client();
    Side client = client(CLIENT.withContext(context), new App());
    client.made.addDoneCallback(done -> done.exception());
    settle();
    if (auth == ClientAuth.NEED && !has) {
      assertInstanceOf(SSLException.class, server.made.exception().get());
    } else {
      server.made.await();
      Object certificate = server.layer.transport().getExtraInfo(ExtraInfo.PEERCERT);
      assertEquals(has && auth != ClientAuth.NONE, certificate != null);
    }
  }

  @Test
  @DisplayName("TLS-2: a client does not ask for a client certificate")
  void clientAuthOfClient() {
    run(() -> {
      var options = CLIENT.withClientAuth(ClientAuth.WANT);
      var error = assertThrows(
          IllegalArgumentException.class, () -> TlsSettings.forClient(loop, options, "", -1));
      assertTrue(error.getMessage().contains("clientAuth"));
    });
  }

  @Test
  @DisplayName("CONN-11: a creator that is cancelled at any time leaves nothing behind")
  void cancelled() {
    for (int turns = 1; turns < 12; turns++) {
      var test = new HandshakeTest();
      test.recordErrors();
      int after = turns;
      test.run(() -> {
        test.server(SERVER, new App());
        App app = new App();
        Side client = test.client(CLIENT, app);
        Task<Void> creator = test.loop.createTask(() -> {
          try {
            client.made.await();
          } catch (Throwable error) {
            client.close();
            throw error;
          }
        });
        Loops.turns(after);
        if (!creator.done()) {
          creator.cancel();
          assertThrows(CancelledError.class, creator::await);
        } else {
          client.close();
        }
        settle();
        assertTrue(test.clientEnd.isClosing(), "after " + after);
        assertFalse(app.events.contains("made") && !app.events.contains("lost"), "after " + after);
      });
      test.loop.close();
    }
  }

  @Test
  @DisplayName("CONN-11: closed before it is connected")
  void closedBefore() {
    run(() -> {
      App app = new App();
      Side client = client(CLIENT, app);
      client.close();
      settle();
      assertTrue(clientEnd.isClosing());
      assertTrue(client.made.exception().isPresent());
      assertEquals(List.of(), app.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-23: tasks that an engine delegates run on the executor; the engine gets nothing meanwhile")
  void delegated() {
    run(() -> {
      var jobs = new ArrayDeque<Runnable>();
      Side server = server(SERVER.withExecutor(jobs::add), new App());
      Side client = client(CLIENT, new App());
      settle();
      assertEquals(1, jobs.size());
      assertFalse(client.made.done());
      while (!jobs.isEmpty()) {
        jobs.remove().run();
        settle();
      }
      assertTrue(client.made.done());
      assertTrue(server.made.done());
    });
  }

  @Test
  @DisplayName(
      "TLS-23: the thread that calls an executor has nothing to inherit; an executor that runs code in its caller runs it on the loop")
  void executorInCaller() {
    run(() -> {
      var callers = new ArrayList<Thread>();
      Side server = server(
          SERVER.withExecutor(code -> {
            callers.add(Thread.currentThread());
            code.run();
          }),
          new App());
      Side client = client(CLIENT, new App());
      settle();
      assertTrue(client.made.done());
      assertTrue(server.made.done());
      assertFalse(callers.isEmpty());
      assertTrue(callers.stream().noneMatch(Thread::isVirtual));
    });
  }

  @Test
  @DisplayName("TLS-23: a connection that ends while the executor works")
  void lostWhileDelegating() {
    run(() -> {
      var jobs = new ArrayDeque<Runnable>();
      Side server = server(SERVER.withExecutor(jobs::add), new App());
      client(CLIENT, new App()).made.addDoneCallback(done -> done.exception());
      settle();
      clientEnd.write(ByteBuffer.wrap(new byte[1])); // no code retrieves it now
      settle();
      assertEquals(1, jobs.size());
      server.layer.transport().abort();
      settle();
      jobs.remove().run();
      settle();
      assertTrue(server.made.exception().isPresent());
      assertEquals(List.of(), server.app.events);
    });
  }

  @Test
  @DisplayName(
      "TLS-7: a connectionMade that throws is reported and ends the connection; then the creator gets the error")
  void connectionMadeFails() {
    var order = new Order();
    run(() -> {
      Side server = server(SERVER, new App());
      var failure = new IllegalArgumentException("no");
      App app = new App();
      app.onMade = () -> {
        order.expect(1);
        throw failure;
      };
      app.onLost = () -> order.expect(2);
      Side client = client(CLIENT, app);
      client.made.addDoneCallback(done -> order.finish(3));
      settle();
      assertEquals(failure, takeReport().exception().get());
      assertEquals(List.of("made", "lost IllegalArgumentException"), app.events);
      assertSame(failure, client.made.exception().get());
      assertFails(SocketException.class, server); // the handshake's end is not sent yet
    });
    order.checkFinished();
  }

  @Test
  @DisplayName("TLS-6: a handshake byte by byte")
  void byteByByte() {
    run(() -> {
      clientEnd.chunk = 1;
      serverEnd.chunk = 1;
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      client.made.await();
      client.write("hello");
      while (server.app.received.size() < 5) {
        Task.sleep(Duration.ZERO);
      }
      assertEquals("hello", server.app.text());
    });
  }

  @Test
  void noBytesAreLostWhenTheCallersBufferIsWritten() {
    run(() -> {
      Side server = server(SERVER, new App());
      Side client = client(CLIENT, new App());
      client.made.await();
      ByteBuffer data = ByteBuffer.wrap(bytes("xxdataxx"), 2, 4);
      client.layer.transport().write(data);
      assertEquals(0, data.remaining());
      settle();
      assertEquals("data", server.app.text());
    });
  }
}
