package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What await returns or throws, and in which order it wakes the waiters. */
class FutureAwaitTest {

  private final Order order = new Order();

  @Test
  @DisplayName("FUT-10: awaiting a done future takes no turn")
  void done() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      future.setResult("x");
      loop.callSoon(() -> order.expect(2));
      assertEquals("x", future.await());
      order.expect(1);
      Loops.turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("FUT-11, TASK-5: each waiter wakes in its own place, where asyncio puts its wake-up")
  void wakeUpOrder() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<Void> first = loop.createTask(() -> {
        future.await();
        order.expect(3);
        loop.callSoon(() -> order.expect(8)); // in the next turn
      });
      Loops.turns(1);
      future.addDoneCallback(done -> order.expect(4));
      Task<Void> second = loop.createTask(() -> {
        future.await();
        order.expect(5);
      });
      Loops.turns(1);
      loop.callSoon(() -> order.expect(2));
      future.setResult("x");
      loop.callSoon(() -> order.expect(6));
      order.expect(1);
      Loops.turns(1);
      order.expect(7);
      Loops.turns(1);
      order.finish(9);
      assertTrue(first.done() && second.done());
    });
  }

  @Test
  @DisplayName(
      "FUT-11: all waiters get the exception that was set, the same object, checked or not")
  void sameFailure() {
    Loops.run(() -> {
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      var seen = new ArrayList<Throwable>();
      var tasks = new ArrayList<Task<Void>>();
      for (int i = 0; i < 3; i++) {
        tasks.add(EventLoop.getRunningLoop().createTask(() -> {
          seen.add(assertThrows(IOException.class, future::await));
        }));
      }
      Loops.turns(1);
      var failure = new IOException("boom");
      future.setException(failure);
      tasks.forEach(Future::await);
      assertEquals(List.of(failure, failure, failure), seen); // Throwable's equals is identity
    });
  }

  @Test
  @DisplayName("FUT-11: all waiters of a cancelled future get a CancelledError, and can go on")
  void cancelled() {
    Loops.run(() -> {
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      Task<String> one = waitAndCatch(future);
      Task<String> two = waitAndCatch(future);
      Loops.turns(1);
      future.cancel("why");
      assertEquals("why", one.await());
      assertEquals("why", two.await());
      assertEquals(0, one.cancelling());
    });
  }

  private static Task<String> waitAndCatch(Future<?> future) {
    return EventLoop.getRunningLoop()
        .createTask(() -> assertThrows(CancelledError.class, future::await).getMessage());
  }

  @Test
  @DisplayName("FUT-12: awaiting a future of another loop fails in the coroutine and does not hang")
  void otherLoop() {
    try (EventLoop other = Loops.newLoop()) {
      Future<String> foreign = other.createFuture();
      Loops.run(() -> {
        var error = assertThrows(IllegalStateException.class, foreign::await);
        assertTrue(error.getMessage().contains("different loop"), error.getMessage());
        Loops.turns(1); // the task is unaffected
      });
      assertFalse(foreign.done());
    }
  }

  @Test
  @DisplayName(
      "FUT-15: a timer that completes a future finds it cancelled, and nothing is reported")
  void timerAfterCancel() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.setExceptionHandler((l, record) -> order.expectUnreached());
      Task<Void> sleeper = loop.createTask(() -> Task.sleep(Duration.ofSeconds(1)));
      loop.callLater(Duration.ofSeconds(1), sleeper::cancel); // same turn, before its timer
      Task.sleep(Duration.ofSeconds(1));
      Loops.turns(1);
      order.finish(1);
    });
  }

  @Test
  @DisplayName("a waiter that completes another future wakes the waiter of that one a turn later")
  void chain() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> first = loop.createFuture();
      Future<String> second = loop.createFuture();
      Task<Void> last = loop.createTask(() -> {
        second.await();
        order.expect(4);
      });
      loop.createTask(() -> {
        first.await();
        order.expect(1);
        second.setResult("x");
        order.expect(2);
      });
      Loops.turns(1);
      first.setResult("x");
      loop.callSoon(() -> order.expect(3));
      last.await();
      order.finish(5);
    });
  }
}
