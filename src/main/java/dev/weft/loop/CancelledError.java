package dev.weft.loop;

import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown in a task that is being cancelled, and by methods that read the result of a cancelled future: asyncio's {@code
 * CancelledError}.
 *
 * <p>It is an {@code Error}, so that {@code catch (Exception e)} does not swallow it by mistake. Code that catches
 * {@code Throwable} should rethrow it.
 */
public final class CancelledError extends Error {

  private static final long serialVersionUID = 1L;

  /** Creates an error without a message. Never suspends. Any thread. */
  public CancelledError() {}

  /**
   * Creates an error with a message. Never suspends. Any thread.
   *
   * @param message the reason; null for none
   */
  public CancelledError(@Nullable String message) {
    super(message);
  }

  CancelledError(@Nullable String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns whether an error shows that the calling task is being cancelled. It does if it is a {@code CancelledError},
   * or if a blocking call of the JDK throws it because its thread is interrupted. A socket has no exception of its own
   * for that case, so the interrupt that is still set decides. Never suspends. Any thread.
   *
   * @param error an error that the caller has just caught; may be null
   * @return true if the error is a cancellation
   */
  public static boolean isCancellation(@Nullable Throwable error) {
    return error instanceof CancelledError
        || error instanceof InterruptedException
        || (error instanceof ClosedByInterruptException || error instanceof SocketException)
            && Thread.currentThread().isInterrupted();
  }
}
