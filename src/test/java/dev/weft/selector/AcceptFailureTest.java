package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Loops;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.TransportSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Accepting fails, as without free descriptors. Time is virtual: it passes when there is nothing to do. */
class AcceptFailureTest {

  private final IOException exhausted = new IOException("Too many open files");
  private final SelectorEventLoop loop = (SelectorEventLoop) Loops.newLoop();
  private final List<ExceptionContext> reported = new ArrayList<>();
  private final List<Integer> failing = new ArrayList<>(); // attempts, from 1
  private final List<Recorder> made = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock(); // accepting waits for it
  private int attempts;
  private ServerSocketChannel listening;
  private Socket peer; // connected before the loop runs, because a wait for it would let time pass
  private SelectorServer server;

  @BeforeEach
  void connect() throws IOException {
    loop.setExceptionHandler((source, record) -> reported.add(record));
    listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
    listening.configureBlocking(false);
    peer = newPeer();
  }

  private Socket newPeer() throws IOException {
    return new Socket("127.0.0.1", listening.socket().getLocalPort());
  }

  @AfterEach
  void close() throws IOException {
    peer.close();
    listening.close();
    loop.close();
  }

  private void serve(ThrowingRunnable<?> test) {
    loop.runUntilComplete(() -> {
      server = new SelectorServer(
          loop, this::recorder, List.of(listening), ServerOptions.defaults(), this::accept);
      server.register();
      server.startServing();
      test.run();
      server.close();
      server.abortClients();
      server.waitClosed();
    });
  }

  private Recorder recorder() {
    made.add(new Recorder(loop));
    return made.get(made.size() - 1);
  }

  private SocketChannel accept(ServerSocketChannel channel) throws IOException {
    lock.lock();
    lock.unlock();
    if (failing.contains(++attempts)) {
      throw exhausted;
    }
    return channel.accept();
  }

  private static void turns(int count) {
    for (int i = 0; i < count; i++) {
      Task.sleep(Duration.ZERO);
    }
  }

  @Test
  @DisplayName(
      "SRV-10: the failure is reported, accepting rests for a second of the loop's time, and is tried again")
  void retry() {
    failing.addAll(List.of(1, 2));
    serve(() -> {
      turns(20);
      assertEquals(1, attempts); // it is readable all the time, and the loop does not spin
      assertSame(exhausted, reported.get(0).exception().get());
      assertTrue(reported.get(0).asMap().get(ExceptionContext.SOCKET) instanceof TransportSocket);
      assertTrue(server.isServing());
      for (int attempt = 2; attempt <= 3; attempt++) {
        Task.sleep(Duration.ofMillis(999));
        turns(3);
        assertEquals(attempt - 1, attempts);
        Task.sleep(Duration.ofMillis(1));
        turns(3);
        assertTrue(attempts >= attempt);
      }
      assertEquals(1, made.size());
      assertEquals(1, reported.size()); // not for each attempt
    });
  }

  @Test
  @DisplayName(
      "SRV-10: it is reported once until all waiting connections are accepted; a later one is reported again")
  void reportedOnce() throws IOException {
    failing.addAll(List.of(2, 3, 6));
    try (Socket second = newPeer()) {
      serve(() -> {
        turns(5); // one is accepted, then it fails
        Task.sleep(Duration.ofSeconds(1)); // fails at once
        turns(5);
        assertEquals(3, attempts);
        Task.sleep(Duration.ofSeconds(1)); // one is accepted, and there are no others
        turns(5);
        assertEquals(5, attempts);
        assertEquals(2, made.size());
        assertEquals(1, reported.size());
        try (Socket third = newPeer()) {
          while (reported.size() < 2) {
            turns(1);
          }
          assertTrue(second.isConnected() && third.isConnected());
        }
      });
    }
  }

  @Test
  @DisplayName("SRV-10, J6: accepting also rests for a second if it parked before it failed")
  void parkedMeanwhile() {
    failing.addAll(List.of(1, 2));
    serve(() -> {
      turns(3);
      lock.lock();
      Task.sleep(Duration.ofSeconds(1));
      turns(20); // the listener is ready all the time, and not polled
      assertEquals(1, attempts);
      lock.unlock();
      turns(20);
      assertEquals(2, attempts);
      Task.sleep(Duration.ofMillis(999));
      turns(3);
      assertEquals(2, attempts);
      Task.sleep(Duration.ofMillis(1));
      turns(3);
      assertEquals(1, made.size());
    });
  }

  @Test
  @DisplayName("SRV-10: a server closed during that second stays closed")
  void closedMeanwhile() {
    failing.add(1);
    serve(() -> {
      turns(3);
      assertEquals(1, attempts);
      server.close();
      Task.sleep(Duration.ofSeconds(3));
      assertEquals(1, attempts);
      assertEquals(1, reported.size(), reported::toString);
      assertFalse(server.isServing());
    });
  }

  @Test
  @DisplayName("SRV-10: earlier connections continue during that second")
  void othersGoOn() throws IOException {
    failing.add(2);
    try (Socket second = newPeer()) {
      serve(() -> {
        turns(5);
        assertEquals(1, reported.size());
        peer.getOutputStream().write('x');
        turns(3);
        assertEquals("x", made.get(0).text());
        assertEquals(1, made.size());
        Task.sleep(Duration.ofSeconds(1));
        turns(5);
        assertEquals(2, made.size());
        assertTrue(second.isConnected());
      });
    }
  }
}
