package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.testkit.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** J5: the JDK's socket pollers do not run on a loop. */
class PollersTest {

  /** The first virtual thread that blocks on a socket is a task; then the loop stops. */
  static final class OnALoop {
    public static void main(String[] args) throws Exception {
      EventLoop loop = EventLoop.newEventLoop();
      loop.runUntilComplete(PollersTest::blockOnASocket);
      // the loop is not closed, because threads of a closed loop continue on the late carrier
      ioElsewhere(10);
    }
  }

  /** The same on a bare scheduler, which runs the pollers too. */
  static final class OnABareScheduler {
    public static void main(String[] args) throws Exception {
      var queue = new LinkedBlockingQueue<Runnable>();
      Thread.Builder builder = VirtualThreads.builder(queue::add);
      Thread task = builder.start(() -> {
        try {
          blockOnASocket();
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      while (task.isAlive()) {
        Runnable continuation = queue.poll(10, TimeUnit.MILLISECONDS);
        if (continuation != null) {
          continuation.run();
        }
      }
      ioElsewhere(1);
    }
  }

  /** The same, with the pollers created in advance. */
  static final class OnABareSchedulerLater {
    public static void main(String[] args) throws Exception {
      Pollers.initialize();
      OnABareScheduler.main(args);
    }
  }

  /** A task that uses no socket. */
  static final class WithoutASocket {
    public static void main(String[] args) {
      Asyncio.run(() -> Asyncio.sleep(Duration.ofMillis(1)));
    }
  }

  /** Reads a byte that has not arrived yet. */
  private static void blockOnASocket() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      Thread reader = Thread.currentThread();
      Thread.ofPlatform().daemon().start(() -> {
        while (reader.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
        try {
          accepted.getOutputStream().write(1);
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      });
      if (client.getInputStream().read() != 1) {
        throw new AssertionError("nothing read");
      }
    }
  }

  private static void ioElsewhere(int seconds) throws InterruptedException {
    var done = new CountDownLatch(1);
    Thread.startVirtualThread(() -> {
      try {
        blockOnASocket();
        done.countDown();
      } catch (IOException e) {
        e.printStackTrace();
      }
    });
    System.out.println(done.await(seconds, TimeUnit.SECONDS) ? "works" : "hangs");
    Runtime.getRuntime().halt(0);
  }

  private static String lastLine(ChildJvm.Outcome outcome) {
    assertEquals(0, outcome.exitCode(), outcome::output);
    return outcome.output().lines().reduce("", (before, last) -> last);
  }

  @Test
  @DisplayName(
      "J5: a task does the first socket I/O; after its loop stops, socket I/O of other virtual threads works")
  void afterALoop() {
    assertEquals("works", lastLine(ChildJvm.run(List.of(), OnALoop.class)));
  }

  // Other releases may run their pollers on platform threads, where this test has no meaning.
  @Test
  @EnabledForJreRange(min = JRE.JAVA_25, max = JRE.JAVA_25)
  @DisplayName("J5: on a bare scheduler, which runs the pollers, the same I/O hangs")
  void afterABareScheduler() {
    assertEquals("hangs", lastLine(ChildJvm.run(List.of(), OnABareScheduler.class)));
  }

  @Test
  @DisplayName(
      "J5: on a JDK whose pollers a carrier does not recognise, Weft creates the pollers in advance")
  void madeBefore() {
    assertEquals("works", lastLine(ChildJvm.run(List.of(), OnABareSchedulerLater.class)));
  }

  @Test
  @DisplayName(
      "J5: a program without socket I/O has no pollers, and its JVM does not wait for them to end")
  void notMadeInVain() {
    var logging = List.of("-Xlog:class+load");
    String loaded = ChildJvm.run(logging, WithoutASocket.class).output();
    assertTrue(loaded.contains(Pollers.class.getName()), loaded);
    assertFalse(loaded.contains("sun.nio.ch.Poller "), loaded);
  }
}
