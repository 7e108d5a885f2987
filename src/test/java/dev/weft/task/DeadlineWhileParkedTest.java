package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A task waits with a time limit and holds a lock that a callback waits for. The limit ends the wait, although the
 * parked callback delays all later callbacks.
 */
@Timeout(30)
class DeadlineWhileParkedTest {

  private static final Duration LIMIT = Duration.ofMillis(200);

  private final Order order = new Order();
  private final ReentrantLock lock = new ReentrantLock();

  /** Runs a wait under the lock, while a callback waits for the lock and another callback waits behind it. */
  private void underTheLock(ThrowingRunnable<?> wait) {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      lock.lock();
      try {
        loop.callSoon(() -> {
          order.expect(1);
          lock.lock();
          lock.unlock();
          order.expect(3);
        });
        loop.callSoon(() -> order.expect(4));
        wait.run();
        order.expect(2);
      } finally {
        lock.unlock();
      }
      Loops.turns(2);
      order.finish(5);
    });
  }

  private static Future<Void> never() {
    return EventLoop.getRunningLoop().createFuture();
  }

  @Test
  @DisplayName("TMO-1: a timeout fires while a callback is parked")
  void timeout() {
    underTheLock(() -> assertThrows(
        TimeoutException.class, () -> Timeouts.timeout(LIMIT, scope -> never().await())));
  }

  @Test
  @DisplayName("TMO-6: a timeout whose deadline has passed at its start fires too")
  void passed() {
    underTheLock(() -> assertThrows(
        TimeoutException.class,
        () -> Timeouts.timeout(Duration.ZERO, scope -> never().await())));
  }

  @Test
  @DisplayName("a timeout interrupts a call of the JDK while a callback is parked")
  void timeoutOfACall() {
    underTheLock(() -> assertThrows(
        TimeoutException.class,
        () -> Timeouts.timeout(LIMIT, scope -> {
          new Semaphore(0).acquire();
          return null;
        })));
  }

  @Test
  @DisplayName("the deadline of a cancel scope fires while a callback is parked")
  void scope() {
    underTheLock(() -> assertFalse(CancelScope.moveOnAfter(LIMIT, () -> {
      never().await();
    })));
  }

  @Test
  @DisplayName(
      "the deadline of a cancel scope interrupts a call of the JDK while a callback is parked")
  void scopeOfACall() {
    underTheLock(() -> assertFalse(CancelScope.moveOnAfter(LIMIT, () -> {
      new Semaphore(0).acquire();
    })));
  }

  @Test
  @DisplayName("WAIT-1: wait returns at its timeout while a callback is parked")
  void waitFor() {
    underTheLock(() -> {
      Future<Void> never = never();
      var result = Wait.of(Set.of(never), Optional.of(LIMIT), ReturnWhen.ALL_COMPLETED);
      assertEquals(Set.of(never), result.pending());
    });
  }

  @Test
  @DisplayName("ASC-1: as_completed reports its timeout while a callback is parked")
  void asCompleted() {
    underTheLock(() -> {
      var done = new AsCompleted<>(List.of(never()), Optional.of(LIMIT));
      assertThrows(TimeoutException.class, done::next);
    });
  }

  @Test
  @DisplayName("callbacks and timers of the program run after the parked callback")
  void callLater() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      lock.lock();
      loop.callSoon(() -> {
        lock.lock();
        lock.unlock();
        order.expect(2);
      });
      loop.callLater(LIMIT, () -> order.expect(3));
      Timeouts.timeout(LIMIT.multipliedBy(2), scope -> {
        Task.sleep(LIMIT.plusMillis(1));
        return null;
      });
      order.expect(1);
      lock.unlock();
      Loops.turns(2);
      order.finish(4);
      assertFalse(lock.isLocked());
    });
  }
}
