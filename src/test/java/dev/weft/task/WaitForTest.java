package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ContextVar;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The method {@code waitFor}, which waits with a time limit. */
class WaitForTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Order order = new Order();

  private static <T> Task<T> started(ThrowingCallable<T, ?> coroutine) {
    Task<T> task = EventLoop.getRunningLoop().createTask(coroutine);
    Loops.turns(1);
    return task;
  }

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static String swallow(String result) {
    assertThrows(CancelledError.class, WaitForTest::waitForEver);
    return result;
  }

  @Test
  @DisplayName("waitFor returns the result or throws the failure of a future that is done in time")
  void inTime() {
    Loops.run(() -> {
      Task<String> task = started(() -> {
        Task.sleep(SECOND.dividedBy(2));
        return "x";
      });
      assertEquals("x", Timeouts.waitFor(task, SECOND));
      var boom = new IOException("boom");
      Task<Object> failing = started(() -> {
        throw boom;
      });
      assertSame(boom, assertThrows(IOException.class, () -> Timeouts.waitFor(failing, SECOND)));
      Task.sleep(SECOND); // a remaining timer would cancel this
    });
  }

  @Test
  @DisplayName("TMO-14: a coroutine runs in the caller's own task and context")
  void inline() {
    Loops.run(() -> {
      ContextVar<String> variable = new ContextVar<>("variable");
      Task<?> self = Task.current().orElseThrow();
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      assertEquals(
          "x",
          Timeouts.waitFor(
              () -> {
                order.expect(1); // no turn has passed yet
                assertSame(self, Task.current().orElseThrow());
                variable.set("set inside");
                return "x";
              },
              SECOND));
      assertEquals("set inside", variable.get());
      Loops.turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("TMO-15: with a limit of zero or less a done future gives its result")
  void zeroAndDone() {
    Loops.run(() -> {
      Future<String> done = EventLoop.getRunningLoop().createFuture();
      done.setResult("x");
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      assertEquals("x", Timeouts.waitFor(done, Duration.ZERO));
      assertEquals("x", Timeouts.waitFor(done, SECOND.negated()));
      order.expect(1); // no turn has passed
      Loops.turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "TMO-15: with a limit of zero or less waitFor cancels any other future, waits for its end, and throws TimeoutException")
  void zeroAndPending() {
    Loops.run(() -> {
      for (Duration timeout : new Duration[] {Duration.ZERO, SECOND.negated()}) {
        Task<Object> task = started(() -> {
          try {
            return waitForEver();
          } finally {
            Loops.turns(3);
          }
        });
        var error = assertThrows(TimeoutException.class, () -> Timeouts.waitFor(task, timeout));
        assertTrue(task.cancelled(), "ended before");
        assertInstanceOf(CancelledError.class, error.getCause());
      }
    });
  }

  @Test
  @DisplayName("TMO-15: with a limit of zero or less a coroutine does not run")
  void zeroAndCoroutine() {
    Loops.run(() -> {
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.waitFor(
              () -> {
                order.expectUnreached();
                return "x";
              },
              Duration.ZERO));
      assertEquals(1, EventLoop.getRunningLoop().allTasks().size());
      order.finish(1);
    });
  }

  @Test
  @DisplayName("TMO-16: waitFor waits for the inner task's cleanup, beyond the limit")
  void cleanup() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      Task<Object> task = started(() -> {
        try {
          return waitForEver();
        } finally {
          Task.sleep(SECOND);
        }
      });
      assertThrows(TimeoutException.class, () -> Timeouts.waitFor(task, SECOND));
      assertTrue(task.cancelled());
      assertEquals(before + 2 * SECOND.toNanos(), loop.time());
    });
  }

  @Test
  @DisplayName("TMO-17: if the inner task swallows the cancellation, waitFor returns its value")
  void innerSwallows() {
    Loops.run(() -> {
      assertEquals("kept", Timeouts.waitFor(started(() -> swallow("kept")), SECOND));
      assertEquals("kept", Timeouts.waitFor(started(() -> swallow("kept")), Duration.ZERO));
      assertEquals(0, Task.current().orElseThrow().cancelling());
      Loops.turns(1);
    });
  }

  @Test
  @DisplayName("TMO-17: if the inner task fails after the cancellation, waitFor throws its failure")
  void innerFails() {
    Loops.run(() -> {
      for (Duration timeout : new Duration[] {SECOND, Duration.ZERO}) {
        var boom = new IOException("boom");
        Task<Object> task = started(() -> {
          swallow("");
          throw boom;
        });
        assertSame(boom, assertThrows(IOException.class, () -> Timeouts.waitFor(task, timeout)));
      }
    });
  }

  @Test
  @DisplayName("TMO-18: cancelling the caller cancels the inner future")
  void cancelled() {
    Loops.run(() -> {
      Task<Object> inner = started(WaitForTest::waitForEver);
      Task<Object> outer = started(() -> Timeouts.waitFor(inner, SECOND));
      outer.cancel();
      assertThrows(CancelledError.class, outer::await);
      assertTrue(inner.cancelled());
      assertTrue(outer.cancelled());
    });
  }

  @Test
  @DisplayName(
      "TMO-18: if the inner future ends in the turn of the cancellation, the cancellation wins and the result stays readable")
  void cancelledAsItEnds() {
    Loops.run(() -> {
      Future<String> inner = EventLoop.getRunningLoop().createFuture();
      Task<String> outer = started(() -> Timeouts.waitFor(inner, SECOND));
      inner.setResult("kept");
      outer.cancel();
      assertThrows(CancelledError.class, outer::await);
      assertEquals("kept", inner.result());
      assertFalse(inner.cancelled());
    });
  }

  @Test
  @DisplayName("TMO-19: a shielded future survives the timeout")
  void shielded() {
    Loops.run(() -> {
      Task<String> inner = started(() -> {
        Task.sleep(SECOND.multipliedBy(2));
        return "x";
      });
      assertThrows(TimeoutException.class, () -> Timeouts.waitFor(Shield.of(inner), SECOND));
      assertEquals(0, inner.cancelling());
      assertEquals("x", Timeouts.waitFor(Shield.of(inner), SECOND.multipliedBy(2)));
    });
  }

  @Test
  @DisplayName("null is an error with the parameter's name, and nothing is cancelled")
  void nulls() {
    Loops.run(() -> {
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      Future<String> noFuture = null;
      ThrowingCallable<String, RuntimeException> noCoroutine = null;
      assertEquals("timeout", nameInError(() -> Timeouts.waitFor(future, null)));
      assertEquals("timeout", nameInError(() -> Timeouts.waitFor(() -> "x", null)));
      assertEquals("future", nameInError(() -> Timeouts.waitFor(noFuture, Duration.ZERO)));
      assertEquals("coroutine", nameInError(() -> Timeouts.waitFor(noCoroutine, SECOND)));
      assertFalse(future.done());
    });
  }

  private static String nameInError(Executable call) {
    return assertThrows(NullPointerException.class, call).getMessage();
  }
}
