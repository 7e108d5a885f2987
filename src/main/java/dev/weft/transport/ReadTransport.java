package dev.weft.transport;

/** A transport that delivers data: asyncio's {@code ReadTransport}. No method suspends. Loop thread only. */
public interface ReadTransport extends BaseTransport {

  /**
   * Returns whether the transport delivers data ({@code is_reading}). Never suspends. Loop thread only.
   *
   * @return false while reading is paused, and once the transport is closing
   */
  boolean isReading();

  /**
   * Stops delivering data ({@code pause_reading}). Idempotent. Has no effect once the transport is closing. Never
   * suspends. Loop thread only.
   */
  void pauseReading();

  /**
   * Delivers data again ({@code resume_reading}). Idempotent. Has no effect once the transport is closing. Never
   * suspends. Loop thread only.
   */
  void resumeReading();
}
