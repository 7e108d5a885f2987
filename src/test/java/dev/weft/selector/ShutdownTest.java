package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Loops;
import dev.weft.transport.ServerOptions;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server that lets its connections end. Time is virtual: it passes when there is nothing to do. */
class ShutdownTest {

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final EventLoop loop = Loops.newLoop();
  private final List<Recorder> made = new ArrayList<>();
  private final List<Socket> peers = new ArrayList<>();
  private Server server;
  private long began;

  @AfterEach
  void close() throws Exception {
    for (Socket peer : peers) {
      peer.close();
    }
    loop.close();
  }

  /** Runs a test on a server with that number of connections, all of which must be gone at its end. */
  private void serving(int connections, ThrowingRunnable<?> test) throws Exception {
    var listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    for (int i = 0;
        i < connections;
        i++) { // before the loop runs, because a wait would let time pass
      peers.add(new Socket("127.0.0.1", listening.socket().getLocalPort()));
    }
    loop.runUntilComplete(() -> {
      server = loop.createServer(this::recorder, listening, ServerOptions.defaults());
      while (made.size() < connections || made.stream().anyMatch(each -> each.transport == null)) {
        Loops.turns(1);
      }
      began = loop.time();
      test.run();
      server.waitClosed();
      assertTrue(made.stream().allMatch(each -> each.lost.done()));
    });
  }

  private Recorder recorder() {
    made.add(new Recorder(loop));
    return made.get(made.size() - 1);
  }

  private void closeAfter(Duration delay, int index) {
    loop.callLater(delay, () -> made.get(index).transport.close());
  }

  private Duration passed() {
    return Duration.ofNanos(loop.time() - began);
  }

  @Test
  @DisplayName("SRV-17: shutdown stops listening and returns at once if there is no client")
  void withoutClients() throws Exception {
    serving(0, () -> {
      int port = server.port();
      assertTrue(server.shutdown(GRACE));
      assertFalse(server.isServing());
      assertEquals(Duration.ZERO, passed());
      assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", port).close());
      assertTrue(server.shutdown(Duration.ZERO)); // again
    });
  }

  @Test
  @DisplayName("SRV-17: shutdown returns when the last connection has ended by itself")
  void allEnd() throws Exception {
    serving(2, () -> {
      closeAfter(Duration.ofSeconds(2), 0);
      closeAfter(Duration.ofSeconds(1), 1);
      assertTrue(server.shutdown(GRACE));
      assertEquals(Duration.ofSeconds(2), passed());
      assertEquals(0, server.sockets().size());
    });
  }

  @Test
  @DisplayName(
      "SRV-17: when the grace is over, the remaining connections are aborted, with or without unsent data")
  void someStay() throws Exception {
    serving(3, () -> {
      closeAfter(Duration.ofSeconds(1), 0);
      TcpTest.fill(made.get(1), 1 << 20);
      made.get(1).transport.close(); // flushes to a peer that does not read
      assertFalse(server.shutdown(GRACE));
      assertEquals(GRACE, passed());
      for (Recorder each : made) {
        assertTrue(each.lost.done());
        assertEquals(0, each.transport.getWriteBufferSize());
      }
      assertEquals(-1, peers.get(2).getInputStream().read());
    });
  }

  @Test
  @DisplayName("SRV-17: without grace all connections are aborted")
  void noGrace() throws Exception {
    serving(2, () -> {
      assertFalse(server.shutdown(Duration.ZERO));
      assertEquals(Duration.ZERO, passed());
    });
  }

  @Test
  @DisplayName(
      "SRV-17: cancelling shutdown ends the grace, and all connections are lost when it throws")
  void cancelled() throws Exception {
    serving(2, () -> {
      var shutdown = Loops.started(() -> {
        try {
          server.shutdown(GRACE);
        } finally {
          assertTrue(made.stream().allMatch(each -> each.lost.done()));
        }
      });
      loop.callLater(Duration.ofSeconds(3), shutdown::cancel);
      assertThrows(CancelledError.class, shutdown::await);
      assertEquals(Duration.ofSeconds(3), passed());
    });
  }

  @Test
  @DisplayName("SRV-17: of several shutdowns the shortest grace counts, also after close()")
  void several() throws Exception {
    serving(1, () -> {
      server.close();
      var patient = Loops.started(() -> server.shutdown(GRACE));
      var impatient = Loops.started(() -> server.shutdown(Duration.ofSeconds(1)));
      assertFalse(impatient.await());
      assertTrue(patient.await()); // nothing was left when its own grace would have ended
      assertEquals(Duration.ofSeconds(1), passed());
      Task.sleep(GRACE);
    });
  }

  @Test
  @DisplayName(
      "SRV-14, SRV-17: serveForever returns when shutdown begins, waitClosed when it is done")
  void serveForever() throws Exception {
    serving(1, () -> {
      var times = new ArrayList<Duration>();
      var main = Loops.started(() -> {
        server.serveForever();
        times.add(passed());
        server.waitClosed();
        times.add(passed());
      });
      server.shutdown(GRACE);
      main.await();
      assertEquals(List.of(Duration.ZERO, GRACE), times);
    });
  }

  @Test
  @DisplayName(
      "SRV-17: a negative grace is an error with the parameter's name, and the server goes on")
  void negative() throws Exception {
    serving(1, () -> {
      var error =
          assertThrows(IllegalArgumentException.class, () -> server.shutdown(Duration.ofNanos(-1)));
      assertTrue(error.getMessage().contains("grace"), error.getMessage());
      assertThrows(NullPointerException.class, () -> server.shutdown(null));
      assertTrue(server.isServing());
      server.shutdown(Duration.ZERO);
    });
  }
}
