package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A loop that is closed with unfinished tasks (J10). */
class CloseWithTasksTest {

  private static final String PENDING = "Task was destroyed but it is pending!";
  private static final String LEFT = "Task did not end when its loop was closed";

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();
  private final List<ExceptionContext> reports = new CopyOnWriteArrayList<>();

  @BeforeEach
  void listen() {
    loop.setExceptionHandler((where, record) -> reports.add(record));
  }

  private void runOneTurn() {
    loop.stop();
    loop.runForever();
  }

  private List<String> messages() {
    return reports.stream().map(ExceptionContext::message).toList();
  }

  @Test
  @DisplayName(
      "J10: a report that waits for a lock of another thread is made before the loop is closed")
  void reportsAreAwaited() throws Exception {
    var lock = new ReentrantLock();
    var held = new CountDownLatch(1);
    Thread holder = Thread.ofPlatform().start(() -> {
      lock.lock();
      held.countDown();
      await().until(lock::hasQueuedThreads);
      lock.unlock();
    });
    held.await();
    loop.setExceptionHandler((where, record) -> {
      lock.lock();
      lock.unlock();
      reports.add(record);
    });
    loop.createFuture().setException(new IllegalStateException());
    loop.close();
    assertEquals(List.of("Future exception was never retrieved"), messages());
    holder.join();
  }

  @Test
  @DisplayName("J10: a pending task is reported and unwound: its finally blocks run")
  void unwound() {
    Task<Void> task = loop.createTask(() -> {
      try {
        Task.sleep(Duration.ofDays(1));
        order.expectUnreached();
      } catch (CancelledError e) {
        assertEquals("the event loop is closed", e.getMessage());
        order.expect(1);
        throw e;
      } finally {
        order.expect(2);
      }
    });
    runOneTurn();
    loop.close();
    order.finish(3);
    assertEquals(List.of(PENDING), messages());
    assertSame(task, reports.get(0).task().orElseThrow());
    assertTrue(task.cancelled());
  }

  @Test
  @DisplayName("J10: every further await of an unwound task fails")
  void furtherAwaitsAreRefused() {
    Future<Void> future = loop.createFuture();
    Task<String> task = loop.createTask(() -> {
      try {
        future.await();
      } catch (CancelledError swallowed) {
        order.expect(1);
      }
      assertThrows(CancelledError.class, () -> Task.sleep(Duration.ofSeconds(1)));
      assertThrows(CancelledError.class, () -> Task.sleep(Duration.ZERO));
      assertThrows(CancelledError.class, () -> loop.createFuture().await());
      order.expect(2);
      return "ended by itself";
    });
    runOneTurn();
    loop.close();
    order.finish(3);
    assertEquals("ended by itself", task.result());
    assertEquals(List.of(PENDING), messages());
  }

  @Test
  @DisplayName("J10: an unwound task can neither create tasks nor have its callbacks run")
  void nothingNewBegins() {
    loop.createTask(() -> {
      try {
        Task.sleep(Duration.ofDays(1));
      } finally {
        var e = assertThrows(
            IllegalStateException.class, () -> loop.createTask(order::expectUnreached));
        assertEquals("Event loop is closed", e.getMessage());
        assertThrows(
            IllegalStateException.class, () -> loop.callSoonThreadsafe(order::expectUnreached));
        loop.callSoon(order::expectUnreached);
        order.expect(1);
      }
    });
    runOneTurn();
    loop.close();
    order.finish(2);
  }

  @Test
  @DisplayName(
      "J10: a task that fails while it is unwound is reported with its failure before close returns")
  void failsWhileUnwound() {
    var failure = new IllegalStateException("in finally");
    loop.createTask(() -> {
      try {
        Task.sleep(Duration.ofDays(1));
      } catch (CancelledError e) {
        throw failure;
      }
    });
    runOneTurn();
    loop.close();
    assertEquals(List.of(PENDING, "Task exception was never retrieved"), messages());
    assertSame(failure, reports.get(1).exception().orElseThrow());
  }

  @Test
  @DisplayName("J10: a task that has not begun ends without a call of its body")
  void notBegun() {
    Task<Void> task = loop.createTask(order::expectUnreached);
    loop.close();
    order.finish(1);
    assertTrue(task.cancelled());
    assertEquals(List.of(PENDING), messages());
  }

  @Test
  @DisplayName("J10: a task parked in a JDK call is interrupted and ends")
  void parkedInTheJdk() {
    Task<Void> task = loop.createTask(() -> {
      try {
        new CountDownLatch(1).await();
      } finally {
        order.expect(1);
      }
    });
    runOneTurn();
    loop.close();
    order.finish(2);
    assertTrue(task.done());
    assertEquals(List.of(PENDING), messages());
  }

  @Test
  @DisplayName(
      "J10: a task that ignores cancellation without end is reported with its stack; close returns")
  void ignoresCancellation() {
    Task<Void> task = loop.createTask(this::neverEnds);
    runOneTurn();
    loop.close();
    assertEquals(List.of(PENDING, LEFT), messages());
    assertSame(task, reports.get(1).task().orElseThrow());
    assertTrue(reports.get(1).asMap().get("stack").toString().contains("neverEnds"));
    assertFalse(task.done());
  }

  private void neverEnds() {
    while (true) {
      try {
        Task.sleep(Duration.ofSeconds(1));
      } catch (CancelledError ignored) {
        order.hashCode();
      }
    }
  }

  @Test
  @DisplayName("J10: a task that calls Thread.yield without end does not block close either")
  void yieldsForEver() {
    var end = new AtomicInteger();
    Task<Void> task = loop.createTask(() -> {
      while (end.get() == 0) {
        Thread.yield();
      }
    });
    runOneTurn();
    loop.close();
    assertEquals(List.of(PENDING, LEFT), messages());
    end.set(1);
    await().until(task::done);
  }

  @Test
  @DisplayName(
      "J10: a task that waits for a lock is reported, and goes on elsewhere when it gets the lock")
  void parkedUninterruptibly() {
    var lock = new ReentrantLock();
    lock.lock();
    var after = new CompletableFuture<String>();
    Task<Void> task = loop.createTask(() -> {
      lock.lock();
      lock.unlock();
      try {
        Task.sleep(Duration.ofSeconds(1));
        order.expectUnreached();
      } catch (CancelledError refused) {
        after.complete(Thread.currentThread().toString());
        throw refused;
      }
    });
    runOneTurn();
    loop.close();
    assertEquals(List.of(PENDING, LEFT), messages());
    lock.unlock();
    assertTrue(after.join().endsWith("@weft-late-carrier"), after::join);
    await().until(task::done);
  }

  @Test
  @DisplayName(
      "J10: a virtual thread that a task has started is reported when its loop closes, and goes on elsewhere")
  void lateContinuations() throws Exception {
    var gate = new CountDownLatch(1);
    var child = new Thread[1];
    var carrier = new CompletableFuture<String>();
    loop.runUntilComplete(() -> {
      child[0] = Thread.startVirtualThread(() -> {
        try {
          gate.await();
          Thread.yield();
          carrier.complete(Thread.currentThread().toString());
        } catch (InterruptedException e) {
          carrier.completeExceptionally(e);
        }
      });
      Task.sleep(Duration.ZERO);
    });
    loop.close();
    assertEquals(List.of("Virtual threads outlive the loop that they ran on"), messages());
    assertEquals(List.of(child[0]), reports.get(0).asMap().get("threads"));
    gate.countDown();
    child[0].join();
    assertTrue(carrier.get().endsWith("@weft-late-carrier"), carrier.get());
  }

  @Test
  @DisplayName("J10: a callback that is parked when the loop closes is interrupted and ends")
  void parkedCallback() {
    loop.callSoon(() -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        order.expect(1);
      }
    });
    loop.callSoon(order::expectUnreached);
    loop.createTask(() -> {
      Loops.turns(1);
      throw new KeyboardInterrupt(); // otherwise a loop does not end before a parked callback ends
    });
    assertThrows(KeyboardInterrupt.class, loop::runForever);
    loop.close();
    order.finish(2);
  }

  @Test
  @DisplayName(
      "J6: an exception handler that waits for a lock of a pending task does not block close")
  void handlerWaitsForATask() {
    var lock = new ReentrantLock();
    loop.setExceptionHandler((where, record) -> {
      order.expect(1);
      lock.lock();
      try {
        order.expect(3);
        reports.add(record);
      } finally {
        lock.unlock();
      }
    });
    loop.createTask(() -> {
      lock.lock();
      try {
        Task.sleep(Duration.ofDays(1));
      } finally {
        order.expect(2);
        lock.unlock();
      }
    });
    runOneTurn();
    loop.close();
    order.finish(4);
    assertEquals(List.of(PENDING), messages());
  }
}
