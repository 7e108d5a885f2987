package dev.weft.io;

import dev.weft.loop.KeyboardInterrupt;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What waits to be sent on a connection. It pauses and resumes the protocol, by the amount of queued data. Loop thread
 * only.
 */
abstract class WriteFlow {

  final Connection owner;
  private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;
  private boolean paused;

  WriteFlow(Connection owner) {
    this.owner = owner;
  }

  /** Returns the number of queued bytes. */
  abstract long size();

  /** Returns the number of queued bytes as an int, at most {@code Integer.MAX_VALUE}. */
  final int intSize() {
    return (int) Math.min(size(), Integer.MAX_VALUE);
  }

  final WriteBufferLimits limits() {
    return limits;
  }

  /** Changes the limits. May pause the protocol at once, but resumes it only after queued data has been written. */
  final void setLimits(WriteBufferLimits limits) {
    this.limits = Objects.requireNonNull(limits, "limits");
    grown();
  }

  /** Returns whether the protocol is paused, or will be when the queue has that size. */
  final boolean willPause(long size) {
    return paused || size > limits.high();
  }

  /** Returns whether the protocol is paused and will be resumed when the queue has that size. */
  final boolean willResume(long size) {
    return paused && size <= limits.low();
  }

  /** Pauses the protocol if the size is above the high mark. */
  final void grown() {
    if (!paused && size() > limits.high()) {
      paused = true;
      tell("pauseWriting", BaseProtocol::pauseWriting);
    }
  }

  /** Resumes the protocol if the size is at or below the low mark. The protocol may write more or close. */
  final void shrunk() {
    if (willResume(size())) {
      paused = false;
      tell("resumeWriting", BaseProtocol::resumeWriting);
    }
  }

  private void tell(String method, Consumer<BaseProtocol> call) {
    try {
      call.accept(owner.protocol);
    } catch (Throwable error) {
      KeyboardInterrupt.passFatal(error);
      owner.report("protocol." + method + "() failed", error);
    }
  }

  /**
   * Checks the argument of {@code writelines}, before any of it is queued.
   *
   * @return the number of bytes
   * @throws NullPointerException if the list or a buffer is null
   */
  static long check(List<ByteBuffer> data) {
    long total = 0;
    for (ByteBuffer buffer : Objects.requireNonNull(data, "data")) {
      total += Objects.requireNonNull(buffer, "data has a null").remaining();
    }
    return total;
  }
}
