package dev.weft.loop;

/** A future is not in the state that the call needs: asyncio's {@code InvalidStateError}. */
public final class InvalidStateException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which state, and which call
   */
  public InvalidStateException(String message) {
    super(message);
  }
}
