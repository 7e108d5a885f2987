package dev.weft.transport;

/**
 * The limits of write flow control. The transport pauses the protocol when more than {@code high} bytes are buffered,
 * and resumes it when at most {@code low} bytes are. Immutable.
 *
 * @param low the low-water mark, in bytes, at least 0
 * @param high the high-water mark, in bytes, at least {@code low}; 0 pauses whenever anything is buffered
 */
public record WriteBufferLimits(int low, int high) {

  /** Asyncio's default limits: 64 KiB and a quarter of it. */
  public static final WriteBufferLimits DEFAULT = ofHigh(64 * 1024);

  /**
   * Checks the order of the marks.
   *
   * @throws IllegalArgumentException if {@code low} is negative, or {@code high} is less than {@code low}
   */
  public WriteBufferLimits {
    if (low < 0 || high < low) {
      throw new IllegalArgumentException(
          "high (" + high + ") must be >= low (" + low + ") must be >= 0");
    }
  }

  /**
   * Returns limits with a high-water mark and a quarter of it as the low-water mark. Never suspends. Any thread.
   *
   * @param high the high-water mark, in bytes, at least 0
   * @return the limits
   * @throws IllegalArgumentException if {@code high} is negative
   */
  public static WriteBufferLimits ofHigh(int high) {
    return new WriteBufferLimits(high / 4, high);
  }

  /**
   * Returns limits with a low-water mark and four times as much as the high-water mark. Never suspends. Any thread.
   *
   * @param low the low-water mark, in bytes, at least 0
   * @return the limits
   * @throws IllegalArgumentException if {@code low} is negative
   */
  public static WriteBufferLimits ofLow(int low) {
    return new WriteBufferLimits(low, (int) Math.min(4L * low, Integer.MAX_VALUE));
  }
}
