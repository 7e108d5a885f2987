package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Cancelling a task that is parked in a blocking call of the JDK: it is interrupted. {@code BlockingCallsTest} shows
 * this for each kind of call; this class shows the consequences.
 */
class CancelBlockingCallTest {

  private final Order order = new Order();

  private static Task<?> self() {
    return Task.current().orElseThrow();
  }

  @Test
  @DisplayName("a read of a java.net.Socket, which knows no InterruptedException")
  void socket() throws IOException {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
      Loops.run(() -> {
        Task<Integer> task =
            EventLoop.getRunningLoop().createTask(() -> socket.getInputStream().read());
        Loops.turns(1);
        task.cancel("why");
        var error = assertThrows(CancelledError.class, task::await);
        assertEquals("why", error.getMessage());
        assertInstanceOf(SocketException.class, error.getCause());
        assertTrue(task.cancelled());
      });
    }
  }

  @Test
  @DisplayName("a read of a SocketChannel")
  void channel() throws IOException {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var channel = SocketChannel.open(
            new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()))) {
      Loops.run(() -> {
        Task<Integer> task =
            EventLoop.getRunningLoop().createTask(() -> channel.read(ByteBuffer.allocate(1)));
        Loops.turns(1);
        task.cancel();
        var error = assertThrows(CancelledError.class, task::await);
        assertInstanceOf(ClosedByInterruptException.class, error.getCause());
      });
    }
  }

  @Test
  @DisplayName("a SocketException without an interrupt remains an ordinary failure")
  void realSocketException() {
    Loops.run(() -> {
      Task<Object> task = EventLoop.getRunningLoop().createTask(() -> {
        throw new SocketException("Connection reset");
      });
      assertThrows(SocketException.class, task::await);
      assertFalse(task.cancelled());
    });
  }

  @Test
  @DisplayName(
      "CANC-3: cancelling a task that awaits a task in a blocking call interrupts the latter")
  void innerTask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> inner = loop.createTask(() -> new Semaphore(0).acquire());
      Task<Void> outer = loop.createTask(() -> inner.await());
      Loops.turns(1);
      outer.cancel();
      assertThrows(CancelledError.class, outer::await);
      assertTrue(inner.cancelled());
    });
  }

  @Test
  @DisplayName(
      "CANC-12: swallowing the InterruptedException ends the cancellation; no await throws, only the count shows it")
  void swallowed() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        assertThrows(InterruptedException.class, () -> new Semaphore(0).acquire());
        Loops.turns(1);
        Task.sleep(Duration.ofSeconds(1));
        return "went on";
      });
      Loops.turns(1);
      task.cancel();
      assertEquals("went on", task.await());
      assertFalse(task.cancelled());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("swallowing it and returning at once is a normal end too")
  void swallowedAtTheEnd() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        assertThrows(InterruptedException.class, () -> new Semaphore(0).acquire());
        return "ended";
      });
      Loops.turns(1);
      task.cancel();
      assertEquals("ended", task.await());
    });
  }

  @Test
  @DisplayName(
      "a task that sets the interrupt again gets it once more at the next await, counted once")
  void reasserted() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        try {
          new Semaphore(0).acquire();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
        }
        assertThrows(CancelledError.class, () -> Loops.turns(1));
        assertEquals(1, self().cancelling());
        Loops.turns(1);
        return "went on";
      });
      Loops.turns(1);
      task.cancel();
      assertEquals("went on", task.await());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("a task that sets the interrupt again and returns ends as cancelled, counted once")
  void reassertedAtTheEnd() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        try {
          new Semaphore(0).acquire();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
        }
        return "dropped";
      });
      Loops.turns(1);
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("a call that ends before the interrupt leaves it to the next await")
  void callHasEnded() {
    Loops.run(() -> {
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
        LockSupport.park(); // returns, and leaves the thread interrupted
        order.expect(1);
        Loops.turns(1);
        order.expectUnreached();
      });
      Loops.turns(1);
      task.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, task::await).getMessage());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("CANC-13: uncancel() by the task itself clears an interrupt that nothing has taken")
  void uncancelClearsTheInterrupt() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        LockSupport.park();
        assertTrue(Thread.currentThread().isInterrupted());
        assertEquals(0, self().uncancel());
        assertFalse(Thread.currentThread().isInterrupted());
        new Semaphore(1).acquire();
        Loops.turns(1);
        return "went on";
      });
      Loops.turns(1);
      task.cancel();
      assertEquals("went on", task.await());
    });
  }

  @Test
  @DisplayName(
      "CANC-13: uncancel() by other code, before the task runs, also takes the request back")
  void uncancelByAnother() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        LockSupport.park();
        Loops.turns(1);
        return "went on";
      });
      Loops.turns(1);
      task.cancel();
      task.uncancel();
      assertEquals("went on", task.await());
      assertEquals(0, task.cancelling());
    });
  }

  @Test
  @DisplayName("CANC-9: two requests during one call are one InterruptedException")
  void twoRequests() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        assertThrows(InterruptedException.class, () -> new Semaphore(0).acquire());
        Loops.turns(1);
        new Semaphore(1).acquire();
        return "went on";
      });
      Loops.turns(1);
      task.cancel();
      task.cancel();
      assertEquals("went on", task.await());
      assertEquals(2, task.cancelling());
    });
  }

  @Test
  @DisplayName("an InterruptedException without a request cancels the task that throws it")
  void interruptedFromOutside() {
    Loops.run(() -> {
      var thread = new Thread[1];
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
        thread[0] = Thread.currentThread();
        new Semaphore(0).acquire();
      });
      Loops.turns(1);
      Thread.ofPlatform().start(thread[0]::interrupt);
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
    });
  }
}
