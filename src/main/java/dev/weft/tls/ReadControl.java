package dev.weft.tls;

import dev.weft.transport.Transport;

/** Pauses and resumes reading from the transport below, by what waits to be decrypted. Loop thread only. */
final class ReadControl {

  /** FLOW_CONTROL_HIGH_WATER_SSL_READ: so much ciphertext may wait, and a quarter to go on. */
  private static final int HIGH = 256 * 1024;

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

  /** Looks whether the transport is to be paused or resumed. */
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
