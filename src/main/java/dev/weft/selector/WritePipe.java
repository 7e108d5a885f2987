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
import org.slf4j.Logger;

/** The transport of a pipe's writing end. Loop thread only. */
final class WritePipe implements WriteTransport, Releasable {

  private static final Logger LOG = Log.of(Transport.class);

  /** LOG_THRESHOLD_FOR_CONNLOST_WRITES: how many writes to a closed pipe go without a warning. */
  private static final int SILENT_WRITES = 5;

  private final SelectorEventLoop loop;
  private final PipeSink sink;
  private final Context context = Context.copyContext();
  private final WriteQueue queue = new WriteQueue();
  private final WriteFlow flow;
  private BaseProtocol protocol;
  private boolean closing; // by close or writeEof
  private boolean lost; // connectionLost is called or queued
  private boolean doubtful; // whether anybody reads; asked again when all is written
  private boolean closed;
  private int writesAfterLoss;

  /**
   * Takes over a pipe. {@code connectionMade} and the completion of {@code made} follow in the next turn.
   *
   * @param made completed after {@code connectionMade}; null if nobody waits
   */
  WritePipe(SelectorEventLoop loop, PipeSink sink, BaseProtocol protocol, Future<Void> made)
      throws IOException {
    this.loop = loop;
    this.sink = sink;
    this.protocol = protocol;
    this.flow = new WriteFlow(loop, this);
    sink.attach(loop, this::writeReady, context);
    loop.opened(this);
    loop.callSoon(() -> start(made), context);
  }

  private void start(Future<Void> made) {
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
    if (queue.isEmpty()) {
      try {
        sink.write(data);
      } catch (IOException error) {
        data.position(data.limit());
        fail(error);
        return;
      }
      if (!data.hasRemaining()) {
        return;
      }
      sink.watch(true);
    }
    queue.add(data);
    flow.grown(queue.size());
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    loop.checkThread("writelines");
    if (closing || lost) {
      data.forEach(this::write);
      return;
    }
    boolean wasEmpty = queue.isEmpty();
    data.forEach(queue::add);
    if (wasEmpty && !queue.isEmpty()) {
      if (!flush()) {
        return;
      }
      sink.watch(!queue.isEmpty());
    }
    flow.grown(queue.size());
  }

  private void noteWriteAfterLoss() {
    if (++writesAfterLoss > SILENT_WRITES) {
      LOG.warn("writing to a pipe that is closed: {}", this);
    }
  }

  /** Writes from the queue until it is empty or the pipe takes no more. Returns false if it failed. */
  private boolean flush() {
    try {
      while (!queue.isEmpty()) {
        ByteBuffer direct = loop.buffer();
        queue.copyTo(direct);
        direct.flip();
        sink.write(direct);
        boolean all = !direct.hasRemaining();
        queue.remove(direct.position());
        if (!all) {
          break;
        }
      }
      return true;
    } catch (IOException error) {
      fail(error);
      return false;
    }
  }

  private void writeReady() {
    if (lost || queue.isEmpty() || !flush()) {
      return;
    }
    if (queue.isEmpty()) {
      sink.watch(false);
    }
    flow.shrunk(queue.size()); // may write more, or close
    if (!queue.isEmpty() || lost) {
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
    if (queue.isEmpty()) {
      lose(null);
    }
  }

  @Override
  public void abort() {
    loop.checkThread("abort");
    if (!lost) {
      queue.clear();
      lose(null);
    }
  }

  private void fail(IOException error) {
    LOG.debug("Fatal write error on {}", this, error);
    queue.clear();
    lose(error);
  }

  /** Looks whether anybody still reads: no readiness of the pipe says so while nothing is to be written. */
  void checkReader() {
    if (lost) {
      return;
    }
    doubtful = true;
    try {
      if (sink.isBroken()) {
        IOException error = queue.isEmpty() ? null : new IOException("Broken pipe");
        queue.clear();
        lose(error);
      }
    } catch (IOException error) {
      fail(error);
    }
  }

  private void lose(Throwable error) {
    closing = true;
    lost = true;
    sink.watch(false);
    loop.callSoon(() -> finish(error), context);
  }

  private void finish(Throwable error) {
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
  public <T> T getExtraInfo(ExtraInfo<T> key) {
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
