package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How long the loop blocks when it has nothing to run. */
class PollTimeoutTest {

  private static final long DAY = Duration.ofDays(1).toNanos();

  @Test
  @DisplayName(
      "LOOP-4: the poll does not block while an entry is ready, and otherwise blocks until the first timer")
  void untilTheFirstTimer() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.callLater(Duration.ofNanos(70), () -> loop.callSoon(loop::stop));
      loop.callLater(Duration.ofNanos(30), () -> {});
      loop.callSoon(() -> {});
      loop.runForever();
      assertEquals(List.of(0L, 30L, 40L, 0L), loop.timeouts);
    }
  }

  @Test
  @DisplayName("LOOP-4: without a timer the poll blocks without limit")
  void withoutLimit() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.script.add(() -> loop.event(loop::stop));
      loop.runForever();
      assertEquals(List.of(Long.MAX_VALUE), loop.timeouts);
    }
  }

  @Test
  @DisplayName("LOOP-4: an overdue timer means that the poll does not block")
  void overdue() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.clock.now = 100;
      loop.callAt(10, loop::stop);
      loop.runForever();
      assertEquals(List.of(0L), loop.timeouts);
    }
  }

  @Test
  @DisplayName("LOOP-4: the poll blocks for a day at most, and the timer still fires on time")
  void atMostADay() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.callLater(Duration.ofDays(2).plusNanos(5), loop::stop);
      loop.runForever();
      assertEquals(List.of(DAY, DAY, 5L), loop.timeouts);
    }
  }

  @Test
  @DisplayName("LOOP-4: the time of a cancelled timer does not count")
  void cancelledTimer() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.callAt(90, loop::stop);
      loop.callAt(10, () -> {}).cancel();
      loop.runForever();
      assertEquals(List.of(90L), loop.timeouts);
    }
  }

  @Test
  @DisplayName("LOOP-5: a timer fires at its deadline and not a nanosecond earlier")
  void neverEarly() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.callAt(100, loop::stop);
      loop.script.add(() -> loop.clock.now = 99); // the selector came back too early
      loop.script.add(() -> loop.clock.now = 100);
      loop.runForever();
      assertEquals(List.of(100L, 1L), loop.timeouts);
    }
  }

  @Test
  @DisplayName(
      "LOOP-4: timers of less than a millisecond neither spin nor block without end on the real selector")
  void submillisecond() {
    var blocks = new AtomicInteger();
    var clock = new Clock() {
      @Override
      public long time() {
        return System.nanoTime();
      }

      @Override
      public long block(long timeout) {
        blocks.incrementAndGet();
        return timeout;
      }
    };
    try (EventLoop loop = EventLoop.newEventLoop(clock)) {
      loop.runUntilComplete(() -> {
        for (int i = 0; i < 20; i++) {
          Task.sleep(Duration.ofNanos(300_000));
        }
      });
    }
    // once for each sleep; a poll that is rounded down would return at once, hundreds of times
    assertTrue(blocks.get() <= 60, "blocked " + blocks + " times");
  }

  @Test
  @DisplayName("LOOP-27: delays are measured by the loop's own clock")
  void injectedClock() {
    try (EventLoop loop = Loops.newLoop()) {
      long before = loop.time();
      long real = System.nanoTime();
      loop.runUntilComplete(() -> Task.sleep(Duration.ofDays(30)));
      assertEquals(Duration.ofDays(30).toNanos(), loop.time() - before);
      assertTrue(System.nanoTime() - real < Duration.ofSeconds(20).toNanos());
    }
  }
}
