package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The future of {@code gather}, which combines several others. */
class GatherTest {

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
    assertThrows(CancelledError.class, GatherTest::waitForEver);
    return result;
  }

  @Test
  @DisplayName("GATH-1: gather without arguments is done at once, with an empty list")
  void nothing() {
    Loops.run(() -> {
      Future<List<Object>> none = Gather.of(List.of());
      assertTrue(none.done());
      assertEquals(List.of(), none.result());
      assertEquals(List.of(), Gather.ofCoroutines(List.of()).result());
    });
  }

  @Test
  @DisplayName("GATH-2: a duplicate future counts once, and its result appears twice")
  void twice() {
    Loops.run(() -> {
      Future<String> a = EventLoop.getRunningLoop().createFuture();
      Future<String> b = EventLoop.getRunningLoop().createFuture();
      Future<List<String>> all = Gather.of(List.of(a, b, a));
      a.setResult("a");
      Loops.turns(1);
      assertFalse(all.done());
      b.setResult("b");
      assertEquals(List.of("a", "b", "a"), all.await());
    });
  }

  @Test
  @DisplayName(
      "GATH-3: results have the order of the arguments, not of completion; null is a result")
  void argumentOrder() {
    Loops.run(() -> {
      Future<String> a = EventLoop.getRunningLoop().createFuture();
      Future<String> b = EventLoop.getRunningLoop().createFuture();
      Future<List<String>> all = Gather.of(List.of(a, b));
      b.setResult(null);
      Loops.turns(1);
      a.setResult("a");
      assertEquals(Arrays.asList("a", null), all.await());
    });
  }

  @Test
  @DisplayName(
      "GATH-3: coroutines become tasks in the order of the arguments; a duplicate coroutine becomes two tasks")
  void coroutines() {
    Loops.run(() -> {
      var calls = new ArrayList<String>();
      ThrowingCallable<Integer, ?> counted = () -> {
        calls.add("counted");
        return calls.size();
      };
      ThrowingCallable<Integer, ?> other = () -> {
        calls.add("other");
        return calls.size();
      };
      Future<List<Integer>> all = Gather.ofCoroutines(List.of(counted, other, counted));
      assertEquals(List.of(), calls);
      assertEquals(List.of(1, 2, 3), all.await());
      assertEquals(List.of("counted", "other", "counted"), calls);
    });
  }

  @Test
  @DisplayName(
      "GATH-4: the first failure ends gather at once; the other children continue, and cannot change the outcome")
  void firstFailure() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> sibling = loop.createFuture();
      Future<String> failing = loop.createFuture();
      Future<String> late = loop.createFuture();
      Future<List<String>> all = Gather.of(List.of(sibling, failing, late));
      var boom = new IOException("boom");
      failing.setException(boom);
      assertSame(boom, assertThrows(IOException.class, all::await));
      assertFalse(sibling.done() || late.done());
      assertFalse(all.cancel(), "GATH-8");
      assertFalse(sibling.done(), "GATH-8: cancelling a done future reaches no child");
      sibling.setResult("x");
      late.setException(new IOException("late"));
      Loops.turns(1);
      assertSame(boom, all.exception().orElseThrow());
    });
  }

  @Test
  @DisplayName(
      "GATH-5: if a child is cancelled, gather fails with the child's CancelledError, but is not cancelled itself")
  void cancelledChild() {
    Loops.run(() -> {
      Task<Object> child = started(GatherTest::waitForEver);
      Future<String> sibling = EventLoop.getRunningLoop().createFuture();
      Future<List<Object>> all = Gather.of(List.of(child, sibling));
      child.cancel("child's");
      var error = assertThrows(CancelledError.class, all::await);
      assertEquals("child's", error.getMessage());
      assertFalse(all.cancelled());
      assertSame(error, all.exception().orElseThrow());
      assertFalse(sibling.done());
    });
  }

  @Test
  @DisplayName(
      "GATH-7: cancelling gather cancels every unfinished child; gather ends when the first child ends")
  void cancel() {
    Loops.run(() -> {
      Future<String> done = EventLoop.getRunningLoop().createFuture();
      done.setResult("done");
      Task<Object> quick = EventLoop.getRunningLoop().createTask(GatherTest::waitForEver);
      Task<Object> slow = started(() -> {
        try {
          return waitForEver();
        } finally {
          Loops.turns(5);
          order.expect(2);
        }
      });
      Future<List<Object>> all = Gather.of(List.of(done, slow, quick));
      assertTrue(all.cancel("why"));
      assertFalse(all.done(), "gather waits until a child ends");
      assertEquals(1, slow.cancelling());
      assertEquals(1, quick.cancelling());
      assertEquals("why", assertThrows(CancelledError.class, all::await).getMessage());
      order.expect(1);
      assertFalse(all.cancelled());
      assertThrows(CancelledError.class, slow::await);
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "GATH-7: a cancelled gather ends with CancelledError even if every child swallows the request")
  void cancelSwallowed() {
    Loops.run(() -> {
      Task<String> a = EventLoop.getRunningLoop().createTask(() -> swallow("a"));
      Task<String> b = started(() -> swallow("b"));
      Future<List<String>> all = Gather.of(List.of(a, b));
      all.cancel("why");
      assertThrows(CancelledError.class, all::await);
      assertEquals("a", a.result());
      assertEquals("b", b.result());
    });
  }

  @Test
  @DisplayName(
      "GATH-7: cancelling a task that awaits gather cancels the children and waits for them")
  void cancelTheWaiter() {
    Loops.run(() -> {
      Task<Object> child = started(GatherTest::waitForEver);
      Task<List<Object>> waiter =
          started(() -> Gather.of(List.<Future<Object>>of(child)).await());
      waiter.cancel();
      assertFalse(child.done());
      assertThrows(CancelledError.class, waiter::await);
      assertTrue(child.cancelled());
      assertTrue(waiter.cancelled());
    });
  }

  @Test
  @DisplayName("GATH-9: futures of different loops are an error, and none is affected")
  void twoLoops() {
    try (EventLoop other = Loops.newLoop()) {
      Future<String> foreign = other.createFuture();
      Loops.run(() -> {
        Future<String> own = EventLoop.getRunningLoop().createFuture();
        assertThrows(IllegalArgumentException.class, () -> Gather.of(List.of(own, foreign)));
      });
      foreign.setResult("no callback runs");
    }
  }

  @Test
  @DisplayName(
      "GATH-10: if all children are done, gather returns a done future, also if one of them has failed")
  void allDone() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> a = loop.createFuture();
      Future<String> failed = loop.createFuture();
      Future<String> pending = loop.createFuture();
      a.setResult("a");
      failed.setException(new IOException("boom"));
      assertEquals(List.of("a", "a"), Gather.of(List.of(a, a)).result());
      assertThrows(IOException.class, Gather.of(List.of(a, pending, failed))::result);
      assertFalse(Gather.of(List.of(a, pending)).done());
    });
  }

  @Test
  @DisplayName("null among the arguments is an error before any coroutine becomes a task")
  void nulls() {
    Loops.run(() -> {
      ThrowingCallable<String, ?> counted = () -> {
        order.expectUnreached();
        return "x";
      };
      var error = assertThrows(
          NullPointerException.class, () -> Gather.ofCoroutines(Arrays.asList(counted, null)));
      assertEquals("null in coroutines", error.getMessage());
      Future<String> future = EventLoop.getRunningLoop().createFuture();
      error =
          assertThrows(NullPointerException.class, () -> Gather.of(Arrays.asList(future, null)));
      assertEquals("null in futures", error.getMessage());
      assertThrows(NullPointerException.class, () -> Gather.of(null));
      Loops.turns(1);
      order.finish(1);
    });
  }

  @Test
  @DisplayName(
      "the list of results cannot be changed, and later changes of the arguments do not affect it")
  void immutable() {
    Loops.run(() -> {
      Future<String> a = EventLoop.getRunningLoop().createFuture();
      var arguments = new ArrayList<>(List.of(a));
      Future<List<String>> all = Gather.of(arguments);
      arguments.clear();
      a.setResult("a");
      assertEquals(List.of("a"), all.await());
      assertThrows(UnsupportedOperationException.class, () -> all.result().add("b"));
    });
  }
}
