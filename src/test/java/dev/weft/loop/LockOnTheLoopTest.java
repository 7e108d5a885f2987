package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Callbacks that block in calls of the JDK: the loop goes on (J6). */
class LockOnTheLoopTest {

  private final Order order = new Order();
  private final ReentrantLock lock = new ReentrantLock();

  @Test
  @DisplayName("J6: a callback may wait for a lock that a parked task of the same loop holds")
  void callbackWaitsForATask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      lock.lock();
      loop.callSoon(() -> {
        order.expect(1);
        lock.lock();
        lock.unlock();
        order.expect(5);
      });
      // callbacks keep their order behind it; tasks and sleeps go on
      loop.callSoon(() -> order.expect(6));
      Task<Void> other = loop.createTask(() -> {
        order.expect(2);
        Task.sleep(Duration.ofSeconds(1));
        order.expect(3);
      });
      loop.callLater(Duration.ofMillis(1), () -> order.expect(7));
      other.await();
      order.expect(4);
      lock.unlock();
      Future<Void> last = loop.createFuture();
      loop.callSoon(() -> {
        order.expect(8);
        last.setResult(null);
      });
      last.await();
    });
    order.finish(9);
  }

  @Test
  @DisplayName("J6: the same with threadsafe callbacks, timers and done callbacks")
  void everyKindOfCallback() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> future = loop.createFuture();
      lock.lock();
      future.addDoneCallback(done -> {
        order.expect(2);
        blockFor(lock);
        order.expect(4);
      });
      loop.callSoonThreadsafe(() -> {
        order.expect(1);
        future.setResult(null);
        loop.callLater(Duration.ZERO, () -> {
          order.expect(5);
          blockFor(lock);
        });
      });
      Task.sleep(Duration.ofSeconds(1));
      order.expect(3);
      lock.unlock();
      Task.sleep(Duration.ofSeconds(1));
      order.expect(6);
    });
    order.finish(7);
  }

  private static void blockFor(ReentrantLock lock) {
    lock.lock();
    lock.unlock();
  }

  @Test
  @DisplayName(
      "J6: a callback that calls Thread.yield or Thread.sleep keeps the order of callbacks")
  void callbackYields() {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.callSoon(() -> {
        order.expect(1);
        Thread.yield();
        order.expect(3);
        try {
          Thread.sleep(1);
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
        order.expect(4);
      });
      loop.callSoon(() -> order.expect(5));
      loop.createTask(() -> order.expect(2));
      loop.callSoon(() -> {
        order.expect(6);
        loop.stop();
      });
      loop.runForever();
      order.finish(7);
    }
  }

  @RepeatedTest(20)
  @DisplayName("J6: tasks and callbacks that contend for one lock all get it")
  void contention() {
    var count = new int[1];
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.runUntilComplete(() -> {
        for (int i = 0; i < 50; i++) {
          loop.callSoon(() -> locked(count));
          loop.createTask(() -> {
            lock.lock();
            try {
              Task.sleep(Duration.ZERO);
              count[0]++;
            } finally {
              lock.unlock();
            }
          });
        }
        while (count[0] < 100) {
          Task.sleep(Duration.ZERO);
        }
      });
    }
    assertTrue(count[0] == 100);
  }

  private void locked(int[] count) {
    lock.lock();
    try {
      count[0]++;
    } finally {
      lock.unlock();
    }
  }
}
