package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a run of the loop ends, and what remains for the next one. */
class StopTest {

  private final Order order = new Order();
  private final ScriptedLoop loop = new ScriptedLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName("LOOP-15: after stop the turn completes; what it adds waits for the next run")
  void theTurnCompletes() {
    loop.callSoon(() -> {
      order.expect(1);
      loop.stop();
      loop.callSoon(() -> order.expect(4));
    });
    loop.callSoon(() -> order.expect(2));
    loop.runForever();
    order.expect(3);
    loop.stop();
    loop.runForever();
    order.finish(5);
  }

  @Test
  @DisplayName(
      "LOOP-16: stop before the run: exactly one turn, which does not block; the request is cleared")
  void stopBeforeTheRun() {
    loop.stop();
    loop.callSoon(() -> {
      order.expect(1);
      loop.callSoon(() -> order.expect(3));
    });
    loop.runForever();
    assertEquals(List.of(0L), loop.timeouts);
    order.expect(2);
    loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(loop::stop)));
    loop.runForever();
    assertEquals(List.of(0L, 0L, 0L, 0L), loop.timeouts);
    order.finish(4);
  }

  @Test
  @DisplayName(
      "LOOP-16: with a distant timer and nothing ready, a stopped loop does not block either")
  void stopBeforeTheRunWithATimer() {
    loop.callLater(Duration.ofHours(1), order::expectUnreached);
    loop.stop();
    loop.runForever();
    assertEquals(List.of(0L), loop.timeouts);
    order.finish(1);
  }

  @Test
  @DisplayName(
      "LOOP-18: callbacks that were queued before the future ended run before runUntilComplete returns")
  void stopIsADoneCallback() {
    Future<Integer> future = loop.createFuture();
    loop.callSoon(() -> {
      future.setResult(7);
      loop.callSoon(() -> order.expect(2)); // the same turn as the stop, behind it
    });
    loop.callSoon(() -> order.expect(1));
    assertEquals(7, loop.runUntilComplete(future));
    order.finish(3);
  }

  @Test
  @DisplayName("LOOP-18: a future that is already done takes one turn")
  void doneAlready() {
    Future<Integer> future = loop.createFuture();
    future.setResult(7);
    loop.callSoon(() -> order.expect(1));
    assertEquals(7, loop.runUntilComplete(future));
    order.finish(2);
    assertEquals(1, loop.timeouts.size());
  }

  @Test
  @DisplayName("LOOP-18: runUntilComplete throws the failure, the same object, or the cancellation")
  void failures() {
    Future<Integer> failed = loop.createFuture();
    var failure = new java.io.IOException("x");
    failed.setException(failure);
    assertSame(failure, assertThrows(Exception.class, () -> loop.runUntilComplete(failed)));
    Future<Integer> cancelled = loop.createFuture();
    cancelled.cancel("why");
    assertEquals(
        "why",
        assertThrows(CancelledError.class, () -> loop.runUntilComplete(cancelled))
            .getMessage());
  }

  @Test
  @DisplayName(
      "LOOP-19: stopping before the future is done is an error, and does not stop a later run")
  void stoppedBefore() {
    Future<Integer> future = loop.createFuture();
    loop.callSoon(loop::stop);
    var e = assertThrows(IllegalStateException.class, () -> loop.runUntilComplete(future));
    assertEquals("Event loop stopped before Future completed.", e.getMessage());
    assertFalse(future.done());

    loop.callSoon(() -> {
      future.setResult(1);
      loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(() -> {
        order.expect(1);
        loop.stop();
      })));
    });
    loop.runForever();
    order.finish(2);
  }

  @Test
  @DisplayName(
      "LOOP-22: other tasks stand still when the loop returns and continue in the next run")
  void tasksFreeze() {
    var steps = new int[1];
    loop.createTask(() -> {
      while (true) {
        steps[0]++;
        Task.sleep(Duration.ofSeconds(1));
      }
    });
    loop.runUntilComplete(() -> Task.sleep(Duration.ofMillis(1500)));
    assertEquals(2, steps[0]);
    loop.clock.now += Duration.ofDays(1).toNanos();
    assertEquals(2, steps[0]);
    loop.runUntilComplete(() -> Task.sleep(Duration.ofMillis(1)));
    assertEquals(3, steps[0]);
  }

  @Test
  @DisplayName(
      "LOOP-22: a task in a JDK call stands still too; woken between runs, it continues in the next")
  void jdkParkedTasksFreeze() {
    var gate = new CountDownLatch(1);
    Task<Void> parked = loop.createTask(() -> {
      order.expect(1);
      gate.await();
      order.expect(3);
    });
    loop.stop();
    loop.runForever();
    gate.countDown();
    order.expect(2);
    loop.runUntilComplete(parked);
    order.finish(4);
  }

  @Test
  @DisplayName("stop: a task that never ends does not keep the loop from stopping")
  void endlessTask() {
    loop.createTask(() -> {
      while (true) {
        Task.sleep(Duration.ZERO);
      }
    });
    loop.callLater(Duration.ofNanos(1), order::expectUnreached).cancel();
    loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(loop::stop)));
    loop.runForever();
    assertFalse(loop.isRunning());
    order.finish(1);
  }

  @Test
  @DisplayName("isRunning: true only in the run")
  void isRunning() {
    assertFalse(loop.isRunning());
    loop.callSoon(() -> {
      assertTrue(loop.isRunning());
      order.expect(1);
      loop.stop();
    });
    loop.runForever();
    assertFalse(loop.isRunning());
    order.finish(2);
  }
}
