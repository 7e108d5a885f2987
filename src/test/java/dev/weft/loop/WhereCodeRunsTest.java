package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code of a loop runs on the loop's one carrier, whichever thread wakes it. */
class WhereCodeRunsTest {

  private final EventLoop loop = EventLoop.newEventLoop();
  private String carrier;

  @AfterEach
  void close() {
    loop.close();
  }

  private void run(ThrowingRunnable<?> coroutine) {
    carrier = "@" + Thread.currentThread().getName();
    loop.runUntilComplete(coroutine);
  }

  private void assertOnTheLoop() {
    String here = Thread.currentThread().toString();
    assertTrue(here.endsWith(carrier), here);
    assertSame(loop, EventLoop.getRunningLoop());
  }

  private static Thread start(boolean virtual, Runnable code) {
    return (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(code);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "VT-3: a task that another thread unparks, virtual or platform, continues on the carrier")
  void unparkedFromAForeignThread(boolean virtual) {
    var turns = new SynchronousQueue<Task<?>>();
    var foreigner = new CompletableFuture<Thread>();
    foreigner.complete(start(virtual, () -> {
      try {
        for (int i = 0; i < 200; i++) {
          turns.take();
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }));
    run(() -> {
      for (int i = 0; i < 200; i++) {
        turns.put(Task.current().orElseThrow());
        assertOnTheLoop();
      }
      foreigner.join().join();
      assertOnTheLoop();
    });
  }

  @Test
  @DisplayName(
      "VT-3: a task whose timed park ends continues on the carrier (sleep, parkNanos, poll with timeout)")
  void timedParks() {
    run(() -> {
      Thread.sleep(1);
      assertOnTheLoop();
      LockSupport.parkNanos(1_000);
      assertOnTheLoop();
      assertEquals(null, new SynchronousQueue<String>().poll(1, TimeUnit.MILLISECONDS));
      assertOnTheLoop();
    });
  }

  @Test
  @DisplayName("VT-3: a task that has waited for a monitor continues on the carrier")
  void monitors() {
    var monitor = new Object();
    var held = new CountDownLatch(1);
    var entering = new CountDownLatch(1);
    Thread.ofPlatform().daemon().start(() -> {
      synchronized (monitor) {
        held.countDown();
        try {
          entering.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    });
    run(() -> {
      held.await();
      entering.countDown();
      synchronized (monitor) {
        assertOnTheLoop();
      }
      assertOnTheLoop();
    });
  }

  @Test
  @DisplayName(
      "J4: virtual threads that code in a task or a callback starts live on the loop's carrier")
  void children() {
    var seen = new ArrayList<String>(); // only the carrier touches it
    loop.callSoon(
        () -> Thread.startVirtualThread(() -> seen.add(Thread.currentThread().toString())));
    run(() -> {
      Thread child = Thread.startVirtualThread(() -> {
        seen.add(Thread.currentThread().toString());
        Thread.startVirtualThread(() -> seen.add(Thread.currentThread().toString()));
      });
      child.join();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        threads.submit(() -> seen.add(Thread.currentThread().toString())).get();
      }
      while (seen.size() < 4) {
        Task.sleep(Duration.ZERO);
      }
    });
    for (String thread : seen) {
      assertTrue(thread.endsWith(carrier), thread);
    }
  }

  @Test
  @DisplayName("J6: callbacks run on virtual threads of the loop, never on the bare carrier")
  void callbacksAreOnVirtualThreads() {
    var kinds = new ArrayList<Boolean>();
    Runnable note = () -> {
      assertOnTheLoop();
      kinds.add(Thread.currentThread().isVirtual());
    };
    loop.callSoon(note);
    loop.callSoonThreadsafe(note);
    loop.callLater(Duration.ZERO, note);
    Future<Void> future = loop.createFuture();
    future.addDoneCallback(done -> note.run());
    future.setResult(null);
    run(() -> Task.sleep(Duration.ofMillis(1)));
    assertEquals(List.of(true, true, true, true), kinds);
  }

  @Test
  @DisplayName("VT-1: no two run at once: code between two awaits is atomic, whatever wakes it")
  void oneAtATime() {
    var inside = new AtomicBoolean();
    var count = new int[1];
    Runnable critical = () -> {
      assertTrue(inside.compareAndSet(false, true));
      int before = count[0];
      Thread.onSpinWait();
      count[0] = before + 1;
      inside.set(false);
    };
    run(() -> {
      var tasks = new ArrayList<Task<Void>>();
      for (int i = 0; i < 50; i++) {
        tasks.add(loop.createTask(() -> {
          for (int k = 0; k < 20; k++) {
            critical.run();
            var answer = new CompletableFuture<Void>();
            loop.runInExecutor(() -> answer.complete(null));
            answer.join(); // unparked from a pool thread
            critical.run();
            loop.callSoon(critical);
            Task.sleep(Duration.ZERO);
          }
        }));
      }
      for (Task<Void> task : tasks) {
        task.await();
      }
      Task.sleep(Duration.ZERO);
    });
    assertEquals(50 * 20 * 3, count[0]);
  }

  @Test
  @DisplayName("VT-11: a suspended task without references is not collected, and continues")
  void tasksAreHeldStrongly() {
    var ended = new AtomicBoolean();
    run(() -> {
      var gone = new WeakReference<>(suspendForgotten(ended));
      Task.sleep(Duration.ZERO);
      for (int i = 0; i < 5; i++) {
        System.gc();
        Task.sleep(Duration.ofMillis(5));
      }
      assertTrue(gone.get() != null);
      loop.allTasks().forEach(task -> {
        if (task != Task.current().orElseThrow()) {
          task.awaiting().ifPresent(Future::cancel);
        }
      });
      Task.sleep(Duration.ofMillis(5));
    });
    assertTrue(ended.get());
  }

  private Task<Void> suspendForgotten(AtomicBoolean ended) {
    return loop.createTask(() -> {
      try {
        loop.createFuture().await(); // to which no other reference exists
      } finally {
        ended.set(true);
      }
    });
  }

  @Test
  @DisplayName(
      "J9: an interrupt of the carrier's thread neither stops nor spins the loop, and is kept")
  void interruptOfTheCarrier() {
    var blocks = new int[1];
    Clock counting = new Clock() {
      @Override
      public long time() {
        return System.nanoTime();
      }

      @Override
      public long block(long timeout) {
        blocks[0]++;
        return timeout;
      }
    };
    Thread carrierThread = Thread.currentThread();
    try (EventLoop counted = EventLoop.newEventLoop(counting)) {
      counted.runUntilComplete(() -> {
        var interrupter = Thread.ofPlatform().daemon().start(() -> {
          await().until(() -> blocks[0] > 0);
          carrierThread.interrupt();
        });
        Task.sleep(Duration.ofMillis(300));
        assertTrue(!interrupter.isAlive());
      });
    }
    assertTrue(blocks[0] < 20, "the loop spun: " + blocks[0]);
    assertTrue(Thread.interrupted(), "the thread that runs the loop still sees the interrupt");
  }

  @Test
  @DisplayName("J9: a thread that is interrupted before it runs a loop runs it nevertheless")
  void interruptedBefore() {
    Thread.currentThread().interrupt();
    String result = loop.runUntilComplete(() -> {
      Task.sleep(Duration.ofMillis(1));
      return "done";
    });
    assertEquals("done", result);
    assertTrue(Thread.interrupted());
  }
}
