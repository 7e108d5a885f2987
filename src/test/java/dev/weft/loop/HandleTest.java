package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a program can do with the handle of a callback. */
class HandleTest {

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  private static Runnable holding(Object held) {
    return () -> held.hashCode();
  }

  @Test
  @DisplayName("LOOP-11: cancel drops the callback at once, for every kind of handle")
  void cancelDropsTheCallback() {
    var big = new Object();
    var gone = new WeakReference<>(big);
    Handle[] handles = {
      loop.callSoon(holding(big)),
      loop.callSoonThreadsafe(holding(big)),
      loop.callLater(Duration.ofDays(1), holding(big)),
    };
    big = null;
    for (Handle handle : handles) {
      handle.cancel();
    }
    await().until(() -> {
      System.gc();
      return gone.get() == null;
    });
    for (Handle handle : handles) { // the handles themselves are still there
      assertTrue(handle.cancelled());
      assertThrows(IllegalStateException.class, handle::getContext);
    }
  }

  @Test
  @DisplayName("LOOP-11: cancel may be repeated, and has no effect after the run")
  void cancelAfterTheRun() {
    Handle handle = loop.callSoon(() -> order.expect(1));
    Handle never = loop.callSoon(order::expectUnreached);
    never.cancel();
    never.cancel();
    loop.callSoon(() -> {
      handle.cancel();
      order.expect(2);
    });
    loop.stop();
    loop.runForever();
    order.finish(3);
  }

  @Test
  @DisplayName("LOOP-11: a callback may cancel its own handle while it runs")
  void cancelsItself() {
    var self = new Handle[1];
    self[0] = loop.callSoon(() -> {
      self[0].cancel();
      order.expect(1);
    });
    loop.callSoon(() -> order.expect(2));
    loop.stop();
    loop.runForever();
    order.finish(3);
    assertTrue(self[0].cancelled());
  }

  @Test
  @DisplayName("LOOP-14: a threadsafe callback cancelled before it begins never runs")
  void threadsafeCancelledBefore() throws Exception {
    Handle handle = loop.callSoonThreadsafe(order::expectUnreached);
    Thread foreign = Thread.ofPlatform().start(handle::cancel);
    foreign.join();
    assertTrue(handle.cancelled());
    loop.stop();
    loop.runForever();
    order.finish(1);
  }

  @Test
  @DisplayName("LOOP-14: cancel from another thread waits until the running callback has ended")
  void threadsafeCancelWaits() throws Exception {
    var handle = new AtomicReference<Handle>();
    var cancelling = new CountDownLatch(1);
    var foreign = new AtomicReference<Thread>();
    handle.set(loop.callSoonThreadsafe(() -> {
      foreign.set(Thread.ofPlatform().start(() -> {
        cancelling.countDown();
        handle.get().cancel();
        order.expect(2);
      }));
      awaitQuietly(cancelling);
      await().until(() -> foreign.get().getState() == Thread.State.WAITING);
      order.expect(1);
      loop.stop();
    }));
    loop.runForever();
    foreign.get().join();
    order.finish(3);
  }

  @Test
  @DisplayName("LOOP-14: a threadsafe callback may cancel itself and ask whether it is cancelled")
  void threadsafeCancelsItself() {
    var self = new Handle[1];
    self[0] = loop.callSoonThreadsafe(() -> {
      assertFalse(self[0].cancelled());
      self[0].cancel();
      assertTrue(self[0].cancelled());
      order.expect(1);
    });
    loop.stop();
    loop.runForever();
    order.finish(2);
  }

  @Test
  @DisplayName(
      "LOOP-14: a cancel on the loop, while the callback is parked, does not stop the loop")
  void threadsafeCancelOnTheLoop() {
    loop.runUntilComplete(() -> {
      var gate = new CountDownLatch(1);
      Handle parked = loop.callSoonThreadsafe(() -> {
        order.expect(1);
        awaitQuietly(gate);
        order.expect(3);
      });
      Task<Void> canceller = loop.createTask(() -> {
        parked.cancel();
        order.expect(4);
      });
      Task.sleep(Duration.ZERO);
      Task.sleep(Duration.ZERO);
      order.expect(2);
      gate.countDown();
      canceller.await();
    });
    order.finish(5);
  }

  @Test
  @DisplayName("Handle: toString names the callback, and shows a cancellation")
  void text() {
    var callback = new Runnable() {
      @Override
      public void run() {}

      @Override
      public String toString() {
        return "the callback";
      }
    };
    loop.setDebug(true);
    Handle handle = loop.callSoon(callback);
    assertTrue(handle.toString().contains("the callback"), handle.toString());
    handle.cancel();
    assertTrue(handle.toString().contains("cancelled"), handle.toString());
    assertEquals(-1, handle.toString().indexOf("the callback"));
    assertNull(Task.currentOrNull());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
