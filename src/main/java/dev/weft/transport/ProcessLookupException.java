package dev.weft.transport;

/** A signal is for a process that is over and done with: asyncio's {@code ProcessLookupError}. */
public final class ProcessLookupException extends IllegalStateException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which process
   */
  public ProcessLookupException(String message) {
    super(message);
  }
}
