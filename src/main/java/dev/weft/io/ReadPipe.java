package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.ReadTransport;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The transport for the reading end of a pipe. Loop thread only. */
public final class ReadPipe extends Connection implements ReadTransport {

  private final Source source;
  private final Input input;

  /**
   * Takes over a pipe. In the next turn it calls {@code connectionMade}, starts to watch the pipe and completes {@code
   * made}.
   *
   * @param loop the loop that serves it
   * @param source the end of the pipe
   * @param protocol the protocol
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   * @throws IOException if the pipe cannot be used
   */
  public ReadPipe(
      BaseEventLoop loop, Source source, Protocol protocol, @Nullable Future<@Nullable Void> made)
      throws IOException {
    super(loop, protocol);
    this.source = source;
    this.input = new Input(this, source);
    input.setProtocol(protocol);
    begin(source, made);
  }

  @Override
  void started() {
    input.start();
  }

  // ---- reading

  @Override
  public void readable() {
    input.readable();
  }

  /** Ends the pipe. Asyncio calls {@code eof_received} in a turn of its own and ignores its result. */
  @Override
  void inputEnded() {
    logInDebug("{} was closed by peer");
    callSoon(input::tellEnd);
    lose(null);
  }

  @Override
  void readFailed(Throwable error) {
    report("Fatal read error on pipe transport", error);
    forceClose(error);
  }

  /** Throws the error, because asyncio's pipes stay open after it. The loop passes it to the exception handler. */
  @Override
  void protocolFailed(Throwable error, String method) {
    throw ReadPipe.<RuntimeException>unchecked(error);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E unchecked(Throwable error) throws E {
    throw (E) error;
  }

  @Override
  public boolean isReading() {
    return input.isReading();
  }

  @Override
  public void pauseReading() {
    input.pause();
  }

  @Override
  public void resumeReading() {
    input.resume();
  }

  // ---- the end

  @Override
  void stopReading() {
    input.update();
  }

  @Override
  void stopAll() {
    input.update();
  }

  @Override
  void release(@Nullable Throwable error) {
    source.close();
  }

  // ---- what it is

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    return key == ExtraInfo.PIPE ? (T) source.object() : null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    if (!(protocol instanceof Protocol)) {
      throw new IllegalArgumentException("a pipe needs a Protocol: " + protocol);
    }
    this.protocol = protocol;
    input.setProtocol(protocol);
  }

  @Override
  public String toString() {
    return "ReadPipe[" + source.object() + life() + (isOpen() ? input.state() : "") + "]";
  }
}
