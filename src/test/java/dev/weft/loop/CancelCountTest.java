package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Swallowed cancellations, and the count of requests. */
class CancelCountTest {

  private static Task<?> self() {
    return Task.current().orElseThrow();
  }

  @Test
  @DisplayName("CANC-1: every cancel() of an unfinished task returns true and counts")
  void counts() {
    Loops.run(() -> {
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> Loops.turns(100));
      assertEquals(0, task.cancelling());
      for (int i = 1; i <= 3; i++) {
        assertTrue(task.cancel());
        assertEquals(i, task.cancelling());
      }
      assertThrows(CancelledError.class, task::await);
    });
  }

  @Test
  @DisplayName("CANC-11, CANC-12: a cancellation that is caught is over; only the count shows it")
  void swallowed() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> later = loop.createFuture();
      Task<String> task = loop.createTask(() -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        return later.await();
      });
      Loops.turns(1);
      task.cancel();
      Loops.turns(2);
      later.setResult("went on");
      assertEquals("went on", task.await());
      assertFalse(task.cancelled());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("CANC-13: uncancel() lowers the count and stops at zero")
  void floor() {
    Loops.run(() -> {
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
        assertThrows(CancelledError.class, () -> Loops.turns(100));
        assertEquals(1, self().uncancel());
        assertEquals(0, self().uncancel());
        assertEquals(0, self().uncancel());
        assertEquals(0, self().cancelling());
      });
      Loops.turns(1);
      task.cancel();
      task.cancel();
      task.await();
    });
  }

  @Test
  @DisplayName("CANC-13: at zero, uncancel() also takes back a request that was not thrown yet")
  void takesBack() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<String> resuming = loop.createTask(future::await);
      Task<String> unborn = loop.createTask(() -> "ran");
      unborn.cancel();
      unborn.uncancel();
      Loops.turns(1);
      future.setResult("kept");
      resuming.cancel();
      resuming.uncancel();
      assertEquals("kept", resuming.await());
      assertEquals("ran", unborn.await());
    });
  }

  @Test
  @DisplayName("CANC-13: above zero, uncancel() takes back nothing")
  void oneIsLeft() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> "dropped");
      task.cancel();
      task.cancel();
      assertEquals(1, task.uncancel());
      assertThrows(CancelledError.class, task::await);
    });
  }
}
