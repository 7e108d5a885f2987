package dev.weft.loop;

/**
 * An error that a loop does not contain: it is recorded in the task that throws it, and also leaves {@link
 * EventLoop#runForever}, as Python's {@code KeyboardInterrupt} and {@code SystemExit} do. For errors of a program's own
 * by which all of it is to end.
 */
public abstract class FatalError extends Error {

  private static final long serialVersionUID = 1L;

  /** An error without a message. */
  protected FatalError() {}

  /** An error with a message. */
  protected FatalError(String message) {
    super(message);
  }

  /** An error with a message and a cause; null for none. */
  protected FatalError(String message, Throwable cause) {
    super(message, cause);
  }
}
