package dev.weft.selector;

import dev.weft.log.Log;
import dev.weft.loop.Context;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The transport for the reading end of a pipe. Loop thread only. */
final class ReadPipe implements ReadTransport, Releasable {

  private static final Logger LOG = Log.of(Transport.class);

  private final SelectorEventLoop loop;
  private final PipeSource source;
  private final Context context = Context.copyContext();
  private Protocol protocol;
  private boolean started;
  private boolean paused;
  private boolean closing;
  private boolean closed;

  /**
   * Takes over a pipe. In the next turn it calls {@code connectionMade}, starts to watch the pipe and completes {@code
   * made}.
   *
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   */
  ReadPipe(
      SelectorEventLoop loop,
      PipeSource source,
      Protocol protocol,
      @Nullable Future<@Nullable Void> made)
      throws IOException {
    this.loop = loop;
    this.source = source;
    this.protocol = protocol;
    source.attach(loop, this::readReady, context);
    loop.opened(this);
    loop.callSoon(() -> start(made), context);
  }

  private void start(@Nullable Future<@Nullable Void> made) {
    try {
      protocol.connectionMade(this);
    } finally {
      started = true;
      if (isReading()) {
        source.watch(true);
      }
      if (made != null && !made.done()) {
        made.setResult(null);
      }
    }
  }

  private void readReady() {
    if (!isReading()) {
      return; // reading has been paused or closed after the poll
    }
    byte[] data;
    try {
      data = source.read();
    } catch (Throwable error) {
      loop.report("Fatal read error on pipe transport", error, this);
      end(error);
      return;
    }
    if (data == null || closing) {
      return; // no data, or closed while source.read() was parked
    }
    if (data.length > 0) {
      protocol.dataReceived(ByteBuffer.wrap(data));
      return;
    }
    logInDebug("{} was closed by peer");
    closing = true;
    source.watch(false);
    loop.callSoon(protocol::eofReceived, context);
    loop.callSoon(() -> finish(null), context);
  }

  @Override
  public boolean isReading() {
    return !paused && !closing;
  }

  @Override
  public void pauseReading() {
    loop.checkThread("pauseReading");
    if (isReading()) {
      paused = true;
      source.watch(false);
      logInDebug("{} pauses reading");
    }
  }

  @Override
  public void resumeReading() {
    loop.checkThread("resumeReading");
    if (paused && !closing) {
      paused = false;
      if (started) {
        source.watch(true);
      }
      logInDebug("{} resumes reading");
    }
  }

  private void logInDebug(String text) {
    if (loop.getDebug()) {
      LOG.debug(text, this);
    }
  }

  // ---- the end

  @Override
  public void close() {
    if (!closing) {
      loop.checkThread("close");
      end(null);
    }
  }

  private void end(@Nullable Throwable error) {
    closing = true;
    source.watch(false);
    loop.callSoon(() -> finish(error), context);
  }

  private void finish(@Nullable Throwable error) {
    try {
      protocol.connectionLost(error);
    } finally {
      closed = true;
      source.close();
      loop.gone(this);
    }
  }

  @Override
  public void release() {
    source.close();
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  // ---- what it is

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return key == ExtraInfo.PIPE ? (T) source.pipe() : null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    if (!(protocol instanceof Protocol)) {
      throw new IllegalArgumentException("a pipe needs a Protocol: " + protocol);
    }
    this.protocol = (Protocol) protocol;
  }

  @Override
  public BaseProtocol getProtocol() {
    return protocol;
  }

  @Override
  public String toString() {
    return "ReadPipe["
        + source.pipe()
        + (closed ? ", closed" : closing ? ", closing" : paused ? ", paused" : ", reading")
        + "]";
  }
}
