package dev.weft.loop;

import java.io.IOException;

/** The system cannot send this file to this socket by itself: asyncio's {@code SendfileNotAvailableError}. */
public final class SendfileNotAvailableException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what was tried
   * @param cause what the system said
   */
  public SendfileNotAvailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
