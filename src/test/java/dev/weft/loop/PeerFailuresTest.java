package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** How a loop reports the failures that peers cause. */
class PeerFailuresTest {

  private final BaseEventLoop loop = (BaseEventLoop) Loops.newLoop();
  private final LogCapture log = LogCapture.start();

  @AfterEach
  void end() {
    loop.close();
    log.close();
  }

  private void fail(String message, String reason) {
    loop.reportPeerFailure(ExceptionContext.of(message).withException(new IOException(reason)));
  }

  private List<String> lines() {
    assertEquals(List.of(), log.events(Level.ERROR));
    return log.events(Level.WARN).stream().map(LogCapture.Event::message).toList();
  }

  @Test
  @DisplayName(
      "A thousand failures are one line for each kind after 10 s, with the count and the last reason")
  void summary() {
    loop.runUntilComplete(() -> {
      for (int i = 1; i <= 1000; i++) {
        fail("a", "reason " + i);
      }
      fail("b", "other");
      Task.sleep(Duration.ofMillis(9_999));
      assertEquals(List.of(), lines());
      Task.sleep(Duration.ofMillis(2));
      assertEquals(2, lines().size());
      String line = lines().get(0);
      assertTrue(line.startsWith("a (1000 in 10 s;"), line);
      assertTrue(line.contains("java.io.IOException: reason 1000"), line);
      assertTrue(lines().get(1).startsWith("b (1 in 10 s;"));
      return null;
    });
  }

  @Test
  @DisplayName("The next failure begins a new period; without failures there is no timer")
  void nextPeriod() {
    loop.runUntilComplete(() -> {
      assertTrue(loop.turns.timers.isEmpty());
      fail("a", "first");
      Task.sleep(Duration.ofSeconds(11));
      assertTrue(loop.turns.timers.isEmpty());
      Task.sleep(Duration.ofDays(1));
      fail("a", "second");
      Task.sleep(Duration.ofSeconds(11));
      assertEquals(2, lines().size());
      assertTrue(lines().get(1).startsWith("a (1 in 10 s;"));
      assertTrue(loop.turns.timers.isEmpty());
      return null;
    });
  }

  @Test
  @DisplayName("Failures that are not logged yet when the loop is closed are logged then")
  void reportedAtClose() {
    loop.runUntilComplete(() -> {
      fail("a", "first");
      Task.sleep(Duration.ofSeconds(2));
      fail("a", "second");
      return null;
    });
    assertEquals(List.of(), lines());
    loop.close();
    assertEquals(1, lines().size());
    assertTrue(lines().get(0).startsWith("a (2 in 2 s;"), lines().get(0));
    assertTrue(lines().get(0).contains("second"));
  }

  @Test
  @DisplayName("In debug mode each failure goes to the exception handler at once and in full")
  void debugMode() {
    var told = new ArrayList<ExceptionContext>();
    loop.setDebug(true);
    loop.setExceptionHandler((source, context) -> told.add(context));
    var record = ExceptionContext.of("a").withException(new IOException());
    loop.runUntilComplete(() -> {
      loop.reportPeerFailure(record);
      return null;
    });
    loop.close();
    assertEquals(1, told.size());
    assertSame(record, told.get(0));
    assertEquals(List.of(), lines());
  }
}
