package dev.weft.stream;

import java.io.EOFException;
import java.util.OptionalInt;

/** Thrown if a stream ends before the requested bytes have arrived: asyncio's {@code IncompleteReadError}. */
public final class IncompleteReadException extends EOFException {

  private static final long serialVersionUID = 1L;

  /** The bytes that arrived before the end. */
  private final byte[] partial;

  /** The number of requested bytes; -1 if it is not known. */
  private final int expected;

  /**
   * Creates an exception.
   *
   * @param partial the bytes that arrived before the end
   * @param expected the number of requested bytes; -1 if it is not known
   */
  IncompleteReadException(byte[] partial, int expected) {
    super(partial.length
        + " bytes read on a total of "
        + (expected < 0 ? "undefined" : expected)
        + " expected bytes");
    this.partial = partial;
    this.expected = expected;
  }

  /**
   * Returns the bytes that arrived before the end. They are no longer in the reader ({@code partial}). Never suspends.
   * Any thread.
   *
   * @return a copy of the bytes
   */
  public byte[] partial() {
    return partial.clone();
  }

  /**
   * Returns the number of requested bytes ({@code expected}). Never suspends. Any thread.
   *
   * @return the number; empty if a separator was requested
   */
  public OptionalInt expected() {
    return expected < 0 ? OptionalInt.empty() : OptionalInt.of(expected);
  }
}
