package dev.weft.tls;

import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Pauses and resumes the application's writing, by the number of bytes that have not left the program. The
 * transport below gets the same marks, so that it says when it is time to look again.
 */
final class WriteControl {

  /** FLOW_CONTROL_HIGH_WATER_SSL_WRITE, and a quarter of it. */
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

  /** A plain transport pauses above its high mark, TLS at it. */
  private void passOn(Transport below) {
    int high = Math.max(limits.high() - 1, 0);
    below.setWriteBufferLimits(new WriteBufferLimits(Math.min(limits.low(), high), high));
  }

  /** Looks whether the application is to be paused or resumed. Not inside of an encryption: it may write. */
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
