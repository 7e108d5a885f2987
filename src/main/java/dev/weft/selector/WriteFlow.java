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
 * Pauses and resumes the writing of a transport's protocol, by what waits to be written. Loop thread only. A
 * transport tells it when something has been queued or written, and only then, so that a write that the system
 * takes at once costs nothing here.
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

  /** Changes the marks; may pause at once, but does not resume before something has been written. */
  void setLimits(WriteBufferLimits limits, long size) {
    this.limits = Objects.requireNonNull(limits, "limits");
    grown(size);
  }

  /** There may be more now: pauses the protocol above the high mark. */
  void grown(long size) {
    if (!paused && size > limits.high()) {
      paused = true;
      tell("pauseWriting", BaseProtocol::pauseWriting);
    }
  }

  /** There may be less now: resumes the protocol at the low mark; it may write more, or close. */
  void shrunk(long size) {
    if (paused && size <= limits.low()) {
      paused = false;
      tell("resumeWriting", BaseProtocol::resumeWriting);
    }
  }

  /**
   * Queues what the system has not taken: as a copy, but for what is large and pauses the protocol, whose memory the
   * queue keeps until it resumes the protocol.
   *
   * @param total how much the call has left that the data is a part of
   * @param first whether the data belongs before what is queued
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

  /** Gives lent memory back if the protocol is about to resume. */
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
   * Checks what {@code writelines} is given, before any of it is queued.
   *
   * @return the number of its bytes
   * @throws NullPointerException if it or a part of it is null
   */
  static long check(List<ByteBuffer> data) {
    long total = 0;
    for (ByteBuffer buffer : Objects.requireNonNull(data, "data")) {
      total += Objects.requireNonNull(buffer, "data has a null").remaining();
    }
    return total;
  }

  /** A size as asyncio's {@code get_write_buffer_size} tells it. */
  static int asInt(long size) {
    return (int) Math.min(size, Integer.MAX_VALUE);
  }
}
