package dev.weft.selector;

import dev.weft.loop.KeyboardInterrupt;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.WriteBufferLimits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Pauses and resumes a transport's protocol, by the amount of queued data. A transport calls it only when data has been
 * queued or when queued data has been written, so a write that the system takes at once costs nothing here. Loop thread
 * only.
 */
final class WriteFlow {

  private final SelectorEventLoop loop;
  private final BaseTransport transport;
  private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;
  private boolean paused;

  WriteFlow(SelectorEventLoop loop, BaseTransport transport) {
    this.loop = loop;
    this.transport = transport;
  }

  WriteBufferLimits limits() {
    return limits;
  }

  /** Changes the limits. May pause the protocol at once, but resumes it only after queued data has been written. */
  void setLimits(WriteBufferLimits limits, long size) {
    this.limits = Objects.requireNonNull(limits, "limits");
    grown(size);
  }

  /** Pauses the protocol if the size is above the high mark. */
  void grown(long size) {
    if (!paused && size > limits.high()) {
      paused = true;
      tell("pauseWriting", BaseProtocol::pauseWriting);
    }
  }

  /** Resumes the protocol if the size is at or below the low mark. The protocol may write more or close. */
  void shrunk(long size) {
    if (paused && size <= limits.low()) {
      paused = false;
      tell("resumeWriting", BaseProtocol::resumeWriting);
    }
  }

  /**
   * Queues data that the system has not taken. The queue copies the data. If a large write pauses the protocol, the
   * queue uses the memory of the write until the protocol is resumed.
   *
   * @param total the number of bytes that are left of the whole call
   * @param first whether the data belongs before the queued data
   */
  void queue(WriteQueue queue, ByteBuffer data, long total, boolean first) {
    if (total > WriteQueue.LARGEST_COPY && (paused || queue.size() + total > limits.high())) {
      queue.lend(data, loop.getDebug(), first);
    } else if (first) {
      queue.addFirst(data);
    } else {
      queue.add(data);
    }
  }

  /** Gives lent memory back if the protocol is about to be resumed. */
  void giveBack(WriteQueue queue) {
    if (paused && queue.size() <= limits.low()) {
      queue.copyLent();
    }
  }

  private void tell(String method, Consumer<BaseProtocol> call) {
    try {
      call.accept(transport.getProtocol());
    } catch (Throwable error) {
      KeyboardInterrupt.passFatal(error);
      loop.report("protocol." + method + "() failed", error, transport);
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

  /** Returns a size as an int, at most {@code Integer.MAX_VALUE}. */
  static int asInt(long size) {
    return (int) Math.min(size, Integer.MAX_VALUE);
  }
}
