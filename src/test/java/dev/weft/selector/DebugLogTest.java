package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.FakeNames;
import dev.weft.testkit.LogCapture;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What transports and the resolver log in debug mode only. */
class DebugLogTest extends TcpTest {

  private static List<String> logged(LogCapture log, Level level) {
    return log.events(level).stream()
        .filter(event -> event.logger().startsWith("dev.weft"))
        .map(LogCapture.Event::message)
        .toList();
  }

  @Test
  @DisplayName("DBG-6: pauses, resumptions and the end of reading are logged in debug mode only")
  void reading() {
    for (boolean debug : List.of(false, true)) {
      loop.setDebug(debug);
      run(() -> {
        try (var log = LogCapture.start()) {
          Pair pair = pair();
          var protocol = new Recorder(loop);
          loop.createConnection(() -> protocol, pair.channel());
          protocol.transport.pauseReading();
          protocol.transport.resumeReading();
          pair.peer().close();
          protocol.lost.await();
          List<String> texts = logged(log, Level.DEBUG);
          assertEquals(debug ? 3 : 0, texts.size(), texts::toString);
          if (debug) {
            assertTrue(texts.get(0).endsWith(" pauses reading"), texts::toString);
            assertTrue(texts.get(1).endsWith(" resumes reading"), texts::toString);
            assertTrue(texts.get(2).endsWith(" received EOF"), texts::toString);
          }
        }
      });
    }
  }

  @Test
  @DisplayName("DBG-6: the duration of a lookup is logged, at a higher level if it is long")
  void names() {
    String name = FakeNames.invent(() -> {
      throw new UnknownHostException();
    });
    for (Level level : List.of(Level.INFO, Level.DEBUG, Level.TRACE)) {
      loop.setDebug(level != Level.TRACE);
      loop.setSlowCallbackDuration(level == Level.INFO ? Duration.ZERO : Duration.ofSeconds(100));
      try (var log = LogCapture.start()) {
        run(() -> assertThrows(
            UnknownHostException.class,
            () -> loop.createConnection(() -> new Recorder(loop), name, 1)));
        for (Level each : List.of(Level.INFO, Level.DEBUG)) {
          List<String> texts = logged(log, each);
          assertEquals(each == level ? 1 : 0, texts.size(), texts::toString);
          texts.forEach(text -> assertTrue(text.startsWith("looking up " + name + " took ")));
        }
      }
    }
  }
}
