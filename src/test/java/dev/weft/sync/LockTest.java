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

/** A lock, which one task at a time holds. */
class LockTest {

  private final Order order = new Order();
  private final Lock lock = new Lock();

  private Task<Void> acquiring(int step) {
    return started(() -> {
      lock.acquire();
      order.expect(step);
    });
  }

  @Test
  @DisplayName("LOCK-1: a newcomer does not overtake the waiter that was woken and has not run yet")
  void noBarging() {
    Loops.run(() -> {
      lock.acquire();
      Task<Void> waiter = acquiring(1);
      lock.release();
      assertFalse(lock.locked());
      EventLoop.getRunningLoop().callSoon(lock::release); // runs after the waiter
      lock.acquire();
      order.finish(2);
      assertTrue(waiter.done());
    });
  }

  @Test
  @DisplayName("LOCK-1: waiters get the lock in the order of their arrival")
  void fifo() {
    Loops.run(() -> {
      lock.acquire();
      for (int step = 1; step <= 3; step++) {
        int own = step;
        started(() -> {
          lock.acquire();
          order.expect(own);
          lock.release();
        });
      }
      lock.release();
      lock.acquire();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("LOCK-2: after release the lock is free until the waiter that was woken runs")
  void observablyFree() {
    Loops.run(() -> {
      lock.acquire();
      Task<Void> waiter = acquiring(1);
      lock.release();
      assertFalse(lock.locked());
      assertFalse(waiter.done());
      turns(1);
      assertTrue(lock.locked());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("LOCK-3: a waiter that is cancelled after it was woken wakes the next")
  void cancelledAfterWaking() {
    Loops.run(() -> {
      lock.acquire();
      Task<Void> chosen = started(lock::acquire);
      Task<Void> next = acquiring(1);
      lock.release();
      chosen.cancel();
      assertThrows(CancelledError.class, chosen::await);
      next.await();
      assertTrue(lock.locked());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "LOCK-3: if the first waiter is cancelled just before the release, the next one is woken")
  void cancelledBeforeWaking() {
    Loops.run(() -> {
      lock.acquire();
      Task<Void> cancelled = started(lock::acquire);
      Task<Void> next = acquiring(1);
      cancelled.cancel();
      lock.release();
      assertThrows(CancelledError.class, cancelled::await);
      next.await();
      order.finish(2);
    });
  }

  @Test
  @DisplayName("LOCK-3: a waiter that is cancelled while the lock is held wakes no other")
  void cancelledWhileTaken() {
    Loops.run(() -> {
      lock.acquire();
      Task<Void> cancelled = started(lock::acquire);
      Task<Void> next = started(lock::acquire);
      cancelled.cancel();
      turns(3);
      assertTrue(lock.locked());
      assertFalse(next.done());
      lock.release();
      next.await();
    });
  }

  @Test
  @DisplayName(
      "LOCK-4: acquire does not wait behind waiters that are cancelled and have not run yet")
  void cancelledCountAsNone() {
    Loops.run(() -> {
      lock.acquire();
      Task<Void> cancelled = started(lock::acquire);
      cancelled.cancel();
      lock.release();
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      lock.acquire(); // no turn passes
      order.expect(1);
      assertThrows(CancelledError.class, cancelled::await);
      assertTrue(lock.locked());
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "LOCK-5: releasing a free lock fails, any task may release, and no task acquires twice")
  void ownership() {
    Loops.run(() -> {
      assertThrows(IllegalStateException.class, lock::release);
      assertFalse(lock.locked());
      lock.acquire();
      Task<Void> again = Task.current().orElseThrow().getLoop().createTask(lock::release);
      lock.acquire(); // would wait for ever if another task could not release the lock
      again.await();
      Task<Void> second = started(lock::acquire);
      assertFalse(second.done());
      lock.release();
      second.await();
    });
  }

  @Test
  @DisplayName("LOCK-6: taking a free lock does not suspend, and works in a callback")
  void uncontended() {
    Loops.run(() -> {
      EventLoop.getRunningLoop().callSoon(() -> {
        order.expect(2);
        lock.acquire();
      });
      lock.acquire();
      lock.release();
      order.expect(1);
      turns(1);
      assertTrue(lock.locked());
      order.finish(3);
    });
  }

  @Test
  @DisplayName("LOCK-7: a lock belongs to the loop of its first wait; the message names both loops")
  void boundToALoop() {
    String first;
    try (EventLoop loop = Loops.newLoop()) {
      first = loop.toString();
      loop.runUntilComplete(() -> {
        lock.acquire(); // does not wait, so it does not bind the lock to the loop
        lock.release();
        return null;
      });
    }
    try (EventLoop loop = Loops.newLoop()) {
      loop.runUntilComplete(() -> {
        lock.acquire();
        acquiring(1);
        lock.release();
        turns(1);
        return null;
      });
      String second = loop.toString();
      Loops.run(() -> {
        var error = assertThrows(IllegalStateException.class, lock::acquire);
        assertTrue(error.getMessage().contains(second), error.getMessage());
        assertTrue(error.getMessage().contains(EventLoop.getRunningLoop().toString()));
        assertFalse(second.equals(first));
      });
    }
    order.finish(2);
  }

  @Test
  @DisplayName("waiting in a callback fails at once and leaves no waiter in the queue")
  void inACallback() {
    Loops.run(() -> {
      lock.acquire();
      EventLoop.getRunningLoop()
          .callSoon(() -> assertTrue(assertThrows(IllegalStateException.class, lock::acquire)
              .getMessage()
              .contains("outside a task")));
      turns(1);
      assertTrue(lock.toString().contains("0 waiting"), lock.toString());
      lock.release();
      lock.acquire(); // no turn passes
      order.finish(1);
    });
  }

  @Test
  @DisplayName("with() releases the lock in every case, and throws the failure, the same object")
  void with() {
    Loops.run(() -> {
      assertEquals("x", lock.with(() -> {
        assertTrue(lock.locked());
        return "x";
      }));
      assertFalse(lock.locked());
      assertThrows(
          IOException.class,
          () -> lock.with(() -> {
            throw new IOException("boom");
          }));
      assertFalse(lock.locked());
      lock.acquire();
      Task<Void> cancelled = started(() -> lock.with(order::expectUnreached));
      cancelled.cancel();
      assertThrows(CancelledError.class, cancelled::await);
      assertTrue(lock.locked()); // the cancelled task did not hold the lock
    });
  }
}
