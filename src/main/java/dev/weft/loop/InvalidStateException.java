package dev.weft.loop;

/** A future is not in the state that the call needs: asyncio's {@code InvalidStateError}. */
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
