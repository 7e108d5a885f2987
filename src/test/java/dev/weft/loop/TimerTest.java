package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.task.CancelScope;
import dev.weft.task.Timeouts;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code callLater} and {@code callAt} as a user sees them. */
class TimerTest {

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName("LOOP-6: timers with equal deadlines fire in the order in which they were set")
  void equalDeadlines() {
    long when = loop.time() + 1_000;
    for (int i = 1; i <= 50; i++) {
      int step = i;
      loop.callAt(when, () -> order.expect(step));
    }
    loop.callAt(when, loop::stop);
    loop.runForever();
    order.finish(51);
  }

  @Test
  @DisplayName(
      "LOOP-3: timers fire in the order of their deadlines, whatever the order of the calls")
  void byDeadline() {
    loop.callLater(Duration.ofHours(3), loop::stop);
    loop.callLater(Duration.ofHours(1), () -> order.expect(1));
    loop.callLater(Duration.ofHours(2), () -> order.expect(2));
    loop.runForever();
    order.finish(3);
  }

  @Test
  @DisplayName(
      "LOOP-7: a cancelled timer does not fire, also when another timer of its turn cancels it")
  void cancelled() {
    loop.callAt(10, order::expectUnreached).cancel();
    var victim = new TimerHandle[1];
    loop.callAt(20, () -> {
      order.expect(1);
      victim[0].cancel();
    });
    victim[0] = loop.callAt(20, order::expectUnreached);
    loop.callAt(30, loop::stop);
    loop.runForever();
    order.finish(2);
  }

  @Test
  @DisplayName("LOOP-11: cancelling a timer twice, or after it has fired, has no effect")
  void cancelIsIdempotent() {
    TimerHandle fired = loop.callAt(10, () -> order.expect(1));
    TimerHandle twice = loop.callAt(15, order::expectUnreached);
    twice.cancel();
    twice.cancel();
    loop.callAt(20, () -> {
      fired.cancel();
      loop.callAt(30, () -> order.expect(2));
      loop.callAt(40, loop::stop);
    });
    loop.runForever();
    order.finish(3);
  }

  @Test
  @DisplayName(
      "callAt: the handle returns its deadline; callLater adds the delay to the current time")
  void when() {
    assertEquals(77, loop.callAt(77, () -> {}).when());
    assertEquals(
        loop.time() + 5_000, loop.callLater(Duration.ofNanos(5_000), () -> {}).when());
  }

  @Test
  @DisplayName("callLater: an enormous delay is in the far future, not overdue")
  void absurdDelay() {
    loop.callLater(Duration.ofSeconds(Long.MAX_VALUE), order::expectUnreached);
    loop.callLater(Duration.ofSeconds(Long.MIN_VALUE), () -> order.expect(1));
    loop.callLater(Duration.ofDays(1000), loop::stop);
    loop.runForever();
    order.finish(2);
  }

  @Test
  @DisplayName("callAt, timeoutAt: every long is a valid time, long past or never")
  void everyLong() throws Exception {
    loop.callAt(Long.MAX_VALUE, order::expectUnreached);
    loop.callAt(Long.MAX_VALUE / 2 + 10_000_000_000L, order::expectUnreached);
    loop.runUntilComplete(() -> Task.sleep(Duration.ofSeconds(5))); // by a clock that is not at 0
    loop.callAt(Long.MAX_VALUE - 7, order::expectUnreached);
    loop.callAt(loop.time() - 1, () -> order.expect(3));
    loop.callAt(Long.MIN_VALUE, () -> order.expect(1));
    loop.callAt(Long.MIN_VALUE + 1, () -> order.expect(2));
    loop.callLater(Duration.ofDays(365), loop::stop);
    loop.runForever();
    order.finish(4);
    loop.runUntilComplete(() -> {
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeoutAt(OptionalLong.of(Long.MIN_VALUE), scope -> {
            Task.sleep(Duration.ofSeconds(1));
            return null;
          }));
      Timeouts.timeoutAt(OptionalLong.of(Long.MAX_VALUE), scope -> {
        Task.sleep(Duration.ofSeconds(1));
        return null;
      });
      Future<Boolean> cancelled = loop.createFuture();
      new CancelScope().run(scope -> {
        scope.reschedule(Long.MAX_VALUE);
        Task.sleep(Duration.ofSeconds(1));
        scope.reschedule(Long.MIN_VALUE);
        cancelled.setResult(scope.isCancelled());
        return null;
      });
      assertTrue(cancelled.await());
    });
  }

  @Test
  @DisplayName("LOOP-9: null is an error with the parameter's name, before anything is scheduled")
  void nulls() {
    var delay = assertThrows(NullPointerException.class, () -> loop.callLater(null, () -> {}));
    assertTrue(delay.getMessage().contains("delay"), delay.getMessage());
    var callback =
        assertThrows(NullPointerException.class, () -> loop.callLater(Duration.ZERO, null));
    assertTrue(callback.getMessage().contains("callback"), callback.getMessage());
    assertThrows(NullPointerException.class, () -> loop.callAt(0, null));
    assertThrows(NullPointerException.class, () -> loop.callSoon(null));
    assertThrows(NullPointerException.class, () -> loop.callSoonThreadsafe(null));
    assertThrows(NullPointerException.class, () -> loop.callSoon(() -> {}, null));
  }
}
