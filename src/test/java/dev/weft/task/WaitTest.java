package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Clock;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The method {@code wait}, which waits for some of several futures. */
class WaitTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Order order = new Order();

  private static Future<String> future() {
    return EventLoop.getRunningLoop().createFuture();
  }

  private static Task<Wait.Result<Future<String>>> waiting(
      ReturnWhen returnWhen, List<Future<String>> futures) {
    return started(() -> Wait.of(futures, Optional.empty(), returnWhen));
  }

  @Test
  @DisplayName("WAIT-1: no futures, or a null among them, are errors")
  void refused() {
    Loops.run(() -> {
      assertThrows(IllegalArgumentException.class, () -> Asyncio.wait(List.of()));
      Future<String> future = future();
      assertEquals(
          "null in futures",
          assertThrows(NullPointerException.class, () -> Asyncio.wait(Arrays.asList(future, null)))
              .getMessage());
      assertThrows(
          NullPointerException.class, () -> Wait.of(List.of(future), Optional.empty(), null));
      assertThrows(
          NullPointerException.class,
          () -> Wait.of(List.of(future), null, ReturnWhen.ALL_COMPLETED));
    });
  }

  @Test
  @DisplayName(
      "WAIT-2: duplicates count once; the sets have the given order, and cannot be changed")
  void distinct() {
    Loops.run(() -> {
      Future<String> a = future();
      Future<String> b = future();
      Task<Wait.Result<Future<String>>> waiting =
          waiting(ReturnWhen.ALL_COMPLETED, List.of(a, b, a));
      b.setResult("b");
      turns(3);
      assertFalse(waiting.done());
      a.setResult("a");
      Wait.Result<Future<String>> result = waiting.await();
      assertEquals(List.of(a, b), new ArrayList<>(result.done()));
      assertEquals(Set.of(), result.pending());
      assertThrows(UnsupportedOperationException.class, () -> result.done().clear());
    });
  }

  @Test
  @DisplayName(
      "WAIT-2: the done set has all futures that are done when the waiter runs, not only the one that woke it")
  void computedOnWakeUp() {
    Loops.run(() -> {
      Future<String> trigger = future();
      Future<String> late = future();
      Future<String> pending = future();
      Task<Wait.Result<Future<String>>> waiting =
          waiting(ReturnWhen.FIRST_COMPLETED, List.of(trigger, late, pending));
      trigger.setResult("x");
      turns(1); // the waiter is woken and has not run yet
      late.setResult("y");
      assertFalse(waiting.done());
      Wait.Result<Future<String>> result = waiting.await();
      assertEquals(Set.of(trigger, late), result.done());
      assertEquals(Set.of(pending), result.pending());
    });
  }

  @Test
  @DisplayName(
      "WAIT-3: FIRST_EXCEPTION ends at the first failure, not at a result or a cancelled future")
  void firstException() {
    var reports = new ArrayList<ExceptionContext>();
    Loops.run(() -> {
      EventLoop.getRunningLoop().setExceptionHandler((loop, report) -> reports.add(report));
      Future<String> ok = future();
      Future<String> cancelled = future();
      Future<String> failed = future();
      Future<String> pending = future();
      Task<Wait.Result<Future<String>>> waiting =
          waiting(ReturnWhen.FIRST_EXCEPTION, List.of(ok, cancelled, failed, pending));
      ok.setResult("x");
      cancelled.cancel();
      turns(3);
      assertFalse(waiting.done());
      failed.setException(new IOException("boom"));
      Wait.Result<Future<String>> result = waiting.await(); // does not throw
      assertEquals(Set.of(ok, cancelled, failed), result.done());
      assertEquals(Set.of(pending), result.pending());
    });
    assertEquals(List.of(), reports, "checking the cancelled future must not throw");
  }

  @Test
  @DisplayName(
      "WAIT-3: without a failure FIRST_EXCEPTION waits for all futures, and ALL_COMPLETED always does")
  void allCompleted() {
    Loops.run(() -> {
      for (ReturnWhen when : List.of(ReturnWhen.FIRST_EXCEPTION, ReturnWhen.ALL_COMPLETED)) {
        Future<String> a = future();
        Future<String> b = future();
        Task<Wait.Result<Future<String>>> waiting = waiting(when, List.of(a, b));
        a.cancel();
        if (when == ReturnWhen.ALL_COMPLETED) {
          b.setException(new IOException("boom"));
          b.exception();
        } else {
          b.cancel();
        }
        assertEquals(Set.of(a, b), waiting.await().done());
      }
      Future<String> failed = future();
      Future<String> last = future();
      Task<Wait.Result<Future<String>>> waiting =
          waiting(ReturnWhen.ALL_COMPLETED, List.of(failed, last));
      failed.setException(new IOException("boom"));
      turns(3);
      assertFalse(waiting.done());
      failed.exception();
      last.setResult("x");
      waiting.await();
    });
  }

  @Test
  @DisplayName("WAIT-4: after the timeout wait returns the futures that are done, and cancels none")
  void timeout() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> done = future();
      Future<String> pending = future();
      loop.callLater(SECOND.dividedBy(2), () -> done.setResult("x"));
      long begin = loop.time();
      Wait.Result<Future<String>> result =
          Wait.of(List.of(done, pending), Optional.of(SECOND), ReturnWhen.ALL_COMPLETED);
      assertEquals(SECOND.toNanos(), loop.time() - begin);
      assertEquals(Set.of(done), result.done());
      assertEquals(Set.of(pending), result.pending());
      assertFalse(pending.done());
      result =
          Wait.of(List.of(done, pending), Optional.of(Duration.ZERO), ReturnWhen.ALL_COMPLETED);
      assertEquals(Set.of(pending), result.pending());
    });
  }

  @Test
  @DisplayName(
      "WAIT-4: a cancelled wait cancels no future, and leaves no callback that would retrieve a failure")
  void cancelled() {
    var boom = new IOException("boom");
    var reports = new ArrayList<ExceptionContext>();
    try (EventLoop loop = Loops.newLoop()) {
      loop.setExceptionHandler((l, report) -> reports.add(report));
      loop.runUntilComplete(() -> {
        Future<String> failing = future();
        Future<String> other = future();
        Task<?> waiting = waiting(ReturnWhen.FIRST_EXCEPTION, List.of(failing, other));
        waiting.cancel();
        assertThrows(CancelledError.class, waiting::await);
        assertFalse(failing.done() || other.done());
        failing.setException(boom);
        turns(2);
        return null;
      });
    }
    assertEquals(1, reports.size(), "no code has retrieved the failure");
    assertSame(boom, reports.get(0).exception().orElseThrow());
  }

  @Test
  @DisplayName("WAIT-4: the end of the wait cancels the timer")
  void noTimerLeft() {
    var clock = new VirtualClock();
    var blocked = new ArrayList<Duration>();
    var recording = new Clock() {
      @Override
      public long time() {
        return clock.time();
      }

      @Override
      public long block(long timeout) {
        blocked.add(Duration.ofNanos(timeout));
        return clock.block(timeout);
      }
    };
    try (EventLoop loop = EventLoop.newEventLoop(recording)) {
      loop.runUntilComplete(() -> {
        Future<String> future = future();
        Task<?> waiting =
            started(() -> Wait.of(List.of(future), Optional.of(SECOND), ReturnWhen.ALL_COMPLETED));
        future.setResult("x");
        waiting.await();
        blocked.clear();
        Task.sleep(SECOND.multipliedBy(3));
        return null;
      });
    }
    assertEquals(List.of(SECOND.multipliedBy(3)), blocked);
  }

  @Test
  @DisplayName("WAIT-5: wait suspends even if all futures are done")
  void suspends() {
    Loops.run(() -> {
      Future<String> future = future();
      future.setResult("x");
      EventLoop.getRunningLoop().callSoon(() -> order.expect(1));
      assertEquals(Set.of(future), Asyncio.wait(List.of(future)).done());
      order.finish(2);
      assertTrue(future.done());
    });
  }
}
