package dev.weft.transport;

import java.io.IOException;

/** Thrown if the system cannot send a file to a socket by itself: asyncio's {@code SendfileNotAvailableError}. */
public final class SendfileNotAvailableException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception. Never suspends. Any thread.
   *
   * @param message the call that failed
   * @param cause the system's error
   */
  public SendfileNotAvailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
