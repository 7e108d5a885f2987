package dev.weft.sync;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A flag that tasks wait for. */
class EventTest {

  private final Order order = new Order();
  private final Event event = new Event();

  private Task<Void> awaiting(int step) {
    return started(() -> {
      event.await();
      order.expect(step);
    });
  }

  @Test
  @DisplayName(
      "EVT-1: set wakes all waiters, in order, even if the event is cleared before they run")
  void setAndClear() {
    Loops.run(() -> {
      Task<Void> first = awaiting(1);
      Task<Void> second = awaiting(2);
      event.set();
      event.clear();
      Task<Void> late = started(event::await);
      order.expect(3);
      assertTrue(first.done() && second.done());
      assertFalse(event.isSet());
      turns(3);
      assertFalse(late.done(), "this task began to wait after set()");
      event.set();
      late.await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName(
      "EVT-1: a waiter that is cancelled after set() is still cancelled; the others are not affected")
  void cancelled() {
    Loops.run(() -> {
      Task<Void> first = started(event::await);
      Task<Void> second = awaiting(1);
      event.set();
      first.cancel();
      assertThrows(CancelledError.class, first::await);
      assertTrue(second.done());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("EVT-1: setting twice, or with a cancelled waiter, is not an error")
  void setTwice() {
    Loops.run(() -> {
      Task<Void> waiter = started(event::await);
      waiter.cancel();
      event.set();
      event.set();
      assertThrows(CancelledError.class, waiter::await);
      assertTrue(event.isSet());
    });
  }

  @Test
  @DisplayName("EVT-2: waiting for an event that is set does not suspend")
  void alreadySet() {
    Loops.run(() -> {
      event.set();
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      event.await();
      order.expect(1);
      turns(1);
      order.finish(3);
    });
  }
}
