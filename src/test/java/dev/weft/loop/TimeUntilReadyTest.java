package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whether a loop has entries to run. */
class TimeUntilReadyTest {

  private static final Optional<Duration> NOW = Optional.of(Duration.ZERO);

  @Test
  @DisplayName(
      "Zero while callbacks, steps or thread-safe calls are ready; then the next timer's time; then empty")
  void inTheLoop() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertEquals(Optional.empty(), loop.timeUntilReady());
      loop.callSoon(() -> {});
      assertEquals(NOW, loop.timeUntilReady());
      Loops.turns(1);
      assertEquals(Optional.empty(), loop.timeUntilReady());
      TimerHandle timer = loop.callLater(Duration.ofSeconds(3), () -> {});
      assertEquals(Optional.of(Duration.ofSeconds(3)), loop.timeUntilReady());
      Future<Void> never = loop.createFuture();
      Task<Void> task = loop.createTask(() -> never.await());
      assertEquals(NOW, loop.timeUntilReady());
      Loops.turns(1);
      assertEquals(Optional.of(Duration.ofSeconds(3)), loop.timeUntilReady());
      timer.cancel();
      assertEquals(Optional.empty(), loop.timeUntilReady());
      loop.callSoonThreadsafe(() -> {});
      assertEquals(NOW, loop.timeUntilReady());
      Loops.turns(1);
      task.cancel();
      assertEquals(NOW, loop.timeUntilReady());
    });
  }

  @Test
  @DisplayName(
      "A program that runs a loop turn by turn can ask between the turns; other threads cannot during a run")
  void fromOutside() {
    EventLoop loop = Loops.newLoop();
    assertEquals(Optional.empty(), loop.timeUntilReady());
    loop.callLater(Duration.ofSeconds(1), () -> {});
    assertEquals(Optional.of(Duration.ofSeconds(1)), loop.timeUntilReady());
    loop.callSoon(() -> {});
    assertEquals(NOW, loop.timeUntilReady());
    loop.callSoon(loop::stop);
    loop.runForever();
    assertTrue(loop.timeUntilReady().orElseThrow().toMillis() > 0);
    loop.callSoon(() -> {
      var asked = CompletableFuture.supplyAsync(loop::timeUntilReady);
      assertThrows(Exception.class, asked::join);
    });
    loop.callSoon(loop::stop);
    loop.runForever();
    loop.close();
    assertThrows(IllegalStateException.class, loop::timeUntilReady);
  }
}
