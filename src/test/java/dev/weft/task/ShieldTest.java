package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A shield, which protects the awaited future from cancellation. */
class ShieldTest {

  private final IOException boom = new IOException("boom");

  private static Future<String> future() {
    return EventLoop.getRunningLoop().createFuture();
  }

  @Test
  @DisplayName(
      "the shield has the outcome of its inner future: the same result or the same exception object")
  void passesOn() {
    Loops.run(() -> {
      Future<String> inner = future();
      Future<String> outer = Asyncio.shield(inner);
      assertNotSame(inner, outer);
      inner.setResult("x");
      assertEquals("x", outer.await());
      Future<String> failing = future();
      outer = Asyncio.shield(failing);
      failing.setException(boom);
      assertSame(boom, assertThrows(IOException.class, outer::await));
    });
  }

  @Test
  @DisplayName("SH-1: shield returns an inner future that is done itself")
  void done() {
    Loops.run(() -> {
      Future<String> inner = future();
      inner.setResult("x");
      assertSame(inner, Asyncio.shield(inner));
    });
  }

  @Test
  @DisplayName("SH-2: a cancelled shield does not affect its inner future")
  void cancelled() {
    Loops.run(() -> {
      Task<String> inner = started(() -> {
        turns(5);
        return "x";
      });
      Future<String> outer = Asyncio.shield(inner);
      assertTrue(outer.cancel());
      assertEquals(0, inner.cancelling());
      assertEquals("x", inner.await());
      assertTrue(outer.cancelled());
    });
  }

  @Test
  @DisplayName("SH-2: a later failure of the inner future is reported once")
  void lateFailure() {
    var reports = new ArrayList<ExceptionContext>();
    try (EventLoop loop = Loops.newLoop()) {
      loop.setExceptionHandler((l, report) -> reports.add(report));
      loop.runUntilComplete(() -> {
        Future<String> inner = future();
        Asyncio.shield(inner).cancel();
        turns(1);
        inner.setException(boom);
        turns(2);
        Future<String> other = future();
        Asyncio.shield(other).cancel();
        other.setException(boom); // in the turn in which the shield is cancelled
        turns(2);
        return null;
      });
    }
    assertEquals(
        List.of(boom, boom),
        reports.stream().map(report -> report.exception().orElseThrow()).toList());
  }

  @Test
  @DisplayName("SH-3: if the inner future is cancelled, the shield becomes cancelled")
  void innerCancelled() {
    Loops.run(() -> {
      Future<String> inner = future();
      Future<String> outer = Asyncio.shield(inner);
      inner.cancel();
      assertThrows(CancelledError.class, outer::await);
      assertTrue(outer.cancelled());
    });
  }

  @Test
  @DisplayName("SH-4: a cancelled caller of a shield throws at once")
  void callerCancelled() {
    Loops.run(() -> {
      Future<String> inner = future();
      Task<String> caller = started(() -> Asyncio.shield(inner).await());
      caller.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, caller::await).getMessage());
      assertTrue(caller.cancelled());
      assertFalse(inner.done());
      inner.setResult("x");
    });
  }
}
