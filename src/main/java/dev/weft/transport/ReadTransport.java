package dev.weft.transport;

/** A transport that delivers data: asyncio's {@code ReadTransport}. Nothing here suspends. */
public interface ReadTransport extends BaseTransport {

  /** Whether data is being delivered ({@code is_reading}); false once closing. */
  boolean isReading();

  /** Stops delivering data ({@code pause_reading}). Idempotent; does nothing once closing. */
  void pauseReading();

  /** Delivers data again ({@code resume_reading}). Idempotent; does nothing once closing. */
  void resumeReading();
}
