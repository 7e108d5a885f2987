package dev.weft.loop;

import dev.weft.carrier.Fiber;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes a loop's errors to its exception handler, and to the log if the handler fails. */
final class ExceptionReporter {

  private final BaseEventLoop loop;

  // loop thread only
  private @Nullable ExceptionHandler handler;

  ExceptionReporter(BaseEventLoop loop) {
    this.loop = loop;
  }

  void setHandler(@Nullable ExceptionHandler handler) {
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
      KeyboardInterrupt.passFatal(error);
      logOrGiveUp(ExceptionContext.of("Unhandled error in exception handler")
          .withException(error)
          .with(ExceptionContext.CONTEXT, record));
    }
  }

  /** Logs an error, as the default handler does. */
  void log(ExceptionContext given) {
    ExceptionContext record = withHandle(given);
    var text = new StringBuilder(record.message());
    for (Map.Entry<String, Object> entry : record.asMap().entrySet()) {
      String key = entry.getKey();
      if (!key.equals(ExceptionContext.MESSAGE) && !key.equals(ExceptionContext.EXCEPTION)) {
        text.append(System.lineSeparator()).append(key).append(": ");
        append(text, key, entry.getValue());
      }
    }
    Logs.LOOP.error(text.toString(), record.exception().orElse(null));
  }

  private static void append(StringBuilder text, String key, Object value) {
    boolean source = key.equals(ExceptionContext.SOURCE_TRACEBACK);
    if ((source || key.equals(ExceptionContext.HANDLE_TRACEBACK))
        && value instanceof List<?> stack) {
      text.append(source ? "Object created at" : "Handle created at");
      stack.forEach(frame -> text.append(System.lineSeparator()).append("\tat ").append(frame));
    } else {
      text.append(value);
    }
  }

  /** Adds the place where the reporting callback or task was created, if no better place is known. */
  private ExceptionContext withHandle(ExceptionContext record) {
    if (!loop.getDebug() || record.asMap().containsKey(ExceptionContext.SOURCE_TRACEBACK)) {
      return record;
    }
    Object current =
        Fiber.current() instanceof Driver driver ? driver.current : Task.currentOrNull();
    List<StackTraceElement> stack = current == null ? List.of() : loop.origins().of(current);
    return stack.isEmpty() ? record : record.with(ExceptionContext.HANDLE_TRACEBACK, stack);
  }

  private void logOrGiveUp(ExceptionContext record) {
    try {
      loop.defaultExceptionHandler(record);
    } catch (Throwable error) {
      KeyboardInterrupt.passFatal(error);
      Logs.LOOP.error("Exception in default exception handler while handling an exception", error);
    }
  }

  private void callIn(@Nullable Context context, ExceptionHandler custom, ExceptionContext record)
      throws Exception {
    if (context == null || context.isCurrent()) {
      custom.handle(loop, record);
    } else {
      ThrowingRunnable<Exception> call = () -> custom.handle(loop, record);
      context.run(call.asCallable());
    }
  }

  /** Returns the context of the report's task, or else of its handle; null if there is neither. */
  private static @Nullable Context contextOf(ExceptionContext record) {
    // no lambdas: to link one takes memory, which may be exhausted
    Map<String, Object> values = record.asMap();
    Object task = values.getOrDefault(ExceptionContext.TASK, values.get(ExceptionContext.FUTURE));
    if (task instanceof Task<?> known) {
      return known.getContext();
    }
    return values.get(ExceptionContext.HANDLE) instanceof Handle handle && !handle.cancelled()
        ? handle.getContext()
        : null;
  }
}
