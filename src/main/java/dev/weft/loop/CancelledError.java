package dev.weft.loop;

/**
 * Thrown in a task that is being cancelled, and by looking at what was cancelled: asyncio's {@code
 * CancelledError}.
 *
 * <p>An {@code Error}, so that {@code catch (Exception e)} does not swallow it by mistake. Code that
 * catches {@code Throwable} should let it pass.
 */
public final class CancelledError extends Error {

  private static final long serialVersionUID = 1L;

  /** A cancellation without a message. */
  public CancelledError() {}

  /**
   * @param message why, for the one who sees it; null for none
   */
  public CancelledError(String message) {
    super(message);
  }

  CancelledError(String message, Throwable cause) {
    super(message, cause);
  }
}
