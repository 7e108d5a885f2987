package dev.weft.tls;

import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pauses and resumes the application's writing, by the number of unsent bytes. The transport below gets nearly the same
 * limits, so it calls {@code resumeWriting} when this class has to check again. Loop thread only.
 */
final class WriteControl {

  /** asyncio's FLOW_CONTROL_HIGH_WATER_SSL_WRITE, and a quarter of it. */
  private static final WriteBufferLimits DEFAULT = WriteBufferLimits.ofHigh(512 * 1024);

  private final Encryption outgoing;
  private final Application application;
  private WriteBufferLimits limits = DEFAULT;
  private @Nullable Transport below;
  private boolean paused;

  WriteControl(Encryption outgoing, Application application) {
    this.outgoing = outgoing;
    this.application = application;
  }

  void begin(Transport below) {
    this.below = below;
    passOn(below);
  }

  WriteBufferLimits limits() {
    return limits;
  }

  void setLimits(WriteBufferLimits limits) {
    this.limits = Objects.requireNonNull(limits, "limits");
    if (below != null) {
      passOn(below);
    }
    check();
  }

  /** Sets the limits of the transport below. It pauses above its high mark, and this class pauses at the mark. */
  private void passOn(Transport below) {
    int high = Math.max(limits.high() - 1, 0);
    below.setWriteBufferLimits(new WriteBufferLimits(Math.min(limits.low(), high), high));
  }

  /**
   * Pauses or resumes the application if a mark has been crossed. Must not be called while data is being encrypted,
   * because the application may write in the call.
   */
  void check() {
    int size = outgoing.size();
    if (!paused && size >= limits.high() && size > 0) {
      paused = true;
      application.pauseWriting();
    } else if (paused && size <= limits.low()) {
      paused = false;
      application.resumeWriting();
    }
  }
}
