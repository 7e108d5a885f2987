package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** TMO-11: a change of the deadline of a scope. */
class TimeoutRescheduleTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Timeout[] scopes = new Timeout[1];

  private static long in(Duration delay) {
    return EventLoop.getRunningLoop().time() + delay.toNanos();
  }

  @Test
  @DisplayName("TMO-11: a deadline can be moved to a later time")
  void later() {
    Loops.run(() -> {
      long deadline = in(HOUR);
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(SECOND, scope -> {
            assertEquals(OptionalLong.of(in(SECOND)), scope.when());
            scope.reschedule(deadline);
            assertEquals(OptionalLong.of(deadline), scope.when());
            return EventLoop.getRunningLoop().createFuture().await();
          }));
      assertEquals(deadline, in(Duration.ZERO));
    });
  }

  @Test
  @DisplayName(
      "TMO-11: a deadline can be moved to an earlier time, and set in a scope that had none")
  void sooner() {
    Loops.run(() -> {
      long deadline = in(SECOND);
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeoutAt(OptionalLong.empty(), scope -> {
            assertEquals(OptionalLong.empty(), scope.when());
            scope.reschedule(in(HOUR));
            scope.reschedule(deadline);
            return EventLoop.getRunningLoop().createFuture().await();
          }));
      assertEquals(deadline, in(Duration.ZERO));
    });
  }

  @Test
  @DisplayName("TMO-11: if a deadline is moved to the past, the scope expires in the next turn")
  void past() {
    Loops.run(() -> {
      long now = in(Duration.ZERO);
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(HOUR, scope -> {
            scope.reschedule(now);
            assertFalse(scope.expired());
            Loops.turns(1);
            throw new AssertionError("not reached");
          }));
      assertEquals(now, in(Duration.ZERO));
    });
  }

  @Test
  @DisplayName("TMO-11: if a deadline is removed, the scope never expires")
  void disabled() {
    Loops.run(() -> assertEquals("x", Timeouts.timeout(SECOND, scope -> {
      scope.disable();
      assertEquals(OptionalLong.empty(), scope.when());
      Task.sleep(HOUR);
      return "x";
    })));
  }

  @Test
  @DisplayName(
      "TMO-11: an expiring, expired or finished scope rejects a new deadline with an error that names the state")
  void tooLate() {
    Loops.run(() -> {
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(SECOND, scope -> {
            scopes[0] = scope;
            var cancelled = assertThrows(
                CancelledError.class, EventLoop.getRunningLoop().createFuture()::await);
            assertRefused(scope, "expiring");
            throw cancelled;
          }));
      assertRefused(scopes[0], "expired");

      Timeouts.timeout(SECOND, scope -> scopes[0] = scope);
      assertRefused(scopes[0], "finished");
      Task.sleep(HOUR); // no timer ends this sleep
    });
  }

  private static void assertRefused(Timeout scope, String state) {
    var error = assertThrows(IllegalStateException.class, () -> scope.reschedule(in(SECOND)));
    assertTrue(error.getMessage().contains(state), error.getMessage());
    assertThrows(IllegalStateException.class, scope::disable);
  }
}
