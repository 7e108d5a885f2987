package dev.weft.loop;

import java.util.List;

/**
 * Several failures at once: Python's {@code ExceptionGroup}. The first is the cause, the others are
 * suppressed, so that a printed stack trace shows all.
 */
public final class ExceptionGroup extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Throwable> exceptions;

  /**
   * @param message what failed
   * @param exceptions the failures in order, at least one
   */
  public ExceptionGroup(String message, List<? extends Throwable> exceptions) {
    super(message + " (" + exceptions.size() + " sub-exceptions)", first(exceptions));
    this.exceptions = List.copyOf(exceptions);
    this.exceptions.stream().skip(1).forEach(this::addSuppressed);
  }

  private static Throwable first(List<? extends Throwable> exceptions) {
    if (exceptions.isEmpty()) {
      throw new IllegalArgumentException("exceptions must not be empty");
    }
    return exceptions.get(0);
  }

  /** The failures in order. */
  public List<Throwable> exceptions() {
    return exceptions;
  }
}
