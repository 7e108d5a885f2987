package dev.weft.loop;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a loop's errors to its exception handler, and to the log if that one fails. */
final class ExceptionReporter {

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  private final BaseEventLoop loop;

  // loop thread only
  private ExceptionHandler handler;

  ExceptionReporter(BaseEventLoop loop) {
    this.loop = loop;
  }

  void setHandler(ExceptionHandler handler) {
    this.handler = handler;
  }

  Optional<ExceptionHandler> handler() {
    return Optional.ofNullable(handler);
  }

  void report(ExceptionContext record) {
    ExceptionHandler custom = handler;
    if (custom == null) {
      logOrGiveUp(record);
      return;
    }
    try {
      callIn(contextOf(record), custom, record);
    } catch (Throwable error) {
      passFatal(error);
      logOrGiveUp(ExceptionContext.of("Unhandled error in exception handler")
          .withException(error)
          .with(ExceptionContext.CONTEXT, record));
    }
  }

  /** What the default handler does. */
  void log(ExceptionContext record) {
    var text = new StringBuilder(record.message());
    for (Map.Entry<String, Object> entry : record.asMap().entrySet()) {
      String key = entry.getKey();
      if (!key.equals(ExceptionContext.MESSAGE) && !key.equals(ExceptionContext.EXCEPTION)) {
        text.append(System.lineSeparator()).append(key).append(": ").append(entry.getValue());
      }
    }
    LOG.error(text.toString(), record.exception().orElse(null));
  }

  private void logOrGiveUp(ExceptionContext record) {
    try {
      loop.defaultExceptionHandler(record);
    } catch (Throwable error) {
      passFatal(error);
      LOG.error("Exception in default exception handler while handling an exception", error);
    }
  }

  private static void passFatal(Throwable error) {
    if (KeyboardInterrupt.isFatal(error)) {
      throw Throwables.rethrow(error);
    }
  }

  private void callIn(Context context, ExceptionHandler custom, ExceptionContext record)
      throws Exception {
    if (context == null || context.isCurrent()) {
      custom.handle(loop, record);
    } else {
      context.run(() -> {
        custom.handle(loop, record);
        return null;
      });
    }
  }

  /** The context of the task, else of the handle; null if there is neither. */
  private static Context contextOf(ExceptionContext record) {
    Object task =
        record.asMap().getOrDefault(ExceptionContext.TASK, record.future().orElse(null));
    if (task instanceof Task<?> known) {
      return known.getContext();
    }
    return record
        .handle()
        .filter(handle -> !handle.cancelled())
        .map(Handle::getContext)
        .filter(Objects::nonNull)
        .orElse(null);
  }
}
