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
import dev.weft.task.Timeouts;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Waiting for changes under a lock. */
class ConditionTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Order order = new Order();
  private final Condition condition = new Condition();

  /** Starts a task that waits and, when it has the lock again, reaches {@code step}. */
  private Task<Void> awaiting(int step) {
    return started(() -> condition.with(() -> {
      condition.await();
      assertTrue(condition.locked());
      order.expect(step);
    }));
  }

  private void signal(int n) throws Exception {
    condition.with(() -> condition.signal(n));
  }

  @Test
  @DisplayName("COND-1: waiting and signalling without the lock fail")
  void lockNotTaken() {
    Loops.run(() -> {
      assertThrows(IllegalStateException.class, condition::await);
      assertThrows(IllegalStateException.class, condition::signal);
      assertThrows(IllegalStateException.class, condition::signalAll);
      assertThrows(IllegalStateException.class, () -> condition.waitFor(() -> false));
      assertFalse(condition.locked());
    });
  }

  @Test
  @DisplayName("COND-1: await and signal work if any task has the lock")
  void lockTakenByAnother() {
    Loops.run(() -> {
      Task<Void> waiter = awaiting(1);
      started(condition::acquire); // never releases
      condition.signal();
      condition.release();
      waiter.await();
      order.finish(2);
    });
  }

  @Test
  @DisplayName("COND-2: waiting releases the lock, and has it again on return")
  void givesTheLockBack() {
    Loops.run(() -> {
      Task<Void> waiter = awaiting(3);
      assertFalse(condition.locked());
      condition.acquire();
      condition.signal();
      order.expect(1);
      turns(3);
      order.expect(2); // the waiter is woken, but does not have the lock
      condition.release();
      waiter.await();
      order.finish(4);
      assertFalse(condition.locked());
    });
  }

  @Test
  @DisplayName(
      "COND-2: a cancelled wait throws only when it has the lock again, with the message of the latest request")
  void cancelledWaitsForTheLock() {
    Loops.run(() -> {
      Task<Void> waiter = started(() -> condition.with(() -> {
        try {
          condition.await();
        } finally {
          assertTrue(condition.locked());
          order.expect(2);
        }
      }));
      condition.acquire();
      waiter.cancel("first");
      turns(2);
      waiter.cancel("second");
      turns(2);
      waiter.cancel("third");
      turns(2);
      assertFalse(waiter.done());
      order.expect(1);
      condition.release();
      var error = assertThrows(CancelledError.class, waiter::await);
      assertEquals("third", error.getMessage());
      order.finish(3);
      assertFalse(condition.locked());
    });
  }

  @Test
  @DisplayName("COND-3: a task that is cancelled after it was signalled passes the signal on")
  void passesOn() {
    Loops.run(() -> {
      Task<Void> signalled = started(() -> condition.with(condition::await));
      Task<Void> next = awaiting(1);
      signal(1);
      signalled.cancel();
      assertThrows(CancelledError.class, signalled::await);
      next.await();
      order.finish(2);
    });
  }

  @Test
  @DisplayName("COND-3: a task that is cancelled while it waits for the lock passes the signal on")
  void passesOnFromTheLock() {
    Loops.run(() -> {
      Task<Void> signalled = started(() -> condition.with(condition::await));
      Task<Void> next = awaiting(1);
      condition.acquire();
      condition.signal();
      turns(2); // the task waits for the lock
      signalled.cancel();
      turns(2);
      condition.release();
      assertThrows(CancelledError.class, signalled::await);
      next.await();
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "COND-3: a cancelled task that has no signal wakes another too, so wake-ups can be spurious")
  void spurious() {
    Loops.run(() -> {
      Task<Void> cancelled = started(() -> condition.with(condition::await));
      Task<Void> next = awaiting(1);
      cancelled.cancel();
      assertThrows(CancelledError.class, cancelled::await);
      next.await();
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "COND-4: signal(n) wakes the first n that are not yet woken; they continue one after the other")
  void signalSome() {
    Loops.run(() -> {
      Task<Void> first = awaiting(1);
      Task<Void> second = awaiting(2);
      Task<Void> third = awaiting(3);
      Task<Void> fourth = awaiting(5);
      condition.acquire();
      condition.signal(2);
      condition.signal(); // wakes the third, because the first two are woken already
      condition.release();
      third.await();
      assertTrue(first.done() && second.done());
      order.expect(4);
      turns(3);
      assertFalse(fourth.done());
      signal(7);
      fourth.await();
      order.finish(6);
    });
  }

  @Test
  @DisplayName("COND-4: a cancelled waiter takes no signal from another")
  void signalSkipsCancelled() {
    Loops.run(() -> {
      Task<Void> cancelled = started(() -> condition.with(condition::await));
      Task<Void> next = awaiting(1);
      Task<Void> last = awaiting(2);
      condition.acquire();
      cancelled.cancel();
      condition.signal();
      condition.release();
      next.await();
      assertTrue(cancelled.done());
      last.await(); // the cancelled task wakes this one, COND-3
      order.finish(3);
    });
  }

  @Test
  @DisplayName("COND-4: signalAll wakes all, signal(0) none")
  void signalAll() {
    Loops.run(() -> {
      Task<Void> first = awaiting(1);
      Task<Void> second = awaiting(2);
      signal(0);
      turns(3);
      assertFalse(first.done());
      condition.with(condition::signalAll);
      second.await();
      order.finish(3);
    });
  }

  @Test
  @DisplayName("COND-5: a timeout around await ends only when the lock is held again")
  void timeoutOverruns() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long begin = loop.time();
      Task<Object> waiter = started(() -> condition.with(() -> Timeouts.timeout(SECOND, scope -> {
        condition.await();
        return null;
      })));
      condition.acquire();
      Task.sleep(SECOND.multipliedBy(5));
      assertFalse(waiter.done());
      condition.release();
      assertThrows(TimeoutException.class, waiter::await);
      assertEquals(SECOND.multipliedBy(5).toNanos(), loop.time() - begin);
    });
  }

  @Test
  @DisplayName(
      "COND-6: waitFor tests again after each signal, and does not suspend if the predicate is true")
  void waitFor() {
    Loops.run(() -> {
      int[] looked = {0};
      Task<Void> waiter = started(() -> condition.with(() -> {
        condition.waitFor(() -> looked[0]++ == 2);
        order.expect(2);
      }));
      assertEquals(1, looked[0]);
      signal(1);
      turns(3);
      assertEquals(2, looked[0]);
      order.expect(1);
      signal(1);
      waiter.await();
      assertEquals(3, looked[0]);
      order.expect(3);
      EventLoop.getRunningLoop().callSoon(() -> order.finish(5));
      condition.with(() -> condition.waitFor(() -> true));
      order.expect(4);
      turns(1);
    });
  }

  @Test
  @DisplayName("waiting in a callback fails before the lock is released")
  void inACallback() {
    Loops.run(() -> {
      condition.acquire();
      Task<Void> other = started(condition::acquire);
      EventLoop.getRunningLoop()
          .callSoon(() -> assertThrows(IllegalStateException.class, condition::await));
      turns(3);
      assertTrue(condition.locked());
      assertFalse(other.done());
      condition.release();
      other.await();
    });
  }

  @Test
  @DisplayName("two conditions of one lock each wake their own waiters")
  void sharedLock() {
    Loops.run(() -> {
      var lock = new Lock();
      var one = new Condition(lock);
      var two = new Condition(lock);
      Task<Void> waiter = started(() -> lock.with(() -> {
        one.await();
        order.expect(2);
      }));
      assertFalse(two.locked());
      two.with(two::signalAll);
      turns(3);
      order.expect(1);
      two.with(() -> one.signal());
      waiter.await();
      order.finish(3);
    });
  }
}
