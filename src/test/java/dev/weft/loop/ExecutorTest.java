package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** Blocking code on other threads. */
class ExecutorTest {

  private final Order order = new Order();
  private final EventLoop loop = EventLoop.newEventLoop();
  private final List<ExceptionContext> reports = new ArrayList<>();

  @BeforeEach
  void listen() {
    loop.setExceptionHandler((where, record) -> reports.add(record));
  }

  @AfterEach
  void close() {
    loop.close();
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName(
      "EXEC-1: code runs on a named daemon platform thread, off the loop; the loop goes on")
  void defaultPool() {
    var gate = new CountDownLatch(1);
    loop.runUntilComplete(() -> {
      Future<Thread> future = loop.runInExecutor(() -> {
        gate.await();
        assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
        return Thread.currentThread();
      });
      Task.sleep(Duration.ofMillis(1));
      assertFalse(future.done());
      gate.countDown();
      Thread worker = future.await();
      assertFalse(worker.isVirtual());
      assertTrue(worker.isDaemon());
      assertTrue(worker.getName().startsWith("weft-executor-"), worker.getName());
    });
  }

  @Test
  @DisplayName("EXEC-1: a loop that does not use the pool does not create it")
  void lazyPool() throws Exception {
    loop.runUntilComplete(() -> {});
    var field = BaseEventLoop.class.getDeclaredField("executor");
    field.setAccessible(true);
    var executor = DefaultExecutor.class.getDeclaredField("executor");
    executor.setAccessible(true);
    assertEquals(null, executor.get(field.get(loop)));
  }

  @Test
  @DisplayName("EXEC-2: another executor can be the default one; the loop shuts it down at close")
  void otherDefault() {
    var pool =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().name("mine").factory());
    loop.setDefaultExecutor(pool);
    String name = loop.runUntilComplete(
        () -> loop.runInExecutor(() -> Thread.currentThread().getName()).await());
    assertEquals("mine", name);
    assertThrows(NullPointerException.class, () -> loop.setDefaultExecutor(null));
    loop.close();
    assertTrue(pool.isShutdown());
  }

  @Test
  @DisplayName("EXEC-3: cancelling prevents queued code from starting")
  void cancelQueued() throws Exception {
    var pool = Executors.newSingleThreadExecutor();
    loop.setDefaultExecutor(pool);
    var gate = new CountDownLatch(1);
    loop.runUntilComplete(() -> {
      Future<Void> first = loop.runInExecutor(() -> {
        gate.await();
        return null;
      });
      Future<Object> queued = loop.runInExecutor(() -> {
        order.expectUnreached();
        return null;
      });
      assertTrue(queued.cancel());
      Task.sleep(Duration.ofMillis(1)); // done callbacks take a turn
      gate.countDown();
      first.await();
      loop.runInExecutor(() -> null).await(); // behind the queued one
      assertTrue(queued.cancelled());
    });
    order.finish(1);
  }

  @Test
  @DisplayName(
      "EXEC-3: cancelling does not stop running code; its late result is dropped without a report")
  void cancelRunning() {
    var begun = new CountDownLatch(1);
    var gate = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    loop.runUntilComplete(() -> {
      Task<String> task = loop.createTask(() -> loop.runInExecutor(() -> {
            begun.countDown();
            gate.await();
            ended.countDown();
            return "late";
          })
          .await());
      Task.sleep(Duration.ofMillis(1));
      begun.await();
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      gate.countDown();
      ended.await();
      Task.sleep(Duration.ofMillis(5));
    });
  }

  @Test
  @DisplayName(
      "EXEC-4: after its shutdown the default executor accepts no code; an explicit one does")
  void afterShutdown() {
    loop.runUntilComplete(() -> {
      loop.runInExecutor(() -> null).await();
      loop.shutdownDefaultExecutor(Duration.ofSeconds(10));
      var e = assertThrows(IllegalStateException.class, () -> loop.runInExecutor(() -> null));
      assertEquals("Executor shutdown has been called", e.getMessage());
      assertEquals(7, loop.runInExecutor(Runnable::run, () -> 7).await());
    });
  }

  @Test
  @DisplayName(
      "EXEC-5: while the executor shuts down the loop goes on, and code that has begun ends")
  void shutdownWaits() {
    var gate = new CountDownLatch(1);
    loop.runUntilComplete(() -> {
      Future<Void> future = loop.runInExecutor(() -> {
        gate.await();
        return null;
      });
      loop.createTask(() -> {
        Task.sleep(Duration.ofMillis(20));
        order.expect(1);
        gate.countDown();
      });
      loop.shutdownDefaultExecutor(Duration.ofSeconds(20));
      order.expect(2);
      future.await();
    });
    order.finish(3);
  }

  @Test
  @DisplayName("EXEC-5: after the timeout the shutdown warns and does not wait for the threads")
  void shutdownTimesOut() {
    var gate = new CountDownLatch(1);
    try (var log = LogCapture.start()) {
      loop.runUntilComplete(() -> {
        loop.runInExecutor(() -> {
          gate.await();
          return null;
        });
        loop.shutdownDefaultExecutor(Duration.ofMillis(20));
      });
      List<LogCapture.Event> warnings = log.events(Level.WARN);
      assertEquals(1, warnings.size());
      assertTrue(warnings.get(0).message().contains("PT0.02S"), warnings::toString);
    }
    gate.countDown();
  }

  @Test
  @DisplayName("EXEC-5: a shutdown that is cancelled while it waits leaves nothing behind")
  void shutdownCancelled() {
    var gate = new CountDownLatch(1);
    loop.runUntilComplete(() -> {
      loop.runInExecutor(() -> {
        gate.await();
        return null;
      });
      Task<Void> shutdown =
          loop.createTask(() -> loop.shutdownDefaultExecutor(Duration.ofSeconds(20)));
      Task.sleep(Duration.ofMillis(5));
      shutdown.cancel();
      assertThrows(CancelledError.class, shutdown::await);
      gate.countDown();
      Task.sleep(Duration.ofMillis(50)); // the unfinished one arrives now
    });
  }

  @Test
  @DisplayName("EXEC-5: a bad call of shutdownDefaultExecutor fails before it shuts anything down")
  void badShutdown() {
    assertThrows(
        IllegalStateException.class, () -> loop.shutdownDefaultExecutor(Duration.ofSeconds(1)));
    loop.runUntilComplete(() -> {
      var e = assertThrows(NullPointerException.class, () -> loop.shutdownDefaultExecutor(null));
      assertEquals("timeout", e.getMessage());
      assertEquals(1, loop.runInExecutor(() -> 1).await());
    });
  }

  @Test
  @DisplayName(
      "EXEC-6: await throws the exception of the code, the same object, with its own trace")
  void failure() {
    var failure = new IOException("there");
    loop.runUntilComplete(() -> {
      Future<Void> future = loop.runInExecutor(() -> {
        throw failure;
      });
      assertSame(failure, assertThrows(IOException.class, future::await));
      assertEquals(1, failure.getSuppressed().length);
      assertInstanceOf(AwaitedAt.class, failure.getSuppressed()[0]);
    });
  }

  @Test
  @DisplayName(
      "EXEC-6: an error of the code, even a fatal one, belongs to the future and not to the pool")
  void error() {
    var error = new OutOfMemoryError("not a real one");
    loop.runUntilComplete(() -> {
      Future<Void> future = loop.runInExecutor(() -> {
        throw error;
      });
      assertSame(error, assertThrows(OutOfMemoryError.class, future::await));
    });
  }

  @Test
  @DisplayName(
      "runInExecutor: a rejection by the executor is thrown at once; null is an error with the parameter's name")
  void refusals() {
    var closed = Executors.newSingleThreadExecutor();
    closed.shutdown();
    assertThrows(RejectedExecutionException.class, () -> loop.runInExecutor(closed, () -> null));
    assertEquals(
        "code",
        assertThrows(NullPointerException.class, () -> loop.runInExecutor(Runnable::run, null))
            .getMessage());
    assertEquals(
        "executor",
        assertThrows(NullPointerException.class, () -> loop.runInExecutor(null, () -> null))
            .getMessage());
  }

  @Test
  @DisplayName("runInExecutor: a result after the close of the loop is dropped; the worker goes on")
  void lateResult() throws Exception {
    var later = new ArrayList<Runnable>();
    Future<Integer> future = loop.runInExecutor(later::add, () -> 1);
    loop.close();
    Thread worker = Thread.ofPlatform()
        .uncaughtExceptionHandler((thread, error) -> order.expectUnreached())
        .start(later.get(0));
    worker.join();
    assertFalse(future.done());
    order.finish(1);
  }
}
