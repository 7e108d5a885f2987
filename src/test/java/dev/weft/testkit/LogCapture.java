package dev.weft.testkit;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.event.Level;

/**
 * Records all messages that any thread logs through SLF4J while the capture is open.
 *
 * <pre>{@code
 * try (var log = LogCapture.start()) {
 *     ...
 *     assertEquals(1, log.events(Level.ERROR).size());
 * }
 * }</pre>
 *
 * <p>Every level is enabled while a capture is open, and nothing is printed. Without a capture, WARN and above go to
 * System.err; a test that causes such messages on purpose captures them. Several captures may be open, and each records
 * every message. The exception is the warning about bugs of the JDK, which the first loop of the JVM logs once.
 */
public final class LogCapture implements AutoCloseable {
  private static final List<LogCapture> OPEN = new CopyOnWriteArrayList<>();

  /** One call of a logger, with the formatted message. */
  public record Event(Level level, String logger, String message, Optional<Throwable> throwable) {}

  private final List<Event> events = new CopyOnWriteArrayList<>();

  private LogCapture() {}

  /** Opens a capture, which records from now on. */
  public static LogCapture start() {
    var capture = new LogCapture();
    OPEN.add(capture);
    return capture;
  }

  /** The events so far, in order. */
  public List<Event> events() {
    return List.copyOf(events);
  }

  /** The events so far at exactly this level. */
  public List<Event> events(Level level) {
    return events.stream().filter(e -> e.level() == level).toList();
  }

  @Override
  public void close() {
    OPEN.remove(this);
  }

  static boolean isEnabled(Level level) {
    return level.toInt() >= Level.WARN.toInt() || !OPEN.isEmpty();
  }

  static void log(Event event) {
    boolean ofTheJdk = Thread.currentThread().getName().equals("weft-set-up")
        && event.logger().startsWith("dev.weft.carrier.");
    var captures = ofTheJdk ? new LogCapture[0] : OPEN.toArray(LogCapture[]::new);
    for (var capture : captures) {
      capture.events.add(event);
    }
    if (captures.length == 0) {
      System.err.println(event.level() + " " + event.logger() + " - " + event.message());
      event.throwable().ifPresent(Throwable::printStackTrace);
    }
  }
}
