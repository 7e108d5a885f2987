package dev.weft.stream;

import java.io.IOException;

/**
 * The separator was not found within the reader's limit: asyncio's {@code LimitOverrunError}. The data
 * stays in the reader.
 */
public final class LimitOverrunException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int consumed;

  LimitOverrunException(String message, int consumed) {
    super(message);
    this.consumed = consumed;
  }

  /** How many bytes have been searched and may be taken by {@code readexactly}. */
  public int consumed() {
    return consumed;
  }
}
