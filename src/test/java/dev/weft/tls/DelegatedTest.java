package dev.weft.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Task;
import dev.weft.testkit.Certificates;
import dev.weft.transport.ClientAuth;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a connection while an executor runs a task that its engine has delegated. */
class DelegatedTest extends TlsTest {

  /** Jobs that a test runs at its own time. */
  private final ArrayDeque<Runnable> jobs = new ArrayDeque<>();

  private final SslOptions asking = SERVER.withExecutor(jobs::add).withClientAuth(ClientAuth.NEED);

  private void runJobs() {
    while (!jobs.isEmpty()) {
      jobs.remove().run();
      settle();
    }
  }

  /** How the transport below ends. */
  private enum End {
    FIN,
    RESET,
    CLOSED
  }

  private void end(End how) {
    switch (how) {
      case FIN -> clientEnd.sendEnd();
      case RESET -> clientEnd.reset(new IOException("reset"));
      case CLOSED -> serverEnd.abort();
    }
    settle();
  }

  private static List<String> expected(End how, String... before) {
    var events = new ArrayList<>(List.of(before));
    events.add(how == End.RESET ? "lost IOException" : "lost");
    return events;
  }

  /** A client that has sent a message and its end to a server that inspects its certificate. */
  private Side speaking(End how) {
    Side server = server(asking, new App());
    EnginePeer client = clientPeer(
        SslOptions.of(Certificates.clientWithCertificate()).withServerHostname("localhost"));
    settle();
    jobs.remove().run(); // the ClientHello
    client.greeting = bytes("hello");
    settle();
    assertEquals(1, jobs.size(), "the certificate");
    assertNull(client.greeting, "sent");
    try {
      client.transport.write(client.closeNotify());
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
    settle();
    end(how);
    return server;
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "TLS-23: data that arrived is delivered if the peer ends before the delegated task does")
  void endBeforeTheTask(End how) {
    run(() -> {
      Side server = speaking(how);
      assertEquals(List.of(), server.app.events);
      assertFalse(server.made.done());
      runJobs();
      server.made.await();
      assertEquals(expected(how, "made", "data 5", "eof"), server.app.events);
    });
  }

  @Test
  @DisplayName("TLS-23: ... and if the peer ends after the task")
  void endAfterTheTask() {
    run(() -> {
      Side server = server(asking, new App());
      EnginePeer client = clientPeer(
          SslOptions.of(Certificates.clientWithCertificate()).withServerHostname("localhost"));
      settle();
      runJobs();
      client.send(bytes("hello"));
      client.transport.write(client.closeNotify());
      clientEnd.sendEnd();
      settle();
      assertEquals(List.of("made", "data 5", "eof", "lost"), server.app.events);
    });
  }

  @Test
  @DisplayName("TLS-23: ... and data that a paused application holds back waits until it resumes")
  void endWhilePaused() {
    run(() -> {
      App app = new App();
      app.onMade = () -> app.transport.pauseReading();
      Side server = server(asking, app);
      EnginePeer client = clientPeer(
          SslOptions.of(Certificates.clientWithCertificate()).withServerHostname("localhost"));
      client.greeting = bytes("hello");
      settle();
      jobs.remove().run();
      settle();
      clientEnd.sendEnd();
      settle();
      runJobs();
      assertEquals(List.of("made"), app.events);
      server.layer.transport().resumeReading();
      settle();
      assertEquals(List.of("made", "data 5", "eof", "lost"), app.events);
    });
  }

  @Test
  @DisplayName("TLS-23: data from before the server's end completes a client's handshake")
  void clientsSide() {
    run(() -> {
      serverPeer();
      Side client = client(CLIENT.withExecutor(jobs::add), new App());
      settle();
      assertEquals(1, jobs.size());
      serverEnd.sendEnd();
      settle();
      assertFalse(client.made.done());
      runJobs();
      client.made.await();
      assertEquals(List.of("made", "eof", "lost"), client.app.events);
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("TLS-6, TLS-23: an incomplete handshake fails after the task")
  void incomplete(End how) {
    run(() -> {
      Side server = server(asking, new App());
      clientPeer(CLIENT);
      settle();
      end(how);
      assertFalse(server.made.done());
      runJobs();
      assertTrue(server.made.done());
      assertFails(how == End.RESET ? IOException.class : SocketException.class, server);
      assertEquals(List.of(), server.app.events);
    });
  }

  @Test
  @DisplayName("TLS-5, TLS-23: a certificate that is rejected after the peer's end")
  void refused() {
    run(() -> {
      Side server = server(asking, new App());
      clientPeer(CLIENT); // has none
      settle();
      jobs.remove().run();
      settle();
      clientEnd.sendEnd();
      settle();
      int before = serverEnd.writes.size();
      runJobs();
      assertInstanceOf(SSLException.class, server.made.exception().get());
      assertEquals(before + 1, serverEnd.writes.size(), "the alert");
      assertEquals(List.of(), server.app.events);
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("TLS-4, TLS-23: a task without end, and a peer that has ended: the timeout passes")
  void withoutEnd(End how) {
    run(() -> {
      Side server = speaking(how);
      Task.sleep(Duration.ofSeconds(61));
      assertFails(how == End.RESET ? IOException.class : SocketTimeoutException.class, server);
      assertTrue(serverEnd.isClosing());
      runJobs();
      assertEquals(List.of(), server.app.events);
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("CONN-11, TLS-23: a creator that is cancelled after the peer's end")
  void givenUp(End how) {
    run(() -> {
      Side server = speaking(how);
      server.close();
      settle();
      assertTrue(server.made.exception().isPresent());
      assertTrue(serverEnd.isClosing());
      runJobs();
      assertEquals(List.of(), server.app.events);
    });
  }

  @Test
  @DisplayName("TLS-23: a connection whose executor rejects tasks is lost with its transport")
  void noExecutor() {
    run(() -> {
      var refusal = new RejectedExecutionException("no");
      Executor refusing = task -> {
        throw refusal;
      };
      Side server = server(SERVER.withExecutor(refusing), new App());
      clientPeer(CLIENT);
      settle();
      assertSame(refusal, takeReport().exception().get()); // a transport of the loop's aborts
      serverEnd.abort();
      settle();
      assertFails(SocketException.class, server);
    });
  }
}
