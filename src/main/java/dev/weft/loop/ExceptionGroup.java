package dev.weft.loop;

import java.util.List;

/**
 * Several failures in one exception: Python's {@code ExceptionGroup}.
 *
 * <pre>{@code
 * try {
 *   taskGroup(group -> {
 *     group.createTask(() -> fetch("a"));
 *     group.createTask(() -> fetch("b"));
 *   });
 * } catch (ExceptionGroup failures) {
 *   failures.exceptions().forEach(System.err::println);
 * }
 * }</pre>
 *
 * <p>The first failure is the cause and the others are suppressed, so that a stack trace shows all of them.
 */
public final class ExceptionGroup extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Throwable> exceptions;

  /**
   * Creates a group. Never suspends. Any thread.
   *
   * @param message what failed
   * @param exceptions the failures in order, at least one
   * @throws IllegalArgumentException if there are no failures
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

  /**
   * Returns the failures ({@code exceptions}). Never suspends. Any thread.
   *
   * @return the failures in order; cannot be changed
   */
  public List<Throwable> exceptions() {
    return exceptions;
  }
}
