package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Interrupting a task's thread is the same as cancelling the task. */
class InterruptTest {

  private final Order order = new Order();
  private Thread thread;

  private <T> Task<T> started(ThrowingCallable<T, ?> body) {
    Task<T> task = EventLoop.getRunningLoop().createTask(() -> {
      thread = Thread.currentThread();
      return body.call();
    });
    Loops.turns(1);
    return task;
  }

  @Test
  @DisplayName(
      "in an await: the awaited future is cancelled, the request counts, and the interrupt is cleared")
  void inAnAwait() {
    Loops.run(() -> {
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      Task<Boolean> task = started(() -> {
        assertThrows(CancelledError.class, future::await);
        Loops.turns(1);
        return Thread.currentThread().isInterrupted();
      });
      thread.interrupt();
      assertEquals(false, task.await());
      assertTrue(future.cancelled());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("in an await of a task: the inner task is cancelled and waited for")
  void inAnAwaitOfATask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> inner = loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } finally {
          Loops.turns(3);
          order.expect(1);
        }
      });
      Task<Void> outer = started(() -> inner.await());
      thread.interrupt();
      assertThrows(CancelledError.class, outer::await);
      assertTrue(inner.cancelled());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("in an await, from another thread: the loop wakes up for it")
  void fromAForeignThread() {
    Loops.run(() -> {
      Task<String> task = started(EventLoop.getRunningLoop().<String>createFuture()::await);
      Thread.ofPlatform().start(thread::interrupt);
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName(
      "an interrupted waiter resumes in its turn, in the place of the cancelled future's waiters")
  void takesItsTurn() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<Void> other = loop.createTask(() -> {
        assertThrows(CancelledError.class, future::await);
        order.expect(1);
      });
      Task<Void> task = started(() -> {
        assertThrows(CancelledError.class, future::await);
        order.expect(2);
      });
      thread.interrupt();
      other.await();
      task.await();
      order.finish(3);
    });
  }

  private Task<Void> started(ThrowingRunnable<?> body) {
    return started(body.asCallable());
  }

  @Test
  @DisplayName("between completion and resumption: the result is lost, as with a cancel (CANC-5)")
  void betweenCompletionAndResumption() {
    Loops.run(() -> {
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      Task<Void> task = started(() -> {
        future.await();
        order.expectUnreached();
      });
      future.setResult("lost");
      thread.interrupt();
      assertThrows(CancelledError.class, task::await);
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("while yielding: thrown in the task's next turn (CANC-4)")
  void whileYielding() {
    Loops.run(() -> {
      Task<Void> task = started(() -> {
        assertThrows(CancelledError.class, () -> Loops.turns(1));
        assertFalse(Thread.currentThread().isInterrupted());
        Loops.turns(1);
      });
      thread.interrupt();
      task.await();
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("by the task itself: takes effect at the next await that suspends (CANC-7)")
  void byItself() {
    Loops.run(() -> {
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      Task<Void> task = started(() -> {
        Thread.currentThread().interrupt();
        assertThrows(CancelledError.class, future::await);
        assertTrue(future.cancelled());
        Loops.turns(1);
      });
      task.await();
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("an interrupt that no await has noticed cancels a task that returns (CANC-8)")
  void thenReturn() {
    Loops.run(() -> {
      Task<String> task = started(() -> {
        Thread.currentThread().interrupt();
        return "dropped";
      });
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
    });
  }

  @Test
  @DisplayName("an interrupt does not take over the message of an earlier cancel")
  void message() {
    Loops.run(() -> {
      Task<Void> task = started(() -> {
        assertThrows(CancelledError.class, () -> Loops.turns(1));
        Thread.currentThread().interrupt();
        var error = assertThrows(CancelledError.class, () -> Loops.turns(1));
        assertNull(error.getMessage());
      });
      task.cancel("earlier");
      task.await();
      assertEquals(2, task.cancelling());
    });
  }
}
