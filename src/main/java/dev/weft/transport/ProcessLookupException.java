package dev.weft.transport;

/**
 * Thrown if a signal is sent to a process that has ended and whose pipes are closed: asyncio's
 * {@code ProcessLookupError}.
 */
public final class ProcessLookupException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception. Never suspends. Any thread.
   *
   * @param message the process
   */
  public ProcessLookupException(String message) {
    super(message);
  }
}
