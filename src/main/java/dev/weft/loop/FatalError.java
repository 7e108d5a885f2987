package dev.weft.loop;

/**
 * An error that a loop does not contain. The task that throws it fails with it, and it also leaves {@link
 * EventLoop#runForever}, as Python's {@code KeyboardInterrupt} and {@code SystemExit} do. A program extends this class
 * for errors that end the whole program.
 */
public abstract class FatalError extends Error {

  private static final long serialVersionUID = 1L;

  /** Creates an error without a message. */
  protected FatalError() {}

  /**
   * Creates an error with a message.
   *
   * @param message the reason; null for none
   */
  protected FatalError(String message) {
    super(message);
  }

  /**
   * Creates an error with a message and a cause.
   *
   * @param message the reason; null for none
   * @param cause the cause; null for none
   */
  protected FatalError(String message, Throwable cause) {
    super(message, cause);
  }
}
