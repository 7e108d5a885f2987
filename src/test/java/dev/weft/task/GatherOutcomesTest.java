package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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

/** The method {@code gather} with failures as results. */
class GatherOutcomesTest {

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  @Test
  @DisplayName("GATH-6: results, failures and cancellations become elements of the list, in order")
  void elements() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      Task<Object> cancelled = started(GatherOutcomesTest::waitForEver);
      Future<List<Outcome<Object>>> all = Asyncio.gatherOutcomes(List.of(
          Asyncio.<Object>createTask(() -> {
            turns(3);
            return "x";
          }),
          Asyncio.<Object>createTask(() -> {
            throw boom;
          }),
          cancelled));
      cancelled.cancel("why");
      turns(2);
      assertFalse(all.done(), "a failure does not end gather");
      List<Outcome<Object>> outcomes = all.await();
      assertEquals("x", outcomes.get(0).get());
      assertTrue(outcomes.get(0).failure().isEmpty());
      assertSame(boom, outcomes.get(1).failure().orElseThrow());
      assertSame(boom, assertThrows(IOException.class, outcomes.get(1)::get));
      var error =
          assertInstanceOf(CancelledError.class, outcomes.get(2).failure().orElseThrow());
      assertEquals("why", error.getMessage());
      assertSame(error, assertThrows(CancelledError.class, outcomes.get(2)::get));
      assertThrows(UnsupportedOperationException.class, () -> outcomes.remove(0));
    });
  }

  @Test
  @DisplayName("GATH-6: failures that became elements count as retrieved")
  void seen() {
    var reports = new ArrayList<ExceptionContext>();
    try (EventLoop loop = Loops.newLoop()) {
      loop.setExceptionHandler((l, report) -> reports.add(report));
      loop.runUntilComplete(() -> Asyncio.gatherOutcomes(() -> {
            throw new IOException("boom");
          })
          .await());
    }
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName(
      "GATH-1, GATH-2, GATH-10: gather accepts no arguments, duplicates, and futures that are already done")
  void asGather() {
    Loops.run(() -> {
      assertEquals(List.of(), Gather.outcomes(List.of()).result());
      Future<String> failed = EventLoop.getRunningLoop().createFuture();
      failed.setException(new IOException("boom"));
      List<Outcome<String>> outcomes = Gather.outcomes(List.of(failed, failed)).result();
      assertEquals(2, outcomes.size());
      assertSame(
          outcomes.get(0).failure().orElseThrow(), outcomes.get(1).failure().orElseThrow());
      assertEquals("x", Asyncio.gatherOutcomes(() -> "x").await().get(0).get());
    });
  }

  @Test
  @DisplayName("GATH-7: a cancelled gather ends with CancelledError when the last child ends")
  void cancel() {
    Loops.run(() -> {
      Task<Object> quick = started(GatherOutcomesTest::waitForEver);
      Task<Object> slow = started(() -> {
        try {
          return waitForEver();
        } finally {
          turns(5);
        }
      });
      Future<List<Outcome<Object>>> all = Gather.outcomes(List.of(quick, slow));
      assertTrue(all.cancel("why"));
      turns(3);
      assertTrue(quick.cancelled());
      assertFalse(all.done(), "one child is left");
      assertEquals("why", assertThrows(CancelledError.class, all::await).getMessage());
      assertTrue(slow.cancelled());
      assertFalse(all.cancelled());
    });
  }

  @Test
  @DisplayName(
      "GATH-7: a cancelled gather ends with CancelledError even if all children swallow the request or fail")
  void cancelSwallowed() {
    Loops.run(() -> {
      Task<Object> swallowing =
          started(() -> assertThrows(CancelledError.class, GatherOutcomesTest::waitForEver));
      Task<Object> failing = started(() -> {
        assertThrows(CancelledError.class, GatherOutcomesTest::waitForEver);
        throw new IOException("boom");
      });
      Future<List<Outcome<Object>>> all = Gather.outcomes(List.of(swallowing, failing));
      all.cancel();
      assertThrows(CancelledError.class, all::await);
      assertFalse(swallowing.cancelled() || failing.cancelled());
    });
  }

  @Test
  @DisplayName("GATH-8: cancelling a gather that is done has no effect")
  void cancelDone() {
    Loops.run(() -> {
      Future<List<Outcome<String>>> all = Asyncio.gatherOutcomes(() -> "x");
      all.await();
      assertFalse(all.cancel());
      assertEquals("x", all.result().get(0).get());
    });
  }
}
