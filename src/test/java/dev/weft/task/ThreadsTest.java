package dev.weft.task;

import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.ContextVar;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Blocking code on threads outside the loop. */
class ThreadsTest {

  private final Order order = new Order();

  @Test
  @DisplayName(
      "to_thread runs the code on another thread while the loop continues, and returns its result")
  void elsewhere() {
    var loopHasGoneOn = new CountDownLatch(1);
    Loops.run(() -> {
      EventLoop.getRunningLoop().callSoon(loopHasGoneOn::countDown);
      Thread own = Thread.currentThread();
      assertEquals("x", Asyncio.toThread(() -> {
        loopHasGoneOn.await(); // would not return if the loop were blocked
        assertNotSame(own, Thread.currentThread());
        assertFalse(Thread.currentThread().isVirtual());
        return "x";
      }));
      Asyncio.toThread(() -> order.expect(1));
      order.finish(2);
    });
  }

  @Test
  @DisplayName("to_thread throws the exception of the code, the same object")
  void failure() {
    var boom = new IOException("boom");
    Loops.run(() -> assertSame(
        boom,
        assertThrows(
            IOException.class,
            () -> Asyncio.toThread(() -> {
              throw boom;
            }))));
  }

  @Test
  @DisplayName("CTX-6: to_thread passes a copy of the caller's context, run_in_executor does not")
  void context() {
    ContextVar<String> variable = new ContextVar<>("variable");
    Loops.run(() -> {
      variable.set("caller's");
      assertEquals("caller's", Asyncio.toThread(() -> {
        String seen = variable.get();
        variable.set("thread's");
        return seen;
      }));
      assertEquals("caller's", variable.get());
      EventLoop loop = EventLoop.getRunningLoop();
      assertEquals("none", loop.runInExecutor(() -> variable.get("none")).await());
    });
  }

  @Test
  @DisplayName(
      "if the caller of to_thread is cancelled, the code continues, and its result is dropped")
  void cancelled() {
    var begun = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<String> caller = loop.createTask(() -> Asyncio.toThread(() -> {
        begun.countDown();
        goOn.await();
        return "dropped";
      }));
      loop.runInExecutor(() -> {
            begun.await();
            return null;
          })
          .await();
      caller.cancel();
      assertThrows(CancelledError.class, caller::await);
      goOn.countDown();
      turns(1);
    });
  }

  @Test
  @DisplayName("to_thread outside a task fails, and the code does not run")
  void outsideATask() {
    assertThrows(IllegalStateException.class, () -> Asyncio.toThread(order::expectUnreached));
    order.finish(1);
  }
}
