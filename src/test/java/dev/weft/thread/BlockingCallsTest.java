package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Blocking calls of the JDK in a task: they park only that task, and cancelling the task interrupts them. {@code
 * CancelBlockingCallTest} tests code that swallows the interrupt or sets it again.
 */
class BlockingCallsTest {

  @ParameterizedTest(
      name = "{0} parks its task; other tasks go on, and it returns when its condition is met")
  @MethodSource("dev.weft.thread.BlockingCalls#all")
  void parksItsTaskAlone(BlockingCalls.Case one) {
    var order = new Order();
    Loops.run(() -> {
      BlockingCalls.Call call = one.call().call();
      try {
        Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
          order.expect(1);
          call.block();
          order.expect(4);
        });
        EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
        Loops.turns(2);
        order.expect(3);
        assertFalse(task.done());
        call.release();
        task.await();
      } finally {
        call.close();
      }
    });
    order.finish(5);
  }

  @ParameterizedTest(name = "{0} is interrupted when its task is cancelled")
  @MethodSource("dev.weft.thread.BlockingCalls#all")
  void cancelInterrupts(BlockingCalls.Case one) {
    Loops.run(() -> {
      BlockingCalls.Call call = one.call().call();
      Task<Void> task = Loops.started(call::block);
      assertTrue(task.cancel("why"));
      assertFalse(task.done(), "CANC-17");
      var error = assertThrows(CancelledError.class, task::await);
      assertEquals("why", error.getMessage());
      assertTrue(
          error.getCause() instanceof InterruptedException
              || error.getCause() instanceof SocketException,
          () -> "" + error.getCause());
      assertTrue(task.cancelled());
      assertEquals(1, task.cancelling());
      call.close();
    });
  }

  @Test
  @DisplayName("Thread.sleep parks its task alone")
  void sleep() {
    Loops.run(() -> {
      Task<Void> shorter = EventLoop.getRunningLoop().createTask(() -> Thread.sleep(1));
      Task<Void> longer = Loops.started(() -> Thread.sleep(1_000_000));
      shorter.await();
      assertFalse(longer.done());
      longer.cancel();
      assertThrows(CancelledError.class, longer::await);
    });
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  @DisplayName(
      "since JDK 24 a contended synchronized parks its task alone; cancel takes effect at the task's next wait")
  void monitorEnter() {
    var monitor = new Object();
    var order = new Order();
    Loops.run(() -> {
      Task<Void> task;
      synchronized (monitor) {
        task = Loops.started(() -> {
          order.expect(1);
          synchronized (monitor) {
            order.expect(3);
          }
          new Semaphore(0).acquire();
          order.expectUnreached();
        });
        order.expect(2);
        task.cancel("why");
        Loops.turns(1);
        assertFalse(task.done(), "an interrupt does not end the wait for a monitor");
      }
      var error = assertThrows(CancelledError.class, task::await);
      assertEquals("why", error.getMessage());
      assertInstanceOf(InterruptedException.class, error.getCause());
    });
    order.finish(4);
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  @DisplayName("before JDK 24 a task in Object.wait stops the loop until other code notifies it")
  void monitorWaitPins() {
    var monitor = new Object();
    var order = new Order();
    Loops.run(() -> {
      Thread other = new Thread(() -> {
        synchronized (monitor) { // enters when the task waits
          order.expect(2);
          monitor.notifyAll();
        }
      });
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
        synchronized (monitor) {
          other.start();
          order.expect(1);
          monitor.wait();
          order.expect(3);
        }
      });
      EventLoop.getRunningLoop().callSoon(() -> order.expect(4));
      task.await();
      Loops.turns(1);
    });
    order.finish(5);
  }

  @Test
  @DisplayName("a read of a loop's own socket parks its task alone, and is interrupted by cancel")
  void loopSocket() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      try (ServerSocket listening = LoopSockets.serverSocketFactory(loop)
              .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket client = LoopSockets.socketFactory(loop)
              .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
          Socket server = listening.accept()) {
        Task<Integer> task = Loops.started(() -> client.getInputStream().read());
        assertFalse(task.done());
        server.getOutputStream().write(7);
        assertEquals(7, task.await());
        Task<Integer> cancelled = Loops.started(() -> client.getInputStream().read());
        cancelled.cancel("why");
        assertEquals("why", assertThrows(CancelledError.class, cancelled::await).getMessage());
        Task<Socket> accepting = Loops.started(listening::accept);
        accepting.cancel();
        assertThrows(CancelledError.class, accepting::await);
      }
    });
  }
}
