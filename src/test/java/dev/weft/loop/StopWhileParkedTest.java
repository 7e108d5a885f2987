package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A run of the loop returns when the running callback has ended, also if that callback parks. */
class StopWhileParkedTest {

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();
  private final ReentrantLock lock = new ReentrantLock();
  private final Semaphore gate = new Semaphore(0);

  @AfterEach
  void close() {
    loop.close();
  }

  private void waitForLock() {
    lock.lock();
    lock.unlock();
  }

  @Test
  @DisplayName(
      "LOOP-15: a callback that parks after stop ends, and so does its turn, before runForever returns")
  void callbackThatStops() {
    loop.createTask(() -> {
      lock.lock();
      try {
        order.expect(1);
        Task.sleep(Duration.ofSeconds(1));
        order.expect(3);
        loop.callSoon(() -> order.expect(7));
        loop.callLater(Duration.ZERO, () -> order.expect(8));
        Task.sleep(
            Duration.ofSeconds(1)); // it is due while only the parked callback holds the loop
      } finally {
        lock.unlock();
      }
    });
    loop.callSoon(() -> {
      order.expect(2);
      loop.stop();
      waitForLock();
      order.expect(4);
    });
    loop.callSoon(() -> order.expect(5)); // of the same turn
    loop.runForever();
    order.expect(6);
    loop.runUntilComplete(() -> Loops.turns(2));
    order.finish(9);
  }

  @Test
  @DisplayName("LOOP-15: stop by a task does not leave a parked callback half done")
  void taskThatStops() {
    loop.callSoon(() -> {
      order.expect(1);
      gate.acquireUninterruptibly();
      order.expect(4);
      gate.acquireUninterruptibly(); // it parks once more
      order.expect(6);
    });
    loop.createTask(() -> {
      order.expect(2);
      loop.stop();
      Loops.turns(1);
      order.expect(3);
      gate.release();
      Loops.turns(2);
      order.expect(5);
      gate.release();
    });
    loop.runForever();
    order.finish(7);
  }

  @Test
  @DisplayName("LOOP-17: run does not return while a callback sleeps in a call of the JDK")
  void sleepInTheJdk() {
    try (EventLoop real = EventLoop.newEventLoop()) {
      real.callSoon(() -> {
        real.stop();
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        order.expect(1);
      });
      real.runForever();
      order.finish(2);
    }
  }

  @Test
  @DisplayName(
      "A fatal error leaves the loop at once; the parked callback continues in the next run")
  void fatal() {
    loop.callSoon(() -> {
      order.expect(1);
      gate.acquireUninterruptibly();
      order.expect(3);
    });
    loop.createTask(() -> {
      throw new KeyboardInterrupt();
    });
    assertThrows(KeyboardInterrupt.class, loop::runForever);
    order.expect(2);
    loop.runUntilComplete(() -> {
      gate.release();
      Loops.turns(2);
    });
    order.finish(4);
  }
}
