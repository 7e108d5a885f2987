package dev.weft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** SLF4J uses the capturing provider, and a capture ends when it is closed. */
final class LogCaptureTest {
  @Test
  void recordsFormattedMessagesUntilClosed() {
    var logger = LoggerFactory.getLogger("weft.test");
    var cause = new IllegalStateException("x");
    var log = LogCapture.start();
    try (log) {
      logger.debug("a {} c", "b");
      logger.error("d {}", "e", cause);
    }
    logger.debug("not recorded");

    assertEquals(
        List.of(
            new LogCapture.Event(Level.DEBUG, "weft.test", "a b c", Optional.empty()),
            new LogCapture.Event(Level.ERROR, "weft.test", "d e", Optional.of(cause))),
        log.events());
    assertEquals(1, log.events(Level.ERROR).size());
    assertFalse(logger.isInfoEnabled());
  }
}
