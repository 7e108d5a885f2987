package dev.weft.transport;

/**
 * The marks of write flow control: the protocol is paused when more than {@code high} bytes are buffered
 * and resumed at {@code low} or fewer.
 *
 * @param low bytes, at least 0
 * @param high bytes, at least {@code low}; 0 pauses whenever anything is buffered
 */
public record WriteBufferLimits(int low, int high) {

  /** 64 KiB and a quarter of it, as {@code _FlowControlMixin._set_write_buffer_limits} has it. */
  public static final WriteBufferLimits DEFAULT = ofHigh(64 * 1024);

  /** Checks the order of the marks. */
  public WriteBufferLimits {
    if (low < 0 || high < low) {
      throw new IllegalArgumentException(
          "high (" + high + ") must be >= low (" + low + ") must be >= 0");
    }
  }

  /** Limits of which only the high mark is given; the low one is a quarter of it. */
  public static WriteBufferLimits ofHigh(int high) {
    return new WriteBufferLimits(high / 4, high);
  }

  /** Limits of which only the low mark is given; the high one is four times as much. */
  public static WriteBufferLimits ofLow(int low) {
    return new WriteBufferLimits(low, (int) Math.min(4L * low, Integer.MAX_VALUE));
  }
}
