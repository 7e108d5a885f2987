package dev.weft.stream;

import java.io.IOException;

/**
 * Thrown if a separator is not found within the reader's limit: asyncio's {@code LimitOverrunError}. The data stays in
 * the reader.
 */
public final class LimitOverrunException extends IOException {

  private static final long serialVersionUID = 1L;

  /** The number of bytes that have been searched. */
  private final int consumed;

  LimitOverrunException(String message, int consumed) {
    super(message);
    this.consumed = consumed;
  }

  /**
   * Returns the number of bytes that have been searched ({@code consumed}). Never suspends. Any thread.
   *
   * @return the number of bytes that {@link StreamReader#readexactly} may take
   */
  public int consumed() {
    return consumed;
  }
}
