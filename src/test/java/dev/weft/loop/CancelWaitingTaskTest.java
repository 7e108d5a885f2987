package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Cancelling a task that waits in an await, or that is on its way out of one. */
class CancelWaitingTaskTest {

  private final Order order = new Order();

  @Test
  @DisplayName("CANC-1: cancel() of a done task returns false")
  void done() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> "x");
      task.await();
      assertFalse(task.cancel());
      assertEquals(0, task.cancelling());
      assertEquals("x", task.result());
    });
  }

  @Test
  @DisplayName(
      "CANC-2, CANC-17: the awaited future is cancelled at once, the task resumes in its turn")
  void forwarded() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<Void> task = loop.createTask(() -> {
        assertThrows(CancelledError.class, future::await);
        order.expect(4);
      });
      Loops.turns(1);
      future.addDoneCallback(done -> order.expect(5)); // behind the task, which was first
      loop.callSoon(() -> order.expect(3));
      order.expect(1);
      assertTrue(task.cancel());
      assertTrue(future.cancelled());
      order.expect(2);
      task.await();
      order.finish(6);
    });
  }

  @Test
  @DisplayName("CANC-3: cancelling a task that awaits a task cancels the inner one first")
  void innerFirst() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> inner = loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } finally {
          order.expect(2);
          Loops.turns(1); // cleaning up takes time
          order.expect(3);
        }
      });
      Task<Void> outer = loop.createTask(() -> {
        try {
          inner.await();
        } finally {
          assertTrue(inner.cancelled());
          order.expect(4);
        }
      });
      Loops.turns(1);
      outer.cancel();
      assertEquals(1, inner.cancelling());
      order.expect(1);
      assertThrows(CancelledError.class, outer::await);
      assertTrue(outer.cancelled());
      order.finish(5);
    });
  }

  @Test
  @DisplayName(
      "CANC-20, TASK-4: in a chain of tasks the first reader of each task gets the same CancelledError")
  void sameError() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var thrown = new CancelledError[2];
      Task<Void> inner = loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } catch (CancelledError error) {
          thrown[0] = error;
          throw error;
        }
      });
      Task<Void> outer = loop.createTask(() -> {
        try {
          inner.await();
        } catch (CancelledError error) {
          thrown[1] = error;
          throw error;
        }
      });
      Loops.turns(1);
      outer.cancel("why");
      var seen = assertThrows(CancelledError.class, outer::await);
      assertSame(thrown[0], seen);
      assertSame(thrown[1], seen);
      assertEquals("why", seen.getMessage());
      assertTrue(
          Arrays.stream(seen.getStackTrace())
              .anyMatch(frame -> frame.getMethodName().contains("sameError")),
          "shows where the work was interrupted");
    });
  }

  @Test
  @DisplayName(
      "CANC-4, CANC-5: cancelled between the future's completion and its own resumption, the task loses its result")
  void betweenCompletionAndResumption() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<String> task = loop.createTask(future::await);
      Loops.turns(1);
      future.setResult("lost");
      assertTrue(task.cancel("too late"));
      assertEquals("too late", assertThrows(CancelledError.class, task::await).getMessage());
      assertTrue(task.cancelled());
      assertEquals("lost", future.result());
    });
  }

  @Test
  @DisplayName("CANC-5: a failure that is on its way is lost in the same way")
  void failureOnItsWay() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<String> task = loop.createTask(future::await);
      Loops.turns(1);
      future.setException(new IOException("lost"));
      task.cancel();
      assertThrows(CancelledError.class, task::await);
    });
  }

  @Test
  @DisplayName("CANC-4: a task that only yields is cancelled when its turn comes")
  void yielding() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(() -> {
        var error = assertThrows(CancelledError.class, () -> Loops.turns(1));
        assertEquals("why", error.getMessage());
        assertFalse(Thread.currentThread().isInterrupted());
        order.expect(3);
      });
      loop.callSoon(() -> loop.callSoon(() -> order.expect(4))); // behind the task's second step
      Loops.turns(1);
      loop.createTask(() -> order.expect(5));
      task.cancel("why");
      order.expect(1);
      order.expect(2);
      task.await();
      Loops.turns(1);
      order.finish(6);
    });
  }

  @Test
  @DisplayName("CANC-4, CANC-6: cancelled before its first step, the body never runs")
  void beforeFirstStep() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(() -> order.expectUnreached());
      assertTrue(task.cancel());
      assertFalse(task.done(), "CANC-17: not before its turn");
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
      order.finish(1);
    });
  }

  @Test
  @DisplayName("CANC-10: before the first step the last message wins")
  void lastMessageBeforeFirstStep() {
    Loops.run(() -> {
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> order.expectUnreached());
      task.cancel("first");
      task.cancel("last");
      assertEquals("last", assertThrows(CancelledError.class, task::await).getMessage());
    });
  }

  @Test
  @DisplayName(
      "CANC-9, CANC-10: many requests to a waiting task: one error with the first message, all counted")
  void manyRequests() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> awaited = loop.createFuture();
      Task<String> task = loop.createTask(() -> {
        var error = assertThrows(CancelledError.class, awaited::await);
        assertEquals(3, Task.current().orElseThrow().cancelling());
        Loops.turns(2); // would throw a request that was left over
        return error.getMessage();
      });
      Loops.turns(1);
      assertTrue(task.cancel("first"));
      assertTrue(task.cancel("second"));
      assertTrue(task.cancel("third"));
      assertEquals("first", task.await());
      assertEquals(3, task.cancelling());
      assertFalse(task.cancelled());
    });
  }

  @Test
  @DisplayName("CANC-10: a later cancel without a message does not erase an earlier message")
  void noMessage() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<String> task = loop.createTask(loop.<String>createFuture()::await);
      Loops.turns(1);
      task.cancel();
      task.cancel("late");
      assertNull(assertThrows(CancelledError.class, task::await).getMessage());
    });
  }

  @Test
  @DisplayName("CANC-16: a cancel during the awaits of a cleanup interrupts the cleanup")
  void duringCleanup() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } finally {
          order.expect(1);
          loop.createFuture().await();
          order.expectUnreached();
        }
      });
      Loops.turns(1);
      task.cancel("first");
      Loops.turns(1);
      task.cancel("second");
      assertEquals("second", assertThrows(CancelledError.class, task::await).getMessage());
      assertEquals(2, task.cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "CANC-14: an inner task that swallows the request makes the outer await return; the outer can be cancelled again")
  void swallowedByInner() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<String> inner = loop.createTask(() -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        return "kept";
      });
      Task<String> outer = loop.createTask(() -> {
        String result = inner.await();
        order.expect(1);
        loop.createFuture().await();
        return result;
      });
      Loops.turns(1);
      outer.cancel();
      Loops.turns(2);
      assertFalse(outer.done());
      assertEquals("kept", inner.result());
      assertEquals(1, outer.cancelling());
      outer.cancel();
      assertThrows(CancelledError.class, outer::await);
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "CANC-15: awaiting a task that other code cancelled throws CancelledError; cancelling() tells the difference")
  void cancelledByOthers() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> inner = loop.createTask(() -> Loops.turns(100));
      Task<Integer> outer = loop.createTask(() -> {
        assertThrows(CancelledError.class, inner::await);
        return Task.current().orElseThrow().cancelling();
      });
      Loops.turns(1);
      inner.cancel();
      assertEquals(0, outer.await());
    });
  }

  @Test
  @DisplayName(
      "CANC-18: cancelling a task that waits for executor work abandons the work; its thread goes on")
  void executorWork() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var begun = new CompletableFuture<Void>();
      var release = new CountDownLatch(1);
      var ended = new CompletableFuture<Boolean>();
      Task<Object> task = loop.createTask(() -> loop.runInExecutor(() -> {
            begun.complete(null);
            release.await();
            ended.complete(Thread.currentThread().isInterrupted());
            return null;
          })
          .await());
      loop.wrapFuture(begun).await();
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      assertFalse(ended.isDone());
      release.countDown();
      assertEquals(false, loop.wrapFuture(ended).await());
    });
  }

  @Test
  @DisplayName("cancelling from another thread fails while the loop runs, and has no effect")
  void foreignThread() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> awaited = loop.createFuture();
      Task<String> task = loop.createTask(awaited::await);
      Loops.turns(1);
      var error = assertThrows(
          IllegalStateException.class,
          () -> loop.runInExecutor(() -> task.cancel()).await());
      assertTrue(error.getMessage().contains("callSoonThreadsafe"), error.getMessage());
      assertEquals(0, task.cancelling());
      awaited.setResult("x");
      assertEquals("x", task.await());
    });
  }
}
