package dev.weft.sync;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A semaphore, which grants a number of permits. */
class SemaphoreTest {

  private final Order order = new Order();

  private Task<Void> acquiring(Semaphore semaphore, int step) {
    return started(() -> {
      semaphore.acquire();
      order.expect(step);
    });
  }

  @Test
  @DisplayName("SEM-1: a task that arrives while others wait queues, even if permits are left")
  void fair() {
    Loops.run(() -> {
      var semaphore = new Semaphore(0);
      Task<Void> waiter = acquiring(semaphore, 1);
      semaphore.release();
      semaphore.release();
      assertEquals(1, semaphore.permits());
      assertTrue(semaphore.locked());
      semaphore.acquire();
      order.finish(2);
      assertTrue(waiter.done());
      assertEquals(0, semaphore.permits());
    });
  }

  @Test
  @DisplayName(
      "SEM-1: acquire does not wait behind waiters that are cancelled and have not run yet")
  void cancelledCountAsNone() {
    Loops.run(() -> {
      var semaphore = new Semaphore(0);
      Task<Void> cancelled = started(semaphore::acquire);
      cancelled.cancel();
      semaphore.release();
      assertFalse(semaphore.locked());
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      semaphore.acquire(); // no turn passes
      order.expect(1);
      assertThrows(CancelledError.class, cancelled::await);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("acquire does not suspend while a permit is available")
  void uncontended() {
    Loops.run(() -> {
      var semaphore = new Semaphore(2);
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      semaphore.acquire();
      assertFalse(semaphore.locked());
      semaphore.acquire();
      assertTrue(semaphore.locked());
      order.expect(1);
      Task<Void> third = acquiring(semaphore, 3);
      turns(2);
      assertFalse(third.done());
      semaphore.release();
      third.await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("SEM-2: a released permit goes to the first waiter at once, so none is left")
  void grantedAtOnce() {
    Loops.run(() -> {
      var semaphore = new Semaphore(0);
      Task<Void> first = acquiring(semaphore, 1);
      Task<Void> second = acquiring(semaphore, 2);
      semaphore.release();
      assertEquals(0, semaphore.permits());
      turns(2);
      assertTrue(first.done());
      assertFalse(second.done());
      semaphore.release();
      second.await();
      order.finish(3);
    });
  }

  @Test
  @DisplayName("SEM-3: a task that is cancelled after the grant passes the permit to the next")
  void cancelledAfterGrant() {
    Loops.run(() -> {
      var semaphore = new Semaphore(0);
      Task<Void> granted = started(semaphore::acquire);
      Task<Void> next = acquiring(semaphore, 1);
      semaphore.release();
      granted.cancel();
      assertThrows(CancelledError.class, granted::await);
      next.await();
      order.finish(2);
      assertEquals(0, semaphore.permits());
    });
  }

  @Test
  @DisplayName(
      "SEM-3: if no other task waits, the permit of a cancelled task is available again; a cancelled task without a grant returns none")
  void cancelledAlone() {
    Loops.run(() -> {
      var semaphore = new Semaphore(0);
      Task<Void> granted = started(semaphore::acquire);
      semaphore.release();
      granted.cancel();
      assertThrows(CancelledError.class, granted::await);
      assertEquals(1, semaphore.permits());
      semaphore.acquire();
      Task<Void> waiting = started(semaphore::acquire);
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);
      assertEquals(0, semaphore.permits());
    });
  }

  private void acquireAndExpect(Semaphore semaphore, int step) {
    semaphore.acquire();
    order.expect(step);
  }

  @Test
  @DisplayName(
      "SEM-4: a task that queued behind a granted one gets a free permit when that one leaves")
  void leavingGrantsThoseBehind() {
    Loops.run(() -> {
      var semaphore = new Semaphore(0);
      // All in one turn: the second queues after two releases, when the first has its grant and has
      // not run.
      Task<Void> second = EventLoop.getRunningLoop().createTask(() -> {
        turns(1);
        semaphore.release();
        semaphore.release();
        acquireAndExpect(semaphore, 2);
      });
      Task<Void> first =
          EventLoop.getRunningLoop().createTask(() -> acquireAndExpect(semaphore, 1));
      second.await();
      order.finish(3);
      assertTrue(first.done());
    });
  }

  @Test
  @DisplayName("SEM-5: a negative start value is an error")
  void negative() {
    assertThrows(IllegalArgumentException.class, () -> new Semaphore(-1));
    assertThrows(IllegalArgumentException.class, () -> new BoundedSemaphore(-1));
    assertTrue(new Semaphore(0).locked());
    assertFalse(new Semaphore().locked());
  }

  @Test
  @DisplayName("SEM-5: an excess release of a bounded semaphore fails and changes nothing")
  void bounded() {
    Loops.run(() -> {
      var semaphore = new BoundedSemaphore(2);
      assertThrows(IllegalStateException.class, semaphore::release);
      assertEquals(2, semaphore.permits());
      semaphore.acquire();
      semaphore.release();
      assertThrows(IllegalStateException.class, semaphore::release);
      var one = new BoundedSemaphore();
      one.acquire();
      assertTrue(one.locked());
      one.release();
      assertThrows(IllegalStateException.class, one::release);
    });
    var free = new Semaphore(1);
    free.release();
    assertEquals(2, free.permits());
  }

  @Test
  @DisplayName("with() returns the permit in every case")
  void with() {
    Loops.run(() -> {
      var semaphore = new BoundedSemaphore();
      assertEquals("x", semaphore.with(() -> {
        assertTrue(semaphore.locked());
        return "x";
      }));
      assertThrows(
          IOException.class,
          () -> semaphore.with(() -> {
            throw new IOException("boom");
          }));
      assertEquals(1, semaphore.permits());
    });
  }
}
