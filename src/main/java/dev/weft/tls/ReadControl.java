package dev.weft.tls;

import dev.weft.transport.Transport;

/** Pauses and resumes reading from the transport below, by the amount of undecrypted data. Loop thread only. */
final class ReadControl {

  /** Reading pauses at this number of undecrypted bytes: asyncio's FLOW_CONTROL_HIGH_WATER_SSL_READ. */
  private static final int HIGH = 256 * 1024;

  /** Reading resumes at this number of undecrypted bytes. */
  private static final int LOW = HIGH / 4;

  private final Incoming incoming;

  @SuppressWarnings("NullAway.Init") // set by begin
  private Transport below;

  private boolean paused;

  ReadControl(Incoming incoming) {
    this.incoming = incoming;
  }

  void begin(Transport below) {
    this.below = below;
  }

  /** Pauses or resumes the transport below if a mark has been crossed. */
  void check() {
    int size = incoming.size();
    if (!paused && size >= HIGH) {
      paused = true;
      below.pauseReading();
    } else if (paused && size <= LOW) {
      paused = false;
      below.resumeReading();
    }
  }
}
