package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Order;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The scheduler of a loop's virtual threads, without a loop. */
class CarrierTest {

  private final Order order = new Order();
  private final ReadyQueue<Object> ready = new ReadyQueue<>(() -> {});
  private final Carrier carrier = new Carrier(ready, this);
  private boolean entered;

  @AfterEach
  void exit() {
    if (entered) {
      carrier.exit();
    }
  }

  private void enter() {
    carrier.enter();
    entered = true;
  }

  private void runAll() {
    ready.drainInbox();
    for (Object next; (next = ready.poll()) != null; ready.drainInbox()) {
      ((Runnable) next).run();
    }
  }

  private Thread thread(Runnable body) {
    var fiber = new Fiber() {
      @Override
      public void run() {
        body.run();
      }

      @Override
      public void uncaughtException(Thread thread, Throwable error) {
        throw new AssertionError(error);
      }
    };
    return carrier.newThread(fiber, "fiber");
  }

  @Test
  @DisplayName("J3: starting a thread on the carrier only enqueues it")
  void startOnTheCarrier() {
    enter();
    thread(() -> order.expect(2)).start();
    order.expect(1);
    runAll();
    order.finish(3);
  }

  @Test
  @DisplayName("J3: starting and unparking from one of the carrier's threads only enqueues")
  void fromAThreadOfTheCarrier() {
    enter();
    Thread parked = thread(() -> {
      order.expect(1);
      LockSupport.park();
      order.expect(4);
    });
    Thread started = thread(() -> order.expect(5));
    parked.start();
    thread(() -> {
          order.expect(2);
          LockSupport.unpark(parked);
          started.start();
          order.expect(3);
        })
        .start();
    runAll();
    order.finish(6);
  }

  @Test
  @DisplayName("J3: unparking from other threads, platform or virtual, only enqueues")
  void fromForeignThreads() throws Exception {
    enter();
    for (Thread.Builder builder : new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
      var resumed = new CompletableFuture<Thread>();
      Thread parked = thread(() -> {
        LockSupport.park();
        resumed.complete(VirtualThreads.currentCarrierThread());
      });
      parked.start();
      runAll();
      builder.start(() -> LockSupport.unpark(parked)).join();
      assertFalse(resumed.isDone());
      assertFalse(ready.isEmpty());
      runAll();
      assertSame(Thread.currentThread(), resumed.join());
    }
  }

  @Test
  @DisplayName(
      "J3: unparking a thread whose queue is closed does not fail, and the thread still runs")
  void lateUnpark() throws Exception {
    enter();
    var resumed = new CompletableFuture<String>();
    Thread parked = thread(() -> {
      LockSupport.park();
      resumed.complete(Thread.currentThread().toString());
    });
    parked.start();
    runAll();
    carrier.exit();
    entered = false;
    ready.close();
    LockSupport.unpark(parked);
    parked.join();
    assertTrue(resumed.join().endsWith("@weft-late-carrier"), resumed::join);
  }

  @Test
  @DisplayName("J10: the late carrier runs threads one at a time, with the threads that they start")
  void lateCarrierIsOneThread() throws Exception {
    ready.close();
    var running = new int[1];
    var threads = new Thread[100];
    var ended = new CountDownLatch(threads.length);
    for (int i = 0; i < threads.length; i++) {
      threads[i] = thread(() -> {
        int before = running[0]; // needs no lock, because no two threads run at once
        Thread.onSpinWait();
        running[0] = before + 1;
        Thread.yield();
        ended.countDown();
      });
      threads[i].start();
    }
    ended.await();
    assertEquals(threads.length, running[0]);
  }

  @Test
  @DisplayName(
      "J3: code is on the loop if it runs on the loop's carrier: the carrier, its threads and their children")
  void isCurrent() throws Exception {
    assertFalse(carrier.isCurrent());
    assertNull(Carrier.currentOwner());
    enter();
    assertTrue(carrier.isCurrent());
    assertSame(this, Carrier.currentOwner());
    thread(() -> {
          assertTrue(carrier.isCurrent());
          assertSame(this, Carrier.currentOwner());
          order.expect(1);
          Thread.startVirtualThread(
              () -> { // J4: inherits the scheduler
                assertTrue(carrier.isCurrent());
                assertSame(this, Carrier.currentOwner());
                order.expect(2);
              });
        })
        .start();
    runAll();
    var elsewhere = new CompletableFuture<Boolean>();
    Thread.ofPlatform().start(() -> elsewhere.complete(carrier.isCurrent())).join();
    assertFalse(elsewhere.join());
    var virtual = new CompletableFuture<Boolean>();
    Thread.startVirtualThread(() -> virtual.complete(carrier.isCurrent())).join();
    assertFalse(virtual.join());
    carrier.exit();
    entered = false;
    assertFalse(carrier.isCurrent());
    order.finish(3);
  }

  @Test
  @DisplayName(
      "run on a virtual thread: a virtual thread cannot be a carrier, and a thread cannot carry two loops")
  void cannotEnter() throws Exception {
    var refusal = new CompletableFuture<Throwable>();
    Thread.startVirtualThread(
            () -> refusal.complete(assertThrows(IllegalStateException.class, carrier::enter)))
        .join();
    assertTrue(refusal.join().getMessage().contains("a virtual thread cannot be a carrier"));
    enter();
    var other = new Carrier(new ReadyQueue<>(() -> {}), "other");
    assertThrows(IllegalStateException.class, other::enter);
    assertFalse(other.isCurrent());
    assertSame(this, Carrier.currentOwner());
  }

  @Test
  @DisplayName("J6: a captured thread is not queued, and runs again when the carrier resumes it")
  void captured() {
    enter();
    Runnable continuation = carrier.startCaptured(thread(() -> {
      for (int step = 1; step <= 3; step++) {
        order.expect(step);
        carrier.yieldCaptured();
      }
      order.expect(4);
    }));
    for (int i = 0; i < 4; i++) {
      assertTrue(ready.isEmpty());
      continuation.run();
    }
    order.finish(5);
  }

  @Test
  @DisplayName(
      "Fiber: the body of a thread is its identity; its children and other threads have none")
  void fiber() {
    enter();
    assertNull(Fiber.current());
    var seen = new Fiber[2];
    thread(() -> {
          seen[0] = Fiber.current();
          Thread.startVirtualThread(() -> seen[1] = Fiber.current());
        })
        .start();
    runAll();
    assertTrue(seen[0] != null);
    assertNull(seen[1]);
  }
}
