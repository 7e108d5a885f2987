package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Order;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Coroutines that other threads hand to a loop (EXEC-7). */
class RunCoroutineThreadsafeTest {

  private final Order order = new Order();
  private final EventLoop loop = EventLoop.newEventLoop();
  private final AtomicReference<Throwable> left = new AtomicReference<>();
  private Thread runner;

  @BeforeEach
  void start() {
    runner = Thread.ofPlatform().name("runner").start(() -> {
      try {
        loop.runForever();
      } catch (Throwable e) {
        left.set(e);
      }
    });
    await().until(loop::isRunning);
  }

  @AfterEach
  void stop() throws Exception {
    if (!loop.isClosed()) {
      loop.callSoonThreadsafe(loop::stop);
      runner.join();
      loop.close();
    }
  }

  @Test
  @DisplayName("EXEC-7: the coroutine runs as a task on the loop; its result comes back")
  void result() throws Exception {
    String where = loop.runCoroutineThreadsafe(() -> {
          Task.sleep(Duration.ofMillis(1));
          assertTrue(Task.current().isPresent());
          return Thread.currentThread().toString();
        })
        .get();
    assertTrue(where.endsWith("@runner"), where);
  }

  @Test
  @DisplayName(
      "EXEC-8: a task that blocks on a coroutine of its own loop parks alone, and the loop goes on")
  void onTheLoopItself() throws Exception {
    assertEquals(
        "x",
        loop.runCoroutineThreadsafe(() -> loop.runCoroutineThreadsafe(() -> "x").get())
            .get());
  }

  @Test
  @DisplayName("EXEC-7: the failure comes back as it is, and counts as retrieved")
  void failure() throws Exception {
    loop.setExceptionHandler((where, record) -> order.expectUnreached());
    var failure = new IOException("x");
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      throw failure;
    });
    assertSame(failure, assertThrows(ExecutionException.class, future::get).getCause());
    stop();
    order.finish(1);
  }

  @Test
  @DisplayName("EXEC-7: cancelling the future cancels the task")
  void cancel() throws Exception {
    var begun = new CountDownLatch(1);
    var cancelled = new CompletableFuture<Throwable>();
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      begun.countDown();
      try {
        Task.sleep(Duration.ofDays(1));
      } catch (CancelledError e) {
        cancelled.complete(e);
        throw e;
      }
      return null;
    });
    begun.await();
    assertTrue(future.cancel(true));
    assertTrue(cancelled.get() instanceof CancelledError);
  }

  @Test
  @DisplayName("EXEC-7: a coroutine that is cancelled before the loop sees it never begins")
  void cancelBefore() throws Exception {
    var gate = new CountDownLatch(1);
    var blocking = new CountDownLatch(1);
    loop.callSoonThreadsafe(() -> {
      blocking.countDown();
      while (gate.getCount() > 0) {
        Thread.onSpinWait();
      }
    });
    blocking.await();
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      order.expectUnreached();
      return null;
    });
    future.cancel(false);
    gate.countDown();
    loop.runCoroutineThreadsafe(() -> null).get();
    order.finish(1);
  }

  @Test
  @DisplayName("EXEC-7: a task that is cancelled on the loop cancels the future")
  void cancelledOnTheLoop() {
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      Task.current().orElseThrow().cancel();
      Task.sleep(Duration.ofDays(1));
      return null;
    });
    assertThrows(CancellationException.class, future::join);
  }

  @Test
  @DisplayName(
      "EXEC-7: a fatal exception leaves the loop; the caller gets it when the loop runs again")
  void fatal() throws Exception {
    var fatal = new KeyboardInterrupt();
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      throw fatal;
    });
    runner.join();
    assertSame(fatal, left.get());
    loop.stop();
    loop.runForever();
    assertSame(fatal, assertThrows(ExecutionException.class, future::get).getCause());
    loop.close();
  }

  @Test
  @DisplayName("EXEC-7: a null coroutine and a closed loop are errors at once")
  void refused() throws Exception {
    var e = assertThrows(NullPointerException.class, () -> loop.runCoroutineThreadsafe(null));
    assertEquals("coroutine", e.getMessage());
    stop();
    assertThrows(IllegalStateException.class, () -> loop.runCoroutineThreadsafe(() -> null));
  }

  @Test
  @DisplayName(
      "EXEC-7, LOOP-24: closing the loop cancels coroutines that have not begun, for their waiting threads")
  void closedBefore() throws Exception {
    loop.callSoonThreadsafe(loop::stop);
    runner.join();
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      order.expectUnreached();
      return null;
    });
    CompletableFuture<Boolean> told = future.handle((result, failure) -> loop.isClosed());
    loop.close();
    assertTrue(future.isCancelled());
    assertTrue(told.get());
    order.finish(1);
  }

  @Test
  @DisplayName("EXEC-7, LOOP-24: a coroutine that is done is not kept until the loop is closed")
  void doneIsForgotten() throws Exception {
    CompletableFuture<Object> future = loop.runCoroutineThreadsafe(Object::new);
    var result = new WeakReference<Object>(future.get());
    future = null;
    loop.runCoroutineThreadsafe(() -> null).get(); // the driver keeps the last callback
    await().until(() -> {
      System.gc();
      return result.get() == null;
    });
    assertTrue(loop.isRunning());
  }

  @Test
  @DisplayName(
      "EXEC-7, LOOP-24: closing the loop cancels coroutines that have begun, and their futures")
  void closedMeanwhile() throws Exception {
    var begun = new CountDownLatch(1);
    loop.setExceptionHandler((where, record) -> {}); // a task is pending
    CompletableFuture<Void> future = loop.runCoroutineThreadsafe(() -> {
      begun.countDown();
      Task.sleep(Duration.ofDays(1));
      return null;
    });
    begun.await();
    loop.callSoonThreadsafe(loop::stop);
    runner.join();
    loop.close();
    assertThrows(CancellationException.class, future::get);
  }
}
