package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.sync.Lock;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * A pinned thread that waits for its own loop would wait for ever, so its wait fails. The tests use the real watchdog.
 */
class PinnedWaitTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** Code for a class initialiser, which is pinned on every JDK. Each test initialises a class of its own. */
  private static volatile Code code;

  private interface Code {
    void run() throws Exception;
  }

  private static void runCode() {
    try {
      code.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private final EventLoop loop = EventLoop.newEventLoop();

  @BeforeEach
  void watchClosely() {
    loop.setBlockedThreshold(Duration.ofMillis(40));
  }

  @AfterEach
  void close() {
    loop.close();
  }

  private static void assertFails(Runnable initialisation) {
    Throwable failure =
        assertThrows(ExceptionInInitializerError.class, initialisation::run).getCause();
    var pinned = assertInstanceOf(IllegalStateException.class, failure);
    assertTrue(pinned.getMessage().contains("pinned"), pinned.getMessage());
  }

  private static final class Awaiting {
    static {
      runCode();
    }

    static void touch() {}
  }

  @Test
  @DisplayName("J8: a pinned await fails; the awaited future, the task and the loop continue")
  void await() {
    loop.runUntilComplete(() -> {
      Future<String> future = loop.createFuture();
      code = future::await;
      assertFails(Awaiting::touch);
      future.setResult("later"); // no thread waits for it
      Task.sleep(Duration.ZERO);
      assertEquals("later", future.await());
    });
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  @DisplayName("J8: before JDK 24 an await inside synchronized fails too")
  void monitor() {
    var monitor = new Object();
    loop.runUntilComplete(() -> {
      Future<String> future = loop.createFuture();
      var pinned = assertThrows(IllegalStateException.class, () -> {
        synchronized (monitor) {
          future.await();
        }
      });
      assertTrue(pinned.getMessage().contains("pinned"), pinned.getMessage());
    });
  }

  private static final class Locking {
    static {
      runCode();
    }

    static void touch() {}
  }

  @Test
  @DisplayName("J8: a pinned wait for a lock leaves no waiter behind")
  void lock() {
    loop.runUntilComplete(() -> {
      var lock = new Lock();
      lock.acquire();
      code = lock::acquire;
      assertFails(Locking::touch);
      lock.release();
      lock.acquire();
    });
  }

  private static final class Reading {
    static {
      runCode();
    }

    static void touch() {}
  }

  @Test
  @DisplayName("J8: a pinned read of a loop's socket fails; the socket remains readable")
  void read() {
    loop.runUntilComplete(() -> {
      try (ServerSocket listener =
              LoopSockets.serverSocketFactory(loop).createServerSocket(0, 1, LOOPBACK);
          Socket client =
              LoopSockets.socketFactory(loop).createSocket(LOOPBACK, listener.getLocalPort());
          Socket server = listener.accept()) {
        code = () -> server.getInputStream().read();
        assertFails(Reading::touch);
        client.getOutputStream().write('x');
        assertEquals('x', server.getInputStream().read());
      }
    });
  }

  private static final class Accepting {
    static {
      runCode();
    }

    static void touch() {}
  }

  @Test
  @DisplayName(
      "J8: a pinned wait also fails in a callback, and in a thread that other code started on the loop")
  void accept() throws Exception {
    try (ServerSocket listener =
        LoopSockets.serverSocketFactory(loop).createServerSocket(0, 1, LOOPBACK)) {
      var failure = new AtomicReference<Throwable>();
      loop.runUntilComplete(() -> {
        code = listener::accept;
        Thread guest = Thread.ofVirtual().unstarted(() -> assertFails(Accepting::touch));
        guest.setUncaughtExceptionHandler((thread, error) -> failure.set(error));
        guest.start();
        guest.join();
        var called = new CountDownLatch(1);
        loop.callSoon(() -> {
          assertFails(AcceptingInCallback::touch);
          called.countDown();
        });
        called.await();
      });
      assertEquals(null, failure.get());
    }
  }

  private static final class AcceptingInCallback {
    static {
      runCode();
    }

    static void touch() {}
  }
}
