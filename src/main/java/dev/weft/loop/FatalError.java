package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/**
 * An error that a loop does not contain. The task that throws it fails with it, and it also leaves {@link
 * EventLoop#runForever}, as Python's {@code KeyboardInterrupt} and {@code SystemExit} do. A program extends this class
 * for errors that end the whole program.
 */
public abstract class FatalError extends Error {

  private static final long serialVersionUID = 1L;

  /** Creates an error without a message. Never suspends. Any thread. */
  protected FatalError() {}

  /**
   * Creates an error with a message. Never suspends. Any thread.
   *
   * @param message the reason; null for none
   */
  protected FatalError(@Nullable String message) {
    super(message);
  }

  /**
   * Creates an error with a message and a cause. Never suspends. Any thread.
   *
   * @param message the reason; null for none
   * @param cause the cause; null for none
   */
  protected FatalError(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
