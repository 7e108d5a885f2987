package dev.weft.stream;

import java.io.EOFException;
import java.util.OptionalInt;

/** The stream ended before all was read: asyncio's {@code IncompleteReadError}. */
public final class IncompleteReadException extends EOFException {

  private static final long serialVersionUID = 1L;

  private final byte[] partial;
  private final int expected;

  /**
   * @param partial what was there
   * @param expected how many bytes were wanted; -1 if that is not known
   */
  IncompleteReadException(byte[] partial, int expected) {
    super(partial.length
        + " bytes read on a total of "
        + (expected < 0 ? "undefined" : expected)
        + " expected bytes");
    this.partial = partial;
    this.expected = expected;
  }

  /** What was read before the end; no longer in the stream. */
  public byte[] partial() {
    return partial.clone();
  }

  /** How many bytes were wanted; empty if a separator was. */
  public OptionalInt expected() {
    return expected < 0 ? OptionalInt.empty() : OptionalInt.of(expected);
  }
}
