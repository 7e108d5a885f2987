package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Entries from other threads keep their place among those that the loop itself appends. */
class CrossThreadOrderTest {

  private final Order order = new Order();
  private final EventLoop loop = EventLoop.newEventLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  private static void elsewhere(Runnable code) {
    try {
      Thread.ofPlatform().start(code).join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName(
      "thread-safe order: callSoonThreadsafe on the loop and callSoon keep the order of the calls")
  void onTheLoop() {
    loop.callSoon(() -> {
      loop.callSoon(() -> order.expect(1));
      loop.callSoonThreadsafe(() -> order.expect(2));
      loop.callSoon(() -> order.expect(3));
      loop.callSoonThreadsafe(() -> order.expect(4));
      loop.createTask(() -> order.expect(5));
      loop.callSoonThreadsafe(loop::stop);
    });
    loop.runForever();
    order.finish(6);
  }

  @Test
  @DisplayName(
      "thread-safe order: a callSoon runs after an earlier callSoonThreadsafe of another thread that it can know of")
  void afterAForeignCall() {
    // In a turn of its own: an inbox that is drained once a turn would add it last.
    loop.callSoon(() -> {
      var called = new AtomicBoolean();
      Thread.ofPlatform().start(() -> {
        loop.callSoonThreadsafe(() -> order.expect(1));
        called.set(true);
      });
      while (!called.get()) {
        Thread.onSpinWait(); // not a join: that would park and end the turn
      }
      loop.callSoon(() -> order.expect(2));
      loop.createTask(() -> order.expect(3));
      loop.callSoon(loop::stop);
    });
    loop.runForever();
    order.finish(4);
  }

  @Test
  @DisplayName(
      "thread-safe order: a callSoon runs after an earlier unpark of another thread that it can know of")
  void afterAForeignUnpark() {
    loop.runUntilComplete(() -> {
      Task<Void> parked = loop.createTask(() -> {
        order.expect(1);
        LockSupport.park();
        order.expect(2);
      });
      Task.sleep(Duration.ZERO);
      var thread = new Thread[1];
      var unparked = new AtomicBoolean();
      loop.createTask(() -> {
        thread[0] = Thread.currentThread();
        LockSupport.park();
        order.expect(3);
      });
      Task.sleep(Duration.ZERO);
      Thread.ofPlatform().start(() -> {
        threadOf(parked).run();
        LockSupport.unpark(thread[0]);
        unparked.set(true);
      });
      while (!unparked.get()) {
        Thread.onSpinWait();
      }
      Future<Void> last = loop.createFuture();
      loop.callSoon(() -> {
        order.expect(4);
        last.setResult(null);
      });
      last.await();
    });
    order.finish(5);
  }

  /** Wakes a task from outside, by unparking the thread of its coroutine. */
  private static Runnable threadOf(Task<?> task) {
    try {
      var field = Task.class.getDeclaredField("thread");
      field.setAccessible(true);
      Thread thread = (Thread) field.get(task);
      return () -> LockSupport.unpark(thread);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @RepeatedTest(10)
  @DisplayName(
      "LOOP-13: callbacks of many threads all arrive, in each thread's order, and the loop does not stay asleep")
  void manyThreads() {
    int threads = 4;
    int each = 2_000;
    var next = new int[threads];
    var left = new int[] {threads * each};
    Future<Void> all = loop.createFuture();
    for (int t = 0; t < threads; t++) {
      int me = t;
      Thread.ofPlatform().daemon().start(() -> {
        for (int i = 0; i < each; i++) {
          int number = i;
          loop.callSoonThreadsafe(() -> {
            assertEquals(number, next[me]++);
            if (--left[0] == 0) {
              all.setResult(null);
            }
          });
        }
      });
    }
    loop.runUntilComplete(all);
  }

  @Test
  @DisplayName("LOOP-13: a loop that blocks without a timer is woken repeatedly")
  void wakesABlockedLoop() throws Exception {
    var seen = new CountDownLatch(300);
    Thread runner = Thread.ofPlatform().start(loop::runForever);
    await().until(loop::isRunning);
    for (int i = 0; i < 300; i++) {
      var ran = new CountDownLatch(1);
      loop.callSoonThreadsafe(() -> {
        seen.countDown();
        ran.countDown();
      });
      ran.await();
    }
    assertEquals(0, seen.getCount());
    loop.callSoonThreadsafe(loop::stop);
    runner.join();
  }

  @Test
  @DisplayName(
      "LOOP-13: a run executes callSoonThreadsafe and unparks of other threads from before it, in order")
  void beforeTheRun() {
    loop.callSoon(() -> order.expect(1));
    elsewhere(() -> loop.callSoonThreadsafe(() -> order.expect(2)));
    loop.callSoon(() -> order.expect(3));
    loop.callSoonThreadsafe(() -> order.expect(4));
    loop.createTask(() -> order.expect(5));
    loop.stop();
    loop.runForever();
    order.finish(6);
  }

  @Test
  @DisplayName(
      "LOOP-13: threads that schedule while the loop closes are either served or rejected, never stuck")
  void raceWithClose() throws Exception {
    for (int round = 0; round < 50; round++) {
      EventLoop closing = EventLoop.newEventLoop();
      var refused = new ArrayList<Throwable>();
      try (var pool = Executors.newFixedThreadPool(1)) {
        var begun = new CountDownLatch(1);
        var caller = pool.submit(() -> {
          try {
            while (true) {
              closing.callSoonThreadsafe(() -> {});
              begun.countDown();
            }
          } catch (IllegalStateException e) {
            refused.add(e);
          }
        });
        begun.await();
        closing.close();
        caller.get();
      }
      assertEquals("Event loop is closed", refused.get(0).getMessage());
    }
    assertTrue(!loop.isRunning());
  }
}
