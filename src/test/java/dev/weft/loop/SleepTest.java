package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sleeping tasks, on a virtual clock. */
class SleepTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Order order = new Order();

  @Test
  @DisplayName("LOOP-29: sleep(0) and sleep(-1) let all ready entries run once, and take no time")
  void zero() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      loop.callSoon(() -> {
        order.expect(1);
        loop.callSoon(() -> order.expect(4)); // in the next turn
      });
      loop.createTask(() -> order.expect(2));
      Task.sleep(Duration.ZERO);
      order.expect(3);
      Task.sleep(Duration.ofSeconds(-1));
      order.finish(5);
      assertEquals(before, loop.time());
    });
  }

  @Test
  @DisplayName("LOOP-29: tasks that sleep(0) take turns")
  void turns() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> odd = loop.createTask(() -> {
        for (int i = 1; i < 6; i += 2) {
          order.expect(i);
          Task.sleep(Duration.ZERO);
        }
      });
      Task<Void> even = loop.createTask(() -> {
        for (int i = 2; i < 7; i += 2) {
          order.expect(i);
          Task.sleep(Duration.ZERO);
        }
      });
      odd.await();
      even.await();
      order.finish(7);
    });
  }

  @Test
  @DisplayName("a sleep lasts as long as the loop's clock says")
  void duration() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      Task.sleep(Duration.ofMillis(1500));
      assertEquals(1_500_000_000L, loop.time() - before);
    });
  }

  @Test
  @DisplayName("a sleeper resumes in the turn after its timer has fired, as asyncio's does")
  void twoHops() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> sleeper = loop.createTask(() -> {
        Task.sleep(SECOND);
        order.expect(2);
      });
      Loops.turns(1);
      loop.callLater(SECOND, () -> {
        order.expect(1); // the sleeper's timer has fired before
        loop.callSoon(() -> order.expect(3));
      });
      sleeper.await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("a cancelled sleeper wakes at once and leaves no timer behind")
  void cancelled() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      Task<Void> sleeper = loop.createTask(() -> Task.sleep(Duration.ofDays(1)));
      Loops.turns(1);
      sleeper.cancel();
      assertThrows(CancelledError.class, sleeper::await);
      // The loop waits for the executor; with a timer left, the clock would jump to it.
      loop.runInExecutor(() -> null).await();
      assertEquals(before, loop.time());
    });
  }

  @Test
  @DisplayName("the longest duration is a valid sleep, and can be cancelled")
  void forEver() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> sleeper = loop.createTask(() -> Task.sleep(Duration.ofSeconds(Long.MAX_VALUE)));
      Task.sleep(SECOND);
      assertTrue(!sleeper.done());
      sleeper.cancel();
      assertThrows(CancelledError.class, sleeper::await);
    });
  }

  @Test
  @DisplayName("null is an error with the parameter's name")
  void nulls() {
    Loops.run(() -> {
      var error = assertThrows(NullPointerException.class, () -> Task.sleep(null));
      assertEquals("delay", error.getMessage());
    });
  }
}
