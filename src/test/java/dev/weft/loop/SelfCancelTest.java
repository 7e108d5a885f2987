package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A task that cancels itself. */
class SelfCancelTest {

  private final Order order = new Order();

  private static Task<?> self() {
    return Task.current().orElseThrow();
  }

  @Test
  @DisplayName(
      "CANC-7: a self-cancel takes effect at the next await that suspends: its future is cancelled at once")
  void nextSuspendingAwait() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> done = loop.createFuture();
      Future<String> pending = loop.createFuture();
      done.setResult("x");
      Task<Void> task = loop.createTask(() -> {
        self().cancel("why");
        assertEquals("x", done.await(), "does not suspend, hence does not throw");
        loop.callSoon(() -> {
          assertTrue(pending.cancelled());
          order.expect(2);
        });
        pending.addDoneCallback(future -> order.expect(3));
        order.expect(1);
        assertEquals("why", assertThrows(CancelledError.class, pending::await).getMessage());
        order.expect(4);
        Loops.turns(2);
      });
      task.await();
      order.finish(5);
    });
  }

  @Test
  @DisplayName("CANC-7: sleep(0) takes its turn before it throws")
  void sleepZero() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(() -> {
        self().cancel("why");
        loop.callSoon(() -> order.expect(1));
        var error = assertThrows(CancelledError.class, () -> Task.sleep(Duration.ZERO));
        assertEquals("why", error.getMessage());
        order.expect(2);
        Task.sleep(Duration.ZERO);
      });
      task.await();
      order.finish(3);
    });
  }

  @Test
  @DisplayName("CANC-7: a sleep ends in the next turn, without any time passing")
  void sleep() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      Task<Void> task = loop.createTask(() -> {
        self().cancel();
        assertThrows(CancelledError.class, () -> Task.sleep(Duration.ofSeconds(1)));
      });
      task.await();
      assertEquals(before, loop.time());
    });
  }

  @Test
  @DisplayName("CANC-7: if the task then awaits another task, that task is cancelled")
  void awaitsATask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> inner = loop.createTask(() -> Loops.turns(100));
      Task<Void> outer = loop.createTask(() -> {
        self().cancel();
        inner.await();
      });
      assertThrows(CancelledError.class, outer::await);
      assertTrue(inner.cancelled());
      assertTrue(outer.cancelled());
    });
  }

  @Test
  @DisplayName(
      "CANC-14: if that task swallows the request, the await returns, and nothing is thrown later")
  void swallowedByATask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<String> inner = loop.createTask(() -> {
        assertThrows(CancelledError.class, () -> Loops.turns(100));
        return "kept";
      });
      Task<String> outer = loop.createTask(() -> {
        self().cancel();
        String result = inner.await();
        Loops.turns(1);
        return result;
      });
      assertEquals("kept", outer.await());
    });
  }

  @Test
  @DisplayName("CANC-8: after a normal return the task is cancelled and its value dropped")
  void thenReturn() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        self().cancel("why");
        return "dropped";
      });
      assertEquals("why", assertThrows(CancelledError.class, task::await).getMessage());
      assertTrue(task.cancelled());
    });
  }

  @Test
  @DisplayName("CANC-8: after another exception, that exception is the outcome")
  void thenFailure() {
    Loops.run(() -> {
      var failure = new IOException("boom");
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        self().cancel();
        throw failure;
      });
      assertSame(failure, assertThrows(IOException.class, task::await));
      assertFalse(task.cancelled());
    });
  }

  @Test
  @DisplayName(
      "CANC-13: uncancel() before the next await takes the request back, with its interrupt")
  void takenBack() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> {
        self().cancel();
        assertEquals(0, self().uncancel());
        assertFalse(Thread.currentThread().isInterrupted());
        Loops.turns(1);
        return "went on";
      });
      assertEquals("went on", task.await());
    });
  }
}
