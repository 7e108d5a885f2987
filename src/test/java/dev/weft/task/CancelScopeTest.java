package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingFunction;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A cancel scope by itself: the exceptions that leave it, its deadline, and its states. */
class CancelScopeTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Order order = new Order();
  private final CancelScope scope = new CancelScope();

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static void nothingIsLeft() {
    assertEquals(0, Task.current().orElseThrow().cancelling());
    Loops.turns(3);
    Task.sleep(HOUR);
  }

  // ---- results and exceptions

  @Test
  @DisplayName("a body that ends in time returns its result")
  void inTime() {
    Loops.run(() -> {
      assertEquals(Optional.of("x"), Asyncio.moveOnAfter(HOUR, inside -> {
        Task.sleep(SECOND);
        assertFalse(inside.cancelCalled());
        return "x";
      }));
      assertEquals("x", Asyncio.failAfter(HOUR, inside -> "x"));
      assertNull(Asyncio.failAfter(HOUR, inside -> null));
      assertTrue(Asyncio.moveOnAfter(HOUR, () -> Task.sleep(SECOND)));
      long after = EventLoop.getRunningLoop().time();
      Asyncio.toThread(() -> "x");
      assertEquals(after, EventLoop.getRunningLoop().time(), "the scope left no timer");
    });
  }

  @Test
  @DisplayName("at the deadline the body is cancelled, and the scope returns normally")
  void tooLate() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      var escaped = new CancelScope[1];
      assertEquals(Optional.empty(), Asyncio.moveOnAfter(SECOND, inside -> {
        escaped[0] = inside;
        assertThrows(CancelledError.class, CancelScopeTest::waitForEver);
        assertEquals(0, Task.current().orElseThrow().cancelling());
        assertTrue(inside.cancelCalled());
        assertFalse(inside.cancelledCaught());
        return waitForEver();
      }));
      assertEquals(before + SECOND.toNanos(), loop.time());
      assertTrue(escaped[0].cancelledCaught());
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        waitForEver();
      }));
      assertThrows(
          TimeoutException.class, () -> Asyncio.failAfter(SECOND, inside -> waitForEver()));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("with a deadline in the past, the first wait is cancelled")
  void past() {
    Loops.run(() -> {
      for (Duration delay : new Duration[] {Duration.ZERO, SECOND.negated(), HOUR.negated()}) {
        assertFalse(Asyncio.moveOnAfter(delay, () -> {
          Loops.turns(1);
          order.expectUnreached();
        }));
        assertThrows(
            TimeoutException.class, () -> Asyncio.failAfter(delay, inside -> waitForEver()));
      }
      assertTrue(Asyncio.moveOnAfter(Duration.ZERO, () -> {}), "never waits");
      Future<String> done = EventLoop.getRunningLoop().createFuture();
      done.setResult("x");
      assertEquals(
          Optional.of("x"),
          Asyncio.moveOnAfter(Duration.ZERO, inside -> done.await()),
          "await of a done future does not wait");
      order.expect(1);
      order.finish(2);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("enormous durations neither overflow nor expire")
  void extremes() {
    Loops.run(() -> {
      assertTrue(Asyncio.moveOnAfter(Duration.ofSeconds(Long.MAX_VALUE), () -> Task.sleep(HOUR)));
      assertFalse(Asyncio.moveOnAfter(Duration.ofSeconds(Long.MIN_VALUE), () -> Task.sleep(HOUR)));
    });
  }

  @Test
  @DisplayName("a body that completes in spite of the cancellation returns its result")
  void resultKept() {
    Loops.run(() -> {
      assertEquals(Optional.of("x"), Asyncio.moveOnAfter(SECOND, inside -> {
        assertThrows(CancelledError.class, CancelScopeTest::waitForEver);
        return "x";
      }));
      assertEquals("x", Asyncio.failAfter(SECOND, inside -> {
        assertThrows(CancelledError.class, CancelScopeTest::waitForEver);
        return "x";
      }));
      scope.run(inside -> {
        inside.cancel();
        return "x";
      });
      assertTrue(scope.cancelCalled());
      assertFalse(scope.cancelledCaught());
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("another exception of a cancelled body leaves the scope, as the same object")
  void otherFailure() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      ThrowingFunction<CancelScope, Object, IOException> failing = inside -> {
        assertThrows(CancelledError.class, CancelScopeTest::waitForEver);
        throw boom;
      };
      assertSame(boom, assertThrows(IOException.class, () -> Asyncio.moveOnAfter(SECOND, failing)));
      assertSame(boom, assertThrows(IOException.class, () -> Asyncio.failAfter(SECOND, failing)));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a CancelledError in a scope that is not cancelled belongs to other code and passes")
  void foreignError() {
    Loops.run(() -> {
      Future<Object> cancelled = EventLoop.getRunningLoop().createFuture();
      cancelled.cancel("theirs");
      var error = assertThrows(
          CancelledError.class, () -> Asyncio.moveOnAfter(HOUR, inside -> cancelled.await()));
      assertEquals("theirs", error.getMessage());
    });
  }

  // ---- cancelling

  @Test
  @DisplayName(
      "if another task or a callback cancels the scope, the waiting task continues in the next turn")
  void cancelledByOthers() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.callSoon(() -> {
        scope.cancel();
        order.expect(1);
        loop.callSoon(() -> order.expect(3));
      });
      assertEquals(Optional.empty(), scope.run(inside -> waitForEver()));
      order.expect(2);
      Loops.turns(1);
      order.finish(4);
    });
  }

  @Test
  @DisplayName("a wait in a cancelled scope lets all ready entries run first")
  void waitIsATurn() {
    Loops.run(() -> {
      scope.cancel();
      scope.run(inside -> {
        EventLoop.getRunningLoop().callSoon(() -> order.expect(1));
        assertThrows(CancelledError.class, CancelScopeTest::waitForEver);
        order.expect(2);
        EventLoop.getRunningLoop().callSoon(() -> order.expect(3));
        assertThrows(CancelledError.class, () -> Loops.turns(1));
        order.finish(4);
        return null;
      });
    });
  }

  @Test
  @DisplayName(
      "a cancel before the entry of a scope takes effect from its start; a cancel after its end has no effect")
  void beforeAndAfter() {
    Loops.run(() -> {
      scope.cancel();
      scope.cancel();
      assertEquals(Optional.empty(), scope.run(inside -> waitForEver()));
      var other = new CancelScope();
      other.run(inside -> null);
      other.cancel();
      assertFalse(other.cancelCalled());
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "of nested scopes with one deadline the outer one ends the body, in either order of setting")
  void sameDeadline() {
    Loops.run(() -> {
      var inner = new CancelScope();
      inner.reschedule(SECOND.toNanos());
      scope.reschedule(SECOND.toNanos());
      scope.run(outside -> {
        inner.run(inside -> waitForEver());
        order.expectUnreached();
        return null;
      });
      assertTrue(scope.cancelledCaught());
      assertTrue(inner.cancelCalled());
      assertFalse(inner.cancelledCaught());
      order.finish(1);
    });
  }

  @Test
  @DisplayName("if only the inner scope is cancelled, the code between the two continues")
  void innerOnly() {
    Loops.run(() -> {
      assertTrue(Asyncio.moveOnAfter(HOUR, () -> {
        assertFalse(Asyncio.moveOnAfter(SECOND, () -> Task.sleep(HOUR)));
        Task.sleep(SECOND);
      }));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("if only the outer scope is cancelled, its error passes through the inner one")
  void outerOnly() {
    Loops.run(() -> {
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        assertThrows(CancelledError.class, () -> Asyncio.failAfter(HOUR, inside -> waitForEver()));
        Asyncio.failAfter(HOUR, inside -> waitForEver());
        order.expectUnreached();
      }));
      order.finish(1);
      nothingIsLeft();
    });
  }

  // ---- the deadline

  @Test
  @DisplayName("the deadline can be moved, removed and set, before and after the scope is entered")
  void reschedule() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertEquals(OptionalLong.empty(), scope.deadline());
      scope.reschedule(SECOND.toNanos());
      assertEquals(OptionalLong.of(SECOND.toNanos()), scope.deadline());
      assertEquals(Optional.empty(), scope.run(inside -> {
        inside.disable();
        assertEquals(OptionalLong.empty(), inside.deadline());
        Task.sleep(HOUR);
        inside.reschedule(loop.time() + HOUR.toNanos());
        inside.reschedule(loop.time() + SECOND.toNanos());
        return waitForEver();
      }));
      assertEquals(HOUR.plus(SECOND).toNanos(), loop.time());
    });
  }

  @Test
  @DisplayName("a deadline that is moved to the past cancels at once")
  void rescheduleToThePast() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      scope.run(inside -> {
        inside.reschedule(loop.time());
        assertTrue(inside.cancelCalled());
        return waitForEver();
      });
      assertTrue(scope.cancelledCaught());
    });
  }

  @Test
  @DisplayName("the deadline cannot be moved once the scope is cancelled or has ended")
  void rescheduleTooLate() {
    Loops.run(() -> {
      Executable reschedule = () -> scope.reschedule(0);
      scope.run(inside -> {
        inside.cancel();
        var error = assertThrows(IllegalStateException.class, reschedule);
        assertEquals("Cannot change the deadline of a cancelled cancel scope", error.getMessage());
        assertThrows(IllegalStateException.class, inside::disable);
        return null;
      });
      assertThrows(IllegalStateException.class, reschedule);
      var other = new CancelScope();
      other.run(inside -> null);
      var error = assertThrows(IllegalStateException.class, () -> other.reschedule(0));
      assertEquals("Cannot change the deadline of a finished cancel scope", error.getMessage());
    });
  }

  // ---- misuse

  @Test
  @DisplayName("a second run, a run in a callback and a run on another thread are errors")
  void misuse() {
    Loops.run(() -> {
      scope.run(inside -> null);
      assertThrows(IllegalStateException.class, () -> scope.run(inside -> null));
      Future<Void> checked = EventLoop.getRunningLoop().createFuture();
      EventLoop.getRunningLoop().callSoon(() -> {
        for (Executable entering : new Executable[] {
          () -> new CancelScope().run(inside -> null),
          () -> Asyncio.moveOnAfter(SECOND, () -> {}),
          () -> Asyncio.failAfter(SECOND, inside -> null),
          () -> Asyncio.shielded(() -> {})
        }) {
          assertThrows(IllegalStateException.class, entering);
        }
        checked.setResult(null);
      });
      checked.await();
      new CancelScope().run(inside -> {
        for (Runnable change : new Runnable[] {
          inside::cancel, inside::disable, () -> inside.reschedule(1), () -> inside.setShield(true)
        }) {
          var wrong = assertThrows(
              ExecutionException.class, () -> CompletableFuture.runAsync(change).get());
          assertTrue(wrong.getCause() instanceof IllegalStateException, wrong::toString);
        }
        assertFalse(inside.cancelCalled());
        assertFalse(inside.shield());
        return null;
      });
      assertThrows(NullPointerException.class, () -> new CancelScope().run(null));
      assertThrows(NullPointerException.class, () -> Asyncio.moveOnAfter(null, () -> {}));
    });
  }

  @Test
  @DisplayName("the text of a scope shows its state")
  void text() {
    Loops.run(() -> {
      assertEquals("CancelScope[created]", scope.toString());
      scope.setShield(true);
      scope.run(inside -> {
        inside.cancel();
        assertEquals("CancelScope[entered, cancelled, shielded]", scope.toString());
        return null;
      });
      assertEquals("CancelScope[finished, cancelled, shielded]", scope.toString());
    });
  }
}
