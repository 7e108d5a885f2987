package dev.weft.sync;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Loops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Primitives that are used on threads outside their loop. */
class WrongThreadTest {

  /** Runs the code on another thread and returns its exception; null if there is none. */
  private static Throwable elsewhere(ThrowingRunnable<?> code) throws Exception {
    var thrown = new CompletableFuture<Throwable>();
    var thread = new Thread(() -> {
      try {
        code.run();
        thrown.complete(null);
      } catch (Throwable error) {
        thrown.complete(error);
      }
    });
    thread.start();
    thread.join(); // blocks the loop, so no turn passes
    return thrown.join();
  }

  private static void assertRefused(String method, ThrowingRunnable<?> code) throws Exception {
    Throwable error = elsewhere(code);
    assertTrue(error instanceof IllegalStateException, method + " threw " + error);
    assertTrue(error.getMessage().startsWith(method + " called from "), error.getMessage());
    assertTrue(error.getMessage().endsWith("use callSoonThreadsafe"), error.getMessage());
  }

  @Test
  @DisplayName("a put from another thread does not harm a queue with a waiting consumer")
  void consumerStillWakes() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      List<String> got = new ArrayList<>();
      Task<Void> consumer = started(() -> {
        while (true) {
          got.add(queue.get());
        }
      });
      assertRefused("Queue.putNowait", () -> queue.putNowait("x"));
      assertEquals(0, queue.qsize());
      queue.putNowait("y");
      queue.putNowait("z");
      turns(2);
      assertEquals(List.of("y", "z"), got);
      consumer.cancel();
    });
  }

  @Test
  @DisplayName(
      "after a call from another thread, waiters of an event, a semaphore and a lock still wake")
  void waitersStillWake() {
    Loops.run(() -> {
      var event = new Event();
      Task<Void> forEvent = started(event::await);
      assertRefused("Event.set", event::set);
      assertFalse(event.isSet());
      event.set();
      forEvent.await();

      var semaphore = new Semaphore(0);
      Task<Void> forPermit = started(semaphore::acquire);
      assertRefused("Semaphore.release", semaphore::release);
      semaphore.release();
      forPermit.await();
      assertTrue(semaphore.locked());

      var lock = new Lock();
      lock.acquire();
      Task<Void> forLock = started(lock::acquire);
      assertRefused("Lock.release", lock::release);
      assertTrue(lock.locked());
      lock.release();
      forLock.await();
      assertTrue(lock.locked());
    });
  }

  @Test
  @DisplayName(
      "every method that changes or waits fails on another thread, also without waiters and at first use")
  void everyMethod() {
    Loops.run(() -> {
      Map<String, ThrowingRunnable<?>> calls = new LinkedHashMap<>();
      var queue = new Queue<String>();
      calls.put("Queue.putNowait", () -> queue.putNowait("x"));
      calls.put("Queue.put", () -> queue.put("x"));
      calls.put("Queue.getNowait", queue::getNowait);
      calls.put("Queue.get", queue::get);
      calls.put("Queue.taskDone", queue::taskDone);
      calls.put("Queue.join", queue::join);
      calls.put("Queue.shutdown", queue::shutdown);
      PriorityQueue<String> priorities = new PriorityQueue<>();
      calls.put("PriorityQueue.putNowait", () -> priorities.putNowait("x"));
      var newest = new LifoQueue<String>();
      calls.put("LifoQueue.putNowait", () -> newest.putNowait("x"));
      var event = new Event();
      calls.put("Event.set", event::set);
      calls.put("Event.clear", event::clear);
      calls.put("Event.await", event::await);
      var semaphore = new Semaphore(1);
      calls.put("Semaphore.acquire", semaphore::acquire);
      calls.put("Semaphore.release", semaphore::release);
      var bounded = new BoundedSemaphore(1);
      calls.put("BoundedSemaphore.acquire", bounded::acquire);
      calls.put("BoundedSemaphore.release", bounded::release);
      var lock = new Lock();
      calls.put("Lock.acquire", lock::acquire);
      calls.put("Lock.release", lock::release);
      var condition = new Condition(lock);
      calls.put("Condition.await", condition::await);
      calls.put("Condition.waitFor", () -> condition.waitFor(() -> true));
      calls.put("Condition.signal", condition::signal);
      calls.put("Condition.signalAll", condition::signalAll);
      var barrier = new Barrier(1);
      calls.put("Barrier.await", barrier::await);
      calls.put("Barrier.reset", barrier::reset);
      calls.put("Barrier.abort", barrier::abort);

      for (Map.Entry<String, ThrowingRunnable<?>> call : calls.entrySet()) {
        assertRefused(call.getKey(), call.getValue());
      }
      assertEquals(0, queue.qsize() + priorities.qsize() + newest.qsize());
      assertFalse(event.isSet());
      assertFalse(lock.locked());
      assertFalse(barrier.broken());
      semaphore.acquire();
      assertTrue(semaphore.locked(), "there is an excess permit");
      queue.putNowait("not shut down");
    });
  }

  @Test
  @DisplayName("a queue may be created and filled before there is a loop, and on another thread")
  void filledBefore() throws Exception {
    var queue = new Queue<String>(2);
    queue.putNowait("a");
    assertNull(elsewhere(() -> queue.putNowait("b")));
    Loops.run(() -> {
      assertEquals("a", queue.get());
      assertRefused("Queue.getNowait", queue::getNowait);
      assertEquals("b", queue.get());
    });
    queue.putNowait("after the loop");
    assertEquals("after the loop", queue.getNowait());
  }

  @Test
  @DisplayName(
      "another loop can use a primitive that one loop only created, or used before it stopped")
  void nextLoop() throws Exception {
    try (EventLoop first = Loops.newLoop()) {
      first.runUntilComplete(() -> {
        var made = new Event();
        assertNull(elsewhere(() -> Loops.run(made::set)));
        assertTrue(made.isSet());
        var used = new Event();
        used.clear();
        Throwable refused = elsewhere(() -> Loops.run(used::set));
        assertTrue(refused instanceof IllegalStateException, String.valueOf(refused));
        assertFalse(used.isSet());
        return null;
      });
      Queue<String> used = first.runUntilComplete(() -> {
        var queue = new Queue<String>();
        queue.putNowait("x");
        return queue;
      });
      Loops.run(() -> {
        assertEquals("x", used.get());
        Task<String> waiting = started(() -> used.get());
        assertRefused("Queue.putNowait", () -> used.putNowait("z"));
        used.putNowait("y");
        assertEquals("y", waiting.await());
      });
      Task<String> bound = first.createTask(() -> used.get());
      first.callSoon(first::stop);
      first.runForever();
      assertThrows(
          IllegalStateException.class, bound::result, "the wait bound it to the other loop");
    }
  }
}
