package dev.weft.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Prints events that no provider logs to System.err. Throwables are foreign code, so their methods may fail. */
final class LastResort {

  private static final String LINE = System.lineSeparator();
  private static final int CAUSES = 16; // a chain of causes may be endless

  private LastResort() {}

  /**
   * Prints one event with a single call, so that no other output comes in between.
   *
   * @param error the event's throwable; null for none
   * @param failure the failure of the provider; null if there is no provider
   */
  static void print(
      Level level,
      String logger,
      String message,
      @Nullable Throwable error,
      @Nullable Throwable failure) {
    var text = new StringBuilder();
    text.append(level).append(' ').append(logger).append(" - ").append(message).append(LINE);
    if (error != null) {
      text.append(trace(error));
    }
    if (failure == error && error != null) {
      text.append("This is not in the log, because the log failed to print it").append(LINE);
    } else if (failure != null) {
      text.append("This is not in the log, because the log failed: ").append(trace(failure));
    }
    try {
      System.err.print(text);
      System.err.flush();
    } catch (Throwable broken) { // the program has replaced System.err
      Log.passFatal(broken);
    }
  }

  /** Returns the stack trace of a throwable. If it cannot print itself, the trace omits texts that fail. */
  static String trace(Throwable error) {
    try {
      var text = new StringWriter();
      error.printStackTrace(new PrintWriter(text, true));
      return text.toString();
    } catch (Throwable broken) {
      return bareTrace(error);
    }
  }

  private static String bareTrace(Throwable error) {
    var text = new StringBuilder();
    Throwable each = error;
    for (int i = 0; each != null && i < CAUSES; i++) {
      Throwable current = each;
      String message = orElse(current::getMessage, "its message failed");
      text.append(i == 0 ? "" : "Caused by: ").append(current.getClass().getName());
      text.append(message == null ? "" : ": " + message).append(LINE);
      for (StackTraceElement frame : orElse(current::getStackTrace, new StackTraceElement[0])) {
        text.append("\tat ").append(frame).append(LINE);
      }
      each = LastResort.<@Nullable Throwable>orElse(current::getCause, null);
    }
    return text.toString();
  }

  private static <T extends @Nullable Object> T orElse(Supplier<T> asked, T otherwise) {
    try {
      return asked.get();
    } catch (Throwable broken) {
      return otherwise;
    }
  }
}
