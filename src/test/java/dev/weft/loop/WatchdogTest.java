package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The watchdog's own thread; {@link WatchTest} shows what it reports. */
class WatchdogTest {

  private final EventLoop loop = EventLoop.newEventLoop();
  private final LinkedBlockingQueue<BlockedLoop> told = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    loop.close();
  }

  /** Computes until there is one more report. */
  private void block() {
    int before = told.size();
    while (told.size() == before) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName(
      "DBG-2: a blocked loop is reported to the listener and logged, and again at the end of the run")
  void reports() throws Exception {
    loop.setBlockedThreshold(Duration.ofMillis(50));
    loop.setBlockedListener(told::add);
    try (var log = LogCapture.start()) {
      loop.runUntilComplete(() -> block());
      BlockedLoop first = told.take();
      assertEquals(loop, first.loop());
      assertTrue(first.lasted().compareTo(Duration.ofMillis(50)) >= 0);
      assertTrue(told.take().over());
      await().until(() -> log.events(Level.WARN).size() == 2);
      String text = log.events(Level.WARN).get(0).message();
      assertTrue(
          text.contains("has been blocked for") && text.contains("WatchdogTest.block"), text);
      assertTrue(log.events(Level.WARN).get(1).message().contains("was blocked for"));
    }
  }

  @Test
  @DisplayName(
      "DBG-2: in debug mode the log has the stack during the step, and the slow step after it")
  void debug() throws Exception {
    loop.setDebug(true);
    loop.setSlowCallbackDuration(Duration.ofMillis(50));
    loop.setBlockedListener(told::add);
    try (var log = LogCapture.start()) {
      loop.runUntilComplete(() -> {
        block();
        Task.sleep(Duration.ofMillis(1));
      });
      told.take();
      assertTrue(told.take().over());
      await()
          .until(() -> log.events(Level.WARN).stream()
              .anyMatch(event -> event.message().startsWith("Executing ")));
      assertEquals(
          1,
          log.events(Level.WARN).stream()
              .filter(event -> event.message().contains("blocked for"))
              .count());
    }
  }

  @Test
  @DisplayName("a listener that fails is logged, and gets the next report")
  void failingListener() throws Exception {
    loop.setBlockedThreshold(Duration.ofMillis(50));
    loop.setBlockedListener(report -> {
      told.add(report);
      throw new IllegalStateException("on purpose");
    });
    try (var log = LogCapture.start()) {
      loop.runUntilComplete(() -> {
        block();
        while (told.stream().noneMatch(BlockedLoop::over)) {
          Task.sleep(Duration.ofMillis(1));
        }
        block();
      });
      await().until(() -> told.size() == 4);
      await().until(() -> log.events(Level.ERROR).size() == 4);
      await().until(() -> log.events(Level.WARN).size() == 4); // logged nevertheless
    }
  }

  @Test
  @DisplayName("one daemon thread watches all loops; it ends when none runs")
  void thread() {
    loop.runUntilComplete(() -> {
      Thread other = Thread.ofPlatform().start(() -> {
        try (EventLoop second = EventLoop.newEventLoop()) {
          second.runUntilComplete(() -> assertEquals(1, watchdogs()));
        }
      });
      while (other.isAlive()) {
        Task.sleep(Duration.ofMillis(1));
      }
      assertEquals(1, watchdogs());
    });
    await().until(() -> watchdogs() == 0);
  }

  private static long watchdogs() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(each -> each.getName().equals("weft-watchdog"))
        .peek(each -> assertTrue(each.isDaemon()))
        .count();
  }

  @Test
  @DisplayName("bad settings are errors with the parameter's name, and leave the old ones")
  void badSettings() {
    var negative = assertThrows(
        IllegalArgumentException.class, () -> loop.setBlockedThreshold(Duration.ofNanos(-1)));
    assertTrue(negative.getMessage().contains("duration"), negative.getMessage());
    assertThrows(NullPointerException.class, () -> loop.setBlockedThreshold(null));
    assertThrows(NullPointerException.class, () -> loop.setBlockedListener(null));
    assertEquals(Duration.ofSeconds(5), loop.getBlockedThreshold());
  }
}
