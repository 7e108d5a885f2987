package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A {@code TimeoutException} names the limit that passed, its duration and the task. */
class TimeoutMessageTest {

  private static final Duration TWO = Duration.ofSeconds(2);

  private static void assertSays(String text, Executable call) {
    String task = Task.current().orElseThrow().getName();
    var thrown = assertThrows(TimeoutException.class, call);
    assertEquals(text + " in " + task + ")", thrown.getMessage());
  }

  @Test
  @DisplayName("the message names the limit, the duration and the task")
  void messages() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> never = loop.createFuture();
      assertSays("timed out after 2 s (timeout", () -> Asyncio.timeout(TWO, scope -> sleep()));
      assertSays(
          "timed out after 0.05 s (timeout",
          () -> Asyncio.timeout(TWO, scope -> {
            scope.reschedule(loop.time() + 50_000_000);
            return sleep();
          }));
      assertSays(
          "timed out after 3 s (timeoutAt",
          () -> Asyncio.timeoutAt(OptionalLong.of(loop.time() + 3_000_000_000L), scope -> sleep()));
      assertSays(
          "timed out after 2 s (waitFor", () -> Asyncio.waitFor(TimeoutMessageTest::sleep, TWO));
      assertSays(
          "timed out after 100 s (waitFor",
          () -> Asyncio.waitFor(loop.createFuture(), Duration.ofSeconds(100)));
      assertSays(
          "timed out after 0 s (waitFor",
          () -> Asyncio.waitFor(loop.createFuture(), Duration.ofSeconds(-1)));
      assertSays("timed out after 2 s (failAfter", () -> Asyncio.failAfter(TWO, scope -> sleep()));
      assertSays(
          "cancelled before the time was over (failAfter",
          () -> Asyncio.failAfter(TWO, scope -> {
            scope.cancel();
            return sleep();
          }));
      assertSays(
          "timed out after 2 s (asCompleted",
          () -> AsCompleted.results(List.of(never), Optional.of(TWO)).next());
    });
  }

  private static Void sleep() {
    Task.sleep(Duration.ofDays(1));
    return null;
  }
}
