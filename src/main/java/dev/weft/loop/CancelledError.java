package dev.weft.loop;

import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;

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

  /**
   * Whether the calling task is being cancelled, by what it sees: a {@code CancelledError}, or what a
   * blocking call of the JDK throws when its thread is interrupted. A socket has no exception of its own
   * for that, only the interrupt that is left standing.
   *
   * @param error caught by the caller just now
   */
  public static boolean isCancellation(Throwable error) {
    return error instanceof CancelledError
        || error instanceof InterruptedException
        || (error instanceof ClosedByInterruptException || error instanceof SocketException)
            && Thread.currentThread().isInterrupted();
  }
}
