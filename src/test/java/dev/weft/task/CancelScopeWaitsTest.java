package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.AsyncGenerator;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.stream.StreamReader;
import dev.weft.sync.Condition;
import dev.weft.sync.Event;
import dev.weft.sync.Lock;
import dev.weft.sync.Queue;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Waits of all kinds in a cancelled scope, which are all cancelled, and shields. */
class CancelScopeWaitsTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Order order = new Order();
  private final CancelScope scope = new CancelScope();

  private static Task<?> self() {
    return Task.current().orElseThrow();
  }

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static void assertCancelled(Executable wait) {
    assertThrows(CancelledError.class, wait);
  }

  private static void nothingIsLeft() {
    assertEquals(0, self().cancelling());
    assertFalse(Thread.currentThread().isInterrupted());
    Loops.turns(3);
    Task.sleep(HOUR);
  }

  @Test
  @DisplayName(
      "CANC-11, CANC-16: in a cancelled scope every wait throws, not only the first, and leaves no waiter behind")
  void everyWait() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var lock = new Lock();
      lock.acquire();
      var event = new Event();
      var queue = new Queue<String>();
      var reader = new StreamReader(loop, 1024);
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        for (int i = 0; i < 2; i++) {
          assertCancelled(CancelScopeWaitsTest::waitForEver);
          assertCancelled(() -> Task.sleep(SECOND));
          assertCancelled(() -> Task.sleep(Duration.ZERO));
          assertCancelled(lock::acquire);
          assertCancelled(event::await);
          assertCancelled(queue::get);
          assertCancelled(() -> reader.read(10));
          assertCancelled(() -> Asyncio.toThread(() -> "x"));
          assertCancelled(() -> Asyncio.gather(() -> waitForEver(), () -> "x").await());
          assertCancelled(() -> Asyncio.waitFor(loop.createFuture(), HOUR));
          assertCancelled(() -> Asyncio.taskGroup(group -> group.createTask(() -> waitForEver())));
        }
        waitForEver();
      }));
      lock.release();
      lock.acquire(); // no waiter is left in the queue
      queue.putNowait("x");
      assertEquals("x", queue.get());
      reader.feedData(ByteBuffer.wrap("y".getBytes()));
      assertEquals("y", new String(reader.read(10)));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "a cancelled scope cancels the awaited future, as Task.cancel does, and shield prevents that")
  void awaited() {
    Loops.run(() -> {
      scope.cancel();
      scope.run(inside -> {
        Task<Object> task = Asyncio.createTask(() -> waitForEver());
        Task<String> kept = Asyncio.createTask(() -> Task.current().isPresent() ? "x" : "");
        assertCancelled(() -> Asyncio.shield(kept).await());
        assertCancelled(task::await);
        assertTrue(task.cancelled());
        assertEquals("x", kept.result());
        return null;
      });
    });
  }

  @Test
  @DisplayName(
      "CANC-5: a wait that ended before the scope was cancelled keeps its outcome; the next throws")
  void outcomeKept() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      loop.callSoon(() -> {
        future.setResult("x");
        scope.cancel();
      });
      scope.run(inside -> {
        assertEquals("x", future.await());
        order.expect(1);
        waitForEver();
        order.expectUnreached();
        return null;
      });
      assertTrue(scope.cancelledCaught());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("if a scope is cancelled while its task yields, the yield throws")
  void whileYielding() {
    Loops.run(() -> {
      EventLoop.getRunningLoop().callSoon(scope::cancel);
      scope.run(inside -> {
        Loops.turns(1);
        order.expectUnreached();
        return null;
      });
      assertTrue(scope.cancelledCaught());
      order.finish(1);
    });
  }

  @Test
  @DisplayName("a cancelled scope cancels an awaited task once, and waits until that task ends")
  void slowToEnd() {
    Loops.run(() -> {
      Task<String> slow = Asyncio.createTask(() -> {
        assertCancelled(CancelScopeWaitsTest::waitForEver);
        Task.sleep(HOUR);
        assertEquals(1, self().cancelling());
        return "x";
      });
      EventLoop.getRunningLoop().callLater(SECOND.multipliedBy(2), scope::cancel);
      scope.run(outside -> Asyncio.moveOnAfter(SECOND, inside -> {
        assertEquals("x", slow.await());
        assertCancelled(CancelScopeWaitsTest::waitForEver);
        return null;
      }));
      assertEquals(HOUR.plus(SECOND).toNanos(), EventLoop.getRunningLoop().time());
    });
  }

  @Test
  @DisplayName("a condition has its lock again after each cancelled wait")
  void condition() {
    Loops.run(() -> {
      var condition = new Condition();
      condition.acquire();
      EventLoop.getRunningLoop().callSoon(scope::cancel);
      Task<Void> holder = Asyncio.createTask(() -> {
        condition.acquire();
        order.expect(1);
        Task.sleep(HOUR);
        order.expect(2);
        condition.release();
      });
      scope.run(inside -> {
        assertCancelled(condition::await); // must not spin while the other task has the lock
        order.expect(3);
        assertTrue(condition.locked());
        assertCancelled(condition::await);
        assertTrue(condition.locked());
        return null;
      });
      assertTrue(holder.done());
      order.finish(4);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a cancelled scope cancels the body of an asynchronous generator at its wait")
  void generator() {
    Loops.run(() -> {
      var values = AsyncGenerator.<String>of(out -> {
        out.yield("x");
        assertCancelled(CancelScopeWaitsTest::waitForEver);
        out.yield("y");
      });
      assertEquals("x", values.next());
      scope.cancel();
      scope.run(inside -> {
        assertEquals("y", values.next());
        assertCancelled(values::next);
        return null;
      });
    });
  }

  // ---- calls of the JDK

  @Test
  @DisplayName("a cancelled scope interrupts a blocking call of the JDK, and each later one")
  void blockingCalls() {
    Loops.run(() -> {
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        for (int i = 0; i < 3; i++) {
          assertInterrupted(() -> new LinkedBlockingQueue<>().take());
          assertInterrupted(() -> Thread.sleep(1_000_000));
          assertCancelled(CancelScopeWaitsTest::waitForEver);
          assertInterrupted(() -> new CountDownLatch(1).await());
          assertEquals(0, self().cancelling());
        }
        new CountDownLatch(1).await();
      }));
      nothingIsLeft();
    });
  }

  private static void assertInterrupted(Executable call) {
    assertThrows(InterruptedException.class, call);
  }

  @Test
  @DisplayName("a scope that its own task cancels interrupts any number of later calls")
  void manyBlockingCalls() {
    Loops.run(() -> {
      scope.run(inside -> {
        inside.cancel();
        assertFalse(Thread.currentThread().isInterrupted(), "running code is not interrupted");
        var queue = new LinkedBlockingQueue<>();
        for (int i = 0; i < 50; i++) {
          assertInterrupted(queue::take);
        }
        return queue.take();
      });
      assertTrue(scope.cancelledCaught());
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a scope that is cancelled before its entry interrupts the first call too")
  void blockingCallAtOnce() {
    Loops.run(() -> {
      scope.cancel();
      scope.run(inside -> new LinkedBlockingQueue<>().take());
      assertTrue(scope.cancelledCaught());
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a call that ignores interrupts continues, and does not block the loop")
  void uninterruptible() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var lock = new ReentrantLock();
      Task<Void> holder = Loops.started(() -> {
        lock.lock();
        Task.sleep(Duration.ofMinutes(1));
        lock.unlock();
      });
      var turns = new ArrayList<Long>();
      loop.callLater(SECOND.multipliedBy(2), () -> turns.add(loop.time()));
      scope.cancel();
      scope.run(inside -> {
        lock.lock();
        lock.unlock();
        assertCancelled(CancelScopeWaitsTest::waitForEver);
        return null;
      });
      assertTrue(holder.done());
      assertEquals(List.of(SECOND.multipliedBy(2).toNanos()), turns);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "a cancelled scope closes a socket that its task reads, and the error of the read ends at the scope")
  void socket() {
    Loops.run(() -> {
      try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          var socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
        InputStream in = socket.getInputStream();
        scope.reschedule(EventLoop.getRunningLoop().time() + SECOND.toNanos());
        scope.run(inside -> {
          try {
            return in.read();
          } finally {
            Asyncio.shielded(() -> {
              Task.sleep(SECOND); // the interrupt status that the socket left has no effect
              new LinkedBlockingQueue<>(List.of("x")).take();
            });
          }
        });
        assertTrue(scope.cancelledCaught());
        assertThrows(SocketException.class, in::read);
      }
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("an interrupt that comes when the scope has ended has no effect")
  void lateInterrupt() {
    Loops.run(() -> {
      var queue = new LinkedBlockingQueue<String>();
      scope.run(inside -> {
        inside.cancel();
        assertInterrupted(queue::take);
        Thread.currentThread().interrupt(); // as correct code does
        return null;
      });
      assertFalse(Thread.currentThread().isInterrupted());
      EventLoop.getRunningLoop().callSoon(() -> queue.add("x"));
      assertEquals("x", queue.take());
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "an interrupt by other code after the scope's end cancels the task, also in an outer scope")
  void foreignInterrupt() {
    Loops.run(() -> {
      new CancelScope().run(outside -> {
        scope.run(inside -> {
          inside.cancel();
          return new LinkedBlockingQueue<>().take();
        });
        Thread.currentThread().interrupt();
        assertCancelled(CancelScopeWaitsTest::waitForEver);
        assertEquals(1, self().cancelling());
        self().uncancel();
        return null;
      });
      nothingIsLeft();
    });
  }

  // ---- shields

  @Test
  @DisplayName(
      "CANC-16: a shield keeps the cancellation of outer scopes from waits and calls inside it only")
  void shielded() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        try {
          waitForEver();
        } finally {
          Asyncio.shielded(() -> {
            Task.sleep(SECOND);
            var queue = new LinkedBlockingQueue<String>();
            loop.callLater(SECOND, () -> queue.add("x"));
            assertEquals("x", queue.take());
          });
          assertEquals("y", Asyncio.shielded(() -> Asyncio.sleep(SECOND, "y")));
          assertInterrupted(() -> new LinkedBlockingQueue<>().take());
          assertCancelled(CancelScopeWaitsTest::waitForEver);
          order.expect(1);
        }
      }));
      assertEquals(SECOND.multipliedBy(4).toNanos(), loop.time());
      order.finish(2);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a shielded scope's own cancellation cancels waits in it, and ends at the scope")
  void shieldedAndCancelled() {
    Loops.run(() -> {
      var inner = new CancelScope();
      inner.setShield(true);
      scope.cancel();
      scope.run(outside -> {
        inner.reschedule(SECOND.toNanos());
        inner.run(inside -> waitForEver());
        order.expect(1);
        return waitForEver();
      });
      assertTrue(inner.cancelledCaught());
      assertTrue(scope.cancelledCaught());
      assertEquals(SECOND.toNanos(), EventLoop.getRunningLoop().time());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "removing a shield cancels the present wait at once; setting it again protects the next wait")
  void shieldChanges() {
    Loops.run(() -> {
      var inner = new CancelScope();
      inner.setShield(true);
      scope.cancel();
      scope.run(outside -> {
        inner.run(inside -> {
          EventLoop.getRunningLoop().callLater(SECOND, () -> inner.setShield(false));
          assertCancelled(() -> Task.sleep(HOUR));
          assertEquals(SECOND.toNanos(), EventLoop.getRunningLoop().time());
          inside.setShield(true);
          Task.sleep(SECOND);
          return null;
        });
        order.expect(1);
        return waitForEver();
      });
      order.finish(2);
    });
  }

  @Test
  @DisplayName("Task.cancel passes through a shield")
  void cancelThroughShield() {
    Loops.run(() -> {
      Task<Void> task = Loops.started(() -> Asyncio.shielded(() -> {
        waitForEver();
      }));
      task.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, task::await).getMessage());
      assertInstanceOf(CancelledError.class, Outcome.failureOf(task));
    });
  }
}
