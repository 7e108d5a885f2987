package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.testkit.Loops;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Virtual threads that a task has started by the JDK's own API (J4). */
class GuestThreadsTest {

  @Test
  @DisplayName(
      "J4: virtual threads that a task starts run on its loop, which lists them while they live")
  void listed() {
    Loops.run(() -> {
      EventLoop running = EventLoop.getRunningLoop();
      assertEquals(List.of(), running.guestThreads());
      var latch = new CountDownLatch(1);
      Thread guest = Thread.ofVirtual().name("guest").start(() -> {
        assertSame(running, EventLoop.getRunningLoop());
        awaitUninterruptibly(latch);
      });
      assertEquals(List.of(guest), running.guestThreads());
      Loops.turns(2);
      assertEquals(List.of(guest), running.guestThreads());
      latch.countDown();
      guest.join();
      assertEquals(List.of(), running.guestThreads());
    });
  }

  @Test
  @DisplayName(
      "J4: threads of an executor that a task created, and threads started in callbacks, are listed too")
  void ofExecutorsAndCallbacks() {
    Loops.run(() -> {
      EventLoop running = EventLoop.getRunningLoop();
      var latch = new CountDownLatch(1);
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        executor.execute(() -> awaitUninterruptibly(latch));
        running.callSoon(() -> Thread.startVirtualThread(() -> awaitUninterruptibly(latch)));
        Loops.turns(2);
        assertEquals(2, running.guestThreads().size());
        latch.countDown();
      }
      Loops.turns(2);
      assertEquals(List.of(), running.guestThreads());
    });
  }

  @Test
  @DisplayName("tasks, and the threads that the loop itself creates, are not listed")
  void tasksAreNot() {
    Loops.run(() -> {
      EventLoop running = EventLoop.getRunningLoop();
      Task<Void> parked = running.createTask(() -> LockSupport.park());
      Thread own = running.newThread(LockSupport::park, "own");
      own.start();
      Loops.turns(1);
      own.interrupt();
      parked.cancel();
      own.join();
      assertEquals(List.of(), running.guestThreads());
    });
  }

  @Test
  @DisplayName("many threads that start and end leave nothing behind")
  void manyComeAndGo() {
    Loops.run(() -> {
      for (int i = 0; i < 1000; i++) {
        Thread.startVirtualThread(() -> {}).join();
      }
      assertEquals(List.of(), EventLoop.getRunningLoop().guestThreads());
    });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // starts one more thread
      }
    }
  }
}
