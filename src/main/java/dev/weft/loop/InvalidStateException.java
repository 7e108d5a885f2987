package dev.weft.loop;

/** Thrown if a future is not in the state that a call requires: asyncio's {@code InvalidStateError}. */
public final class InvalidStateException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception. Never suspends. Any thread.
   *
   * @param message the state, and the call that it does not allow
   */
  public InvalidStateException(String message) {
    super(message);
  }
}
