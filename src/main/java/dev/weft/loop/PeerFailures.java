package dev.weft.loop;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The failures that peers have caused at a loop's servers. This class counts them and logs a summary some time after
 * the first, so that peers cannot fill the log. Loop thread only.
 */
final class PeerFailures {

  private static final long PERIOD = 10_000_000_000L;

  private final BaseEventLoop loop;
  private final Map<String, Summary> summaries = new LinkedHashMap<>();
  private long began; // of the current period

  PeerFailures(BaseEventLoop loop) {
    this.loop = loop;
  }

  void add(ExceptionContext record) {
    if (summaries.isEmpty()) {
      began = loop.time();
      if (!loop.isClosed()) {
        loop.addTimer(new TimerHandle(loop, began + PERIOD, this::tell, Bindings.EMPTY));
      }
    }
    Summary summary = summaries.computeIfAbsent(record.message(), message -> new Summary(record));
    summary.count++;
    summary.last = record;
    if (loop.isClosed()) {
      tell();
    }
  }

  /** Logs the counted failures, one line for each message. */
  void tell() {
    if (summaries.isEmpty()) {
      return;
    }
    long seconds = Math.max(1, (loop.time() - began) / 1_000_000_000L);
    Map<String, Summary> told = new LinkedHashMap<>(summaries);
    summaries.clear();
    told.forEach((message, summary) -> Logs.LOOP.warn(
        "{} ({} in {} s; debug mode reports each); the last: {}, {}",
        message,
        summary.count,
        seconds,
        summary.last.exception().map(Throwable::toString).orElse("no exception"),
        summary.last.transport().map(Object::toString).orElse("no transport")));
  }

  private static final class Summary {
    private int count;
    private ExceptionContext last;

    private Summary(ExceptionContext first) {
      last = first;
    }
  }
}
