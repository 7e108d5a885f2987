package dev.weft.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** Prints what no provider logs to System.err. Throwables are foreign code, whose methods may fail. */
final class LastResort {

  private static final String LINE = System.lineSeparator();
  private static final int CAUSES = 16; // they may be endless

  private LastResort() {}

  /**
   * Prints one event, at once, so that nothing of others comes in between.
   *
   * @param error what the event is about; null for nothing
   * @param failure what kept the provider from logging it; null if there is none
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
      text.append("It is here and not in the log, which could not print it").append(LINE);
    } else if (failure != null) {
      text.append("It is here and not in the log, which failed: ").append(trace(failure));
    }
    try {
      System.err.print(text);
      System.err.flush();
    } catch (Throwable broken) { // a System.err of the program's own
      Log.passFatal(broken);
    }
  }

  /** The trace of a throwable; a bare one, without texts that fail, if it cannot print itself. */
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
