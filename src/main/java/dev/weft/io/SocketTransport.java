package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import dev.weft.transport.TransportSocket;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NetworkChannel;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stream transport over a socket. Loop thread only. */
public final class SocketTransport extends Connection implements Transport {

  /** The connections of a server. */
  public interface Group {
    /**
     * Adds a connection that begins.
     *
     * @param transport its transport
     */
    void attach(SocketTransport transport);

    /**
     * Removes a connection after {@code connectionLost}.
     *
     * @param transport its transport
     */
    void detach(SocketTransport transport);
  }

  private final StreamSocket socket;
  private final @Nullable Group group;
  private final SocketAddress localAddress;
  private final SocketAddress remoteAddress;
  private final Input input;
  private final Output output;

  /**
   * Takes over a socket. In the next turn it calls {@code connectionMade}, starts to read and completes {@code made}.
   *
   * @param loop the loop that serves it
   * @param socket the connected socket
   * @param protocol gets the data
   * @param group the connections of the server that has accepted it; null on a client
   * @param made the future that is completed after {@code connectionMade}; null if no task waits
   * @throws IOException if the socket is closed
   */
  public SocketTransport(
      BaseEventLoop loop,
      StreamSocket socket,
      BaseProtocol protocol,
      @Nullable Group group,
      @Nullable Future<@Nullable Void> made)
      throws IOException {
    super(loop, protocol);
    this.socket = socket;
    this.group = group;
    this.localAddress = socket.localAddress();
    this.remoteAddress = socket.remoteAddress();
    this.input = new Input(this, socket);
    this.output = new Output(this, socket);
    setProtocol(protocol);
    begin(socket, made);
    if (group != null) {
      group.attach(this);
    }
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

  @Override
  void inputEnded() {
    logInDebug("{} received EOF");
    boolean keepOpen;
    try {
      keepOpen = input.tellEnd();
    } catch (Throwable error) {
      protocolFailed(error, "eofReceived");
      return;
    }
    if (keepOpen) {
      input.update();
    } else {
      close();
    }
  }

  @Override
  void readFailed(Throwable error) {
    failed(error, "Fatal read error on socket transport");
  }

  @Override
  void protocolFailed(Throwable error, String method) {
    KeyboardInterrupt.passFatal(error);
    report("Fatal error: protocol." + method + "() call failed.", error);
    forceClose(error);
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

  // ---- writing

  @Override
  public void write(ByteBuffer data) {
    checkCanWrite();
    if (isLost()) {
      output.drop(data);
    } else {
      output.write(data);
    }
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    checkCanWrite();
    if (isLost()) {
      output.drop(data);
    } else {
      output.write(data);
    }
  }

  private void checkCanWrite() {
    loop.checkOnLoop("write");
    output.checkOpen("write");
  }

  @Override
  public void writable() {
    output.writable();
  }

  @Override
  void writeFailed(Throwable error) {
    failed(error, "Fatal write error on socket transport");
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public void writeEof() {
    if (isClosing() || output.isEnding()) {
      return;
    }
    loop.checkOnLoop("writeEof");
    output.end();
  }

  /** Sends a file after the queued data. Pauses reading and rejects writes meanwhile. Suspends. */
  void send(FileTransfer file) throws IOException {
    checkCanWrite();
    boolean resume = isReading();
    pauseReading();
    try {
      output.send(file);
    } finally {
      if (resume) {
        resumeReading();
      }
    }
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
  public void abort() {
    loop.checkOnLoop("abort");
    forceClose(null);
  }

  @Override
  void stopReading() {
    input.update();
  }

  @Override
  boolean hasSent() {
    return output.hasSent();
  }

  @Override
  void stopAll() {
    socket.watchInput(false);
    socket.watchOutput(false);
  }

  @Override
  void discard() {
    output.clear();
  }

  @Override
  void release(@Nullable Throwable error) {
    socket.close();
    if (group != null) {
      group.detach(this);
    }
    output.lost(error);
  }

  // ---- what it is

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T getExtraInfo(ExtraInfo<T> key) {
    if (key == ExtraInfo.SOCKNAME) {
      return (T) localAddress;
    }
    if (key == ExtraInfo.PEERNAME) {
      return (T) remoteAddress;
    }
    if (key == ExtraInfo.SOCKET) {
      return (T) new TransportSocket((NetworkChannel) socket.object());
    }
    return null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    if (!(protocol instanceof Protocol) && !(protocol instanceof BufferedProtocol)) {
      throw new IllegalArgumentException(
          "a stream transport needs a Protocol or a BufferedProtocol: " + protocol);
    }
    this.protocol = protocol;
    input.setProtocol(protocol);
  }

  @Override
  public String toString() {
    return "Transport["
        + localAddress
        + " <-> "
        + remoteAddress
        + life()
        + ", read="
        + (input.isWatched() ? "polling" : "idle")
        + ", write=<"
        + (output.isWatched() ? "polling" : "idle")
        + ", bufsize="
        + output.size()
        + ">]";
  }
}
