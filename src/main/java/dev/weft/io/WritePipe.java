package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.WriteBufferLimits;
import dev.weft.transport.WriteTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The transport for the writing end of a pipe. Loop thread only. */
public final class WritePipe extends Connection implements WriteTransport {

  private final PipeSink sink;
  private final Output output;
  private boolean doubtful; // the reader may be gone; checked again when all data is written

  /**
   * Takes over a pipe. In the next turn it calls {@code connectionMade} and completes {@code made}.
   *
   * @param loop the loop that serves it
   * @param sink the end of the pipe
   * @param protocol the protocol
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   * @throws IOException if the pipe cannot be used
   */
  public WritePipe(
      BaseEventLoop loop,
      PipeSink sink,
      BaseProtocol protocol,
      @Nullable Future<@Nullable Void> made)
      throws IOException {
    super(loop, protocol);
    this.sink = sink;
    this.output = new Output(this, sink);
    begin(sink, made);
  }

  // ---- writing

  @Override
  public void write(ByteBuffer data) {
    loop.checkOnLoop("write");
    if (isClosing()) {
      output.drop(data);
    } else {
      output.write(data);
    }
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    loop.checkOnLoop("writelines");
    if (isClosing()) {
      output.drop(data);
    } else {
      output.write(data);
    }
  }

  @Override
  public void writable() {
    output.writable();
  }

  @Override
  void writeFailed(Throwable error) {
    failed(error, "Fatal write error on pipe transport");
  }

  @Override
  public int getWriteBufferSize() {
    return output.intSize();
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return output.limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    output.setLimits(limits);
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
  public void abort() {
    loop.checkOnLoop("abort");
    forceClose(null);
  }

  /**
   * Ends the pipe if it has no reader any more. A back end does not report that while nothing is to be written. If it
   * is not known yet, the pipe is checked again when all data is written.
   */
  public void checkReader() {
    if (isLost()) {
      return;
    }
    doubtful = true;
    try {
      if (sink.isBroken()) {
        forceClose(hasSent() ? null : new IOException("Broken pipe"));
      }
    } catch (IOException error) {
      writeFailed(error);
    }
  }

  @Override
  void allSent() {
    if (doubtful) {
      checkReader();
    }
  }

  @Override
  boolean hasSent() {
    return output.hasSent();
  }

  @Override
  void stopAll() {
    sink.watchOutput(false);
  }

  @Override
  void discard() {
    output.clear();
  }

  @Override
  void release(@Nullable Throwable error) {
    sink.close();
  }

  // ---- what it is

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return key == ExtraInfo.PIPE ? (T) sink.object() : null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    this.protocol = Objects.requireNonNull(protocol, "protocol");
  }

  @Override
  public String toString() {
    return "WritePipe[" + sink.object() + life() + ", bufsize=" + output.size() + "]";
  }
}
