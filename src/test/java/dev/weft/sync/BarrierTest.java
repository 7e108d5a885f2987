package dev.weft.sync;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A barrier, at which tasks wait for one another. */
class BarrierTest {

  private final Order order = new Order();
  private final Barrier barrier = new Barrier(3);

  private Task<Integer> arriving() {
    return started(barrier::await);
  }

  private static void assertBroken(Task<Integer> task) {
    assertThrows(BrokenBarrierException.class, task::await);
  }

  @Test
  @DisplayName("BAR-1: fewer than one party is an error")
  void parties() {
    assertThrows(IllegalArgumentException.class, () -> new Barrier(0));
    assertThrows(IllegalArgumentException.class, () -> new Barrier(-1));
    assertEquals(3, barrier.parties());
  }

  @Test
  @DisplayName(
      "BAR-1: each task gets its number in the order of arrival; the last passes without waiting")
  void places() {
    Loops.run(() -> {
      Task<Integer> first = arriving();
      Task<Integer> second = arriving();
      turns(3);
      assertFalse(first.done() || second.done());
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      assertEquals(2, barrier.await());
      order.expect(1);
      assertEquals(0, first.await());
      assertEquals(1, second.await());
      order.finish(3);
    });
  }

  @Test
  @DisplayName("BAR-1: a barrier of one never waits")
  void alone() {
    Loops.run(() -> {
      var alone = new Barrier(1);
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      assertEquals(0, alone.await());
      assertEquals(0, alone.await());
      order.expect(1);
      turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("BAR-2: a task that arrives while the barrier drains waits for the next round")
  void nextRound() {
    Loops.run(() -> {
      var places = new ArrayList<Integer>();
      for (int i = 0; i < 2; i++) {
        started(() -> {
          places.add(barrier.await());
          places.add(barrier.await()); // arrives while the barrier drains
        });
      }
      barrier.await();
      places.add(barrier.await());
      turns(5);
      places.sort(null);
      assertEquals(List.of(0, 0, 1, 1, 2), places, "two rounds of 0, 1, 2 without main's first");
      assertEquals(0, barrier.nWaiting());
    });
  }

  @Test
  @DisplayName("BAR-2: a task that arrives while the barrier is reset waits for the next round")
  void arrivalDuringReset() {
    Loops.run(() -> {
      Task<Integer> first = arriving();
      barrier.reset();
      Task<Integer> second = EventLoop.getRunningLoop().createTask(barrier::await);
      Task<Integer> third = EventLoop.getRunningLoop().createTask(barrier::await);
      assertBroken(first);
      turns(3);
      assertEquals(2, barrier.nWaiting());
      assertEquals(2, barrier.await());
      assertEquals(1, second.await() + third.await());
    });
  }

  @Test
  @DisplayName("BAR-3: a cancelled task leaves; the barrier is not broken")
  void cancelled() {
    Loops.run(() -> {
      Task<Integer> cancelled = arriving();
      Task<Integer> first = arriving();
      cancelled.cancel();
      assertThrows(CancelledError.class, cancelled::await);
      assertFalse(barrier.broken());
      assertEquals(1, barrier.nWaiting());
      Task<Integer> second = arriving();
      turns(3);
      assertFalse(first.done() || second.done(), "two parties are too few");
      barrier.await();
      first.await();
      second.await();
    });
  }

  @Test
  @DisplayName("BAR-4: abort fails all waits, now and until the barrier is reset")
  void abort() {
    Loops.run(() -> {
      Task<Integer> first = arriving();
      Task<Integer> second = arriving();
      barrier.abort();
      assertTrue(barrier.broken());
      assertBroken(first);
      assertBroken(second);
      assertThrows(BrokenBarrierException.class, barrier::await);
      assertThrows(BrokenBarrierException.class, barrier::await);
      barrier.reset();
      assertFalse(barrier.broken());
      first = arriving();
      second = arriving();
      assertEquals(2, barrier.await());
      assertEquals(0, first.await());
      assertEquals(1, second.await());
    });
  }

  @Test
  @DisplayName(
      "BAR-4: reset fails the present waits, then the barrier starts again; without waits it has no effect")
  void reset() {
    Loops.run(() -> {
      barrier.reset();
      Task<Integer> first = arriving();
      Task<Integer> second = arriving();
      barrier.reset();
      assertBroken(first);
      assertBroken(second);
      assertFalse(barrier.broken());
      assertEquals(0, barrier.nWaiting());
      first = arriving();
      second = arriving();
      assertEquals(2, barrier.await());
      assertEquals(0, first.await());
      assertEquals(1, second.await());
    });
  }

  @Test
  @DisplayName("BAR-5: nWaiting counts while the barrier fills, and is 0 otherwise")
  void waiting() {
    Loops.run(() -> {
      assertEquals(0, barrier.nWaiting());
      Task<Integer> first = arriving();
      assertEquals(1, barrier.nWaiting());
      Task<Integer> second = arriving();
      assertEquals(2, barrier.nWaiting());
      barrier.await();
      assertFalse(first.done() || second.done());
      assertEquals(0, barrier.nWaiting(), "the others are leaving");
      first.await();
      second.await();
      Task<Integer> third = arriving();
      assertEquals(1, barrier.nWaiting());
      barrier.abort();
      assertEquals(0, barrier.nWaiting());
      assertBroken(third);
    });
  }
}
