package dev.weft.examples;

import dev.weft.loop.EventLoop;
import java.time.Duration;
import java.time.LocalDateTime;

/** Displays the date again and again by {@code callLater}. {@code DisplayDate [MILLISECONDS]}. */
public final class DisplayDate {

  private static final int PERIODS = 5;

  private final EventLoop loop;
  private final Duration period;
  private final long end;

  private DisplayDate(EventLoop loop, Duration period) {
    this.loop = loop;
    this.period = period;
    this.end = loop.time() + PERIODS * period.toNanos();
  }

  /** Displays the date five times, every second or at the given interval. */
  public static void main(String[] args) {
    Duration period = Duration.ofMillis(args.length > 0 ? Long.parseLong(args[0]) : 1000);
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.callSoon(new DisplayDate(loop, period)::display);
      loop.runForever();
    }
  }

  private void display() {
    System.out.println(LocalDateTime.now());
    if (loop.time() + period.toNanos() < end) {
      loop.callLater(period, this::display);
    } else {
      loop.stop();
    }
  }
}
