package dev.weft.selector;

import dev.weft.log.Log;
import dev.weft.loop.Context;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The transport for the writing end of a pipe. Loop thread only. */
final class WritePipe implements WriteTransport, Releasable {

  private static final Logger LOG = Log.of(Transport.class);

  /** The number of the write to a closed pipe that logs a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_WRITES = 5;

  private final SelectorEventLoop loop;
  private final PipeSink sink;
  private final Context context = Context.copyContext();
  private final WriteQueue queue = new WriteQueue();
  private final WriteFlow flow;
  private BaseProtocol protocol;
  private boolean closing; // by close or writeEof
  private boolean lost; // connectionLost is called or queued
  private boolean doubtful; // the reader may be gone; checked again when all data is written
  private boolean closed;
  private boolean sending; // during a call of the sink, which may park; writes are queued meanwhile
  private int writesAfterLoss;

  /**
   * Takes over a pipe. In the next turn it calls {@code connectionMade} and completes {@code made}.
   *
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   */
  WritePipe(
      SelectorEventLoop loop,
      PipeSink sink,
      BaseProtocol protocol,
      @Nullable Future<@Nullable Void> made)
      throws IOException {
    this.loop = loop;
    this.sink = sink;
    this.protocol = protocol;
    this.flow = new WriteFlow(loop, this);
    sink.attach(loop, this::writeReady, context);
    loop.opened(this);
    loop.callSoon(() -> start(made), context);
  }

  private void start(@Nullable Future<@Nullable Void> made) {
    try {
      protocol.connectionMade(this);
    } finally {
      if (made != null && !made.done()) {
        made.setResult(null);
      }
    }
  }

  // ---- writing

  @Override
  public void write(ByteBuffer data) {
    loop.checkThread("write");
    if (!data.hasRemaining()) {
      return;
    }
    if (closing || lost) {
      data.position(data.limit());
      noteWriteAfterLoss();
      return;
    }
    try {
      if (hasWritten()) {
        send(data);
      } else {
        flow.queue(queue, data, data.remaining(), false);
      }
    } catch (Throwable error) {
      data.position(data.limit());
      fail(error);
      return;
    }
    flow.grown(queue.size());
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    loop.checkThread("writelines");
    long total = WriteFlow.check(data);
    if (closing || lost) {
      data.forEach(this::write);
      return;
    }
    boolean hasWritten = hasWritten();
    try {
      data.forEach(buffer -> flow.queue(queue, buffer, total, false));
      if (hasWritten) {
        flush();
        goOn();
      }
    } catch (Throwable error) {
      data.forEach(buffer -> buffer.position(buffer.limit()));
      fail(error);
      return;
    }
    flow.grown(queue.size());
  }

  private void noteWriteAfterLoss() {
    if (++writesAfterLoss == SILENT_WRITES) {
      LOG.warn("writing to a closed pipe: {}", this);
    }
  }

  /** Returns whether all data has been written to the pipe. */
  private boolean hasWritten() {
    return queue.isEmpty() && !sending;
  }

  /** Writes as much of the data as the pipe takes now, and queues the rest. */
  private void send(ByteBuffer data) throws IOException {
    sending = true;
    try {
      sink.write(data);
    } finally {
      sending = false;
    }
    if (lost) {
      data.position(data.limit());
    } else {
      flow.queue(queue, data, data.remaining(), true);
      goOn();
    }
  }

  /** Writes as much of the queue as the pipe takes now. */
  private void flush() throws IOException {
    sending = true;
    try {
      for (int left = SelectorPolling.WRITE_SIZE;
          left > 0 && !queue.isEmpty() && flushOnce();
          left -= SelectorPolling.READ_SIZE) {
        // the pipe may take more
      }
      flow.giveBack(queue);
    } finally {
      sending = false;
    }
  }

  private boolean flushOnce() throws IOException {
    ByteBuffer direct = loop.take();
    try {
      queue.copyTo(direct);
      sink.write(direct.flip());
      queue.remove(direct.position());
      return !direct.hasRemaining();
    } finally {
      loop.give(direct);
    }
  }

  /** Continues after a write: waits for room for the rest, or performs a pending close. */
  private void goOn() {
    if (lost) {
      return;
    }
    if (!queue.isEmpty()) {
      sink.watch(true);
    } else if (closing) {
      lose(null);
    }
  }

  private void writeReady() {
    if (lost || sending || queue.isEmpty()) {
      return;
    }
    try {
      flush();
    } catch (Throwable error) {
      fail(error);
      return;
    }
    if (lost) {
      return;
    }
    if (queue.isEmpty()) {
      sink.watch(false);
    }
    flow.shrunk(queue.size()); // the protocol may write more or close
    if (!hasWritten() || lost) {
      return;
    }
    if (closing) {
      lost = true;
      finish(null);
    } else if (doubtful) {
      checkReader();
    }
  }

  @Override
  public int getWriteBufferSize() {
    return WriteFlow.asInt(queue.size());
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return flow.limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    flow.setLimits(limits, queue.size());
  }

  // ---- the end

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public void writeEof() {
    close();
  }

  @Override
  public void close() {
    if (closing || lost) {
      return;
    }
    loop.checkThread("close");
    closing = true;
    if (hasWritten()) {
      lose(null);
    }
  }

  @Override
  public void abort() {
    loop.checkThread("abort");
    if (!lost) {
      lose(null);
      queue.clear();
    }
  }

  /**
   * Ends the pipe after an error. The protocol gets the error. The exception handler gets it too if it is no {@code
   * IOException}, such as an {@code OutOfMemoryError}.
   */
  private void fail(Throwable error) {
    if (lost) {
      return; // aborted while the sink's call was parked
    }
    lose(error);
    queue.clear();
    if (error instanceof IOException) {
      LOG.debug("Fatal write error on {}", this, error);
    } else {
      loop.report("Fatal write error on pipe transport", error, this);
    }
  }

  /** Checks whether the pipe still has a reader. The selector does not report that while nothing is to be written. */
  void checkReader() {
    if (lost) {
      return;
    }
    doubtful = true;
    try {
      if (sink.isBroken()) {
        IOException error = hasWritten() ? null : new IOException("Broken pipe");
        lose(error);
        queue.clear();
      }
    } catch (IOException error) {
      fail(error);
    }
  }

  private void lose(@Nullable Throwable error) {
    loop.callSoon(() -> finish(error), context); // first, as it may run out of memory
    closing = true;
    lost = true;
    sink.watch(false);
  }

  private void finish(@Nullable Throwable error) {
    try {
      protocol.connectionLost(error);
    } finally {
      closed = true;
      sink.close();
      loop.gone(this);
    }
  }

  @Override
  public void release() {
    sink.close();
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  // ---- what it is

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return key == ExtraInfo.PIPE ? (T) sink.pipe() : null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    this.protocol = Objects.requireNonNull(protocol, "protocol");
  }

  @Override
  public BaseProtocol getProtocol() {
    return protocol;
  }

  @Override
  public String toString() {
    return "WritePipe["
        + sink.pipe()
        + (closed ? ", closed" : closing ? ", closing" : "")
        + ", bufsize="
        + queue.size()
        + "]";
  }
}
