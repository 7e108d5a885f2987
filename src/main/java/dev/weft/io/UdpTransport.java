package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Datagram;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.DatagramTransport;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.TransportSocket;
import dev.weft.transport.WriteBufferLimits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * Each turn receives one datagram (DG-6). So the callbacks that a datagram causes run before the next datagram, and a
 * flood of datagrams does not delay the other connections. Datagrams that arrive faster stay in the system's buffer,
 * which drops those that do not fit. The transport omits a turn that would only return to it, because the poll and the
 * thread switch of that turn would be a third of the cost of a small datagram. The only visible effect is that the poll
 * finds other channels some datagrams later.
 *
 * An error of one datagram concerns that datagram only: the protocol gets errorReceived, and the endpoint continues.
 * The endpoint fails if its channel is closed. It also fails on an Error, such as OutOfMemoryError, which the exception
 * handler gets, too.
 */

/** A datagram transport. Loop thread only. */
public final class UdpTransport extends Connection implements DatagramTransport {

  /** The largest number of datagrams for one poll, which is how long another channel may have to wait. */
  public static final int BATCH = 16;

  /** The number of the datagram for a lost endpoint that logs a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_SENDS = 5;

  private final DatagramSocket socket;
  private final SocketAddress localAddress;
  private final @Nullable SocketAddress remoteAddress; // null if the socket is not connected
  private final @Nullable SocketAddress target; // the destination; null if each sendto names one
  private final DatagramQueue queue = new DatagramQueue(this);
  private boolean sending; // during a call of the socket, which may park; datagrams wait meanwhile
  private int sendsAfterLoss;

  /**
   * Takes over a socket. In the next turn the transport calls {@code connectionMade}, starts to receive and completes
   * {@code made}.
   *
   * @param loop the loop that serves it
   * @param socket the socket
   * @param protocol gets the datagrams
   * @param target the destination of sent datagrams; null if the endpoint has no remote address
   * @param made the future that is completed after {@code connectionMade}
   * @throws IOException if the socket is closed
   */
  public UdpTransport(
      BaseEventLoop loop,
      DatagramSocket socket,
      DatagramProtocol protocol,
      @Nullable SocketAddress target,
      Future<@Nullable Void> made)
      throws IOException {
    super(loop, protocol);
    this.socket = socket;
    this.target = target;
    this.localAddress = socket.localAddress();
    this.remoteAddress = socket.remoteAddress();
    begin(socket, made);
  }

  @Override
  void started() {
    socket.watchInput(isOpen());
  }

  private DatagramProtocol receiver() {
    return (DatagramProtocol) protocol;
  }

  // ---- receiving

  @Override
  public void readable() {
    int left = BATCH;
    while (receive() && --left > 0 && queue.isEmpty() && socket.wouldComeBack()) {
      // continues without a turn between
    }
  }

  /** Receives once. Returns whether more datagrams may be there. */
  private boolean receive() {
    if (isClosing()) {
      return false; // closed after the poll
    }
    Datagram datagram;
    try {
      datagram = socket.receive();
    } catch (IOException | Error error) {
      datagramFailed(error, "Fatal read error on datagram transport");
      return false;
    }
    if (datagram == null || isClosing()) {
      return false; // none, or closed while the socket's call was parked
    }
    try {
      receiver().datagramReceived(ByteBuffer.wrap(datagram.data()), datagram.address());
    } catch (Throwable error) {
      protocolFailed(error, "datagramReceived");
    }
    return true;
  }

  private void datagramFailed(Throwable error, String message) {
    if (error instanceof IOException ofOne && !(error instanceof ClosedChannelException)) {
      try {
        receiver().errorReceived(ofOne);
      } catch (Throwable failure) {
        protocolFailed(failure, "errorReceived");
      }
    } else {
      failed(error, message);
    }
  }

  @Override
  void writeFailed(Throwable error) {
    datagramFailed(error, "Fatal write error on datagram transport");
  }

  @Override
  void protocolFailed(Throwable error, String method) {
    KeyboardInterrupt.passFatal(error);
    report("protocol." + method + "() failed", error);
  }

  // ---- sending

  @Override
  public void sendto(ByteBuffer data) {
    loop.checkOnLoop("sendto");
    Objects.requireNonNull(data, "data");
    if (target == null) {
      throw new IllegalStateException(
          "sendto() needs an address, because the endpoint has no remote address: " + this);
    }
    transmit(data, target);
  }

  @Override
  public void sendto(ByteBuffer data, SocketAddress addr) {
    loop.checkOnLoop("sendto");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(addr, "addr");
    if (target != null && !target.equals(addr)) {
      throw new IllegalArgumentException("addr must be " + target + ": " + addr);
    }
    if (!(addr instanceof InetSocketAddress internet) || internet.isUnresolved()) {
      throw new IllegalArgumentException("addr must be a resolved internet address: " + addr);
    }
    transmit(data, addr);
  }

  private void transmit(ByteBuffer data, SocketAddress address) {
    if (isLost()) {
      data.position(data.limit());
      if (++sendsAfterLoss == SILENT_SENDS) {
        LOG.warn("sending on a closed endpoint: {}", this);
      }
      return;
    }
    try {
      checkSize(data);
      if (!hasSent()) {
        queue.add(data, address);
      } else if (!send(data, address)) {
        queue.addFirst(data, address); // those that were queued meanwhile are later ones
      }
    } catch (IOException | Error error) {
      writeFailed(error);
    }
    data.position(data.limit());
    goOn();
  }

  private static void checkSize(ByteBuffer data) throws SocketException {
    if (data.remaining() > DatagramSocket.LARGEST) {
      throw new SocketException("Message too long: " + data.remaining() + " bytes");
    }
  }

  private boolean send(ByteBuffer data, SocketAddress address) throws IOException {
    sending = true;
    try {
      return socket.send(data, address);
    } finally {
      sending = false;
    }
  }

  @Override
  boolean hasSent() {
    return queue.isEmpty() && !sending;
  }

  /** Continues after a send: waits for room for the rest, or performs a pending close. */
  private void goOn() {
    if (isLost() || sending) {
      return;
    }
    if (!queue.isEmpty()) {
      socket.watchOutput(true);
      queue.grown();
    } else if (isClosing()) {
      lose(null);
    }
  }

  @Override
  public void writable() {
    if (isLost() || sending) {
      return;
    }
    while (!queue.isEmpty()) {
      DatagramQueue.Waiting head = queue.peek();
      Throwable error = null;
      try {
        if (!send(head.data(), head.address())) {
          break;
        }
      } catch (IOException | Error e) {
        error = e;
      }
      if (isLost()) {
        return; // aborted while the socket's call was parked
      }
      queue.remove();
      if (error != null) {
        writeFailed(error);
        return; // the next turn sends the others, or performs a pending close
      }
    }
    queue.shrunk(); // the protocol may send more or close
    if (hasSent() && !isLost()) {
      socket.watchOutput(false);
      if (isClosing()) {
        finishClosing();
      }
    }
  }

  @Override
  public int getWriteBufferSize() {
    return queue.intSize();
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return queue.limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    queue.setLimits(limits);
  }

  // ---- the end

  @Override
  public void abort() {
    loop.checkOnLoop("abort");
    forceClose(null);
  }

  @Override
  void stopReading() {
    socket.watchInput(false);
  }

  @Override
  void stopAll() {
    socket.watchInput(false);
    socket.watchOutput(false);
  }

  @Override
  void discard() {
    queue.clear();
  }

  @Override
  void release(@Nullable Throwable error) {
    socket.close();
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
    if (!(protocol instanceof DatagramProtocol)) {
      throw new IllegalArgumentException(
          "a datagram transport needs a DatagramProtocol: " + protocol);
    }
    this.protocol = protocol;
  }

  @Override
  public String toString() {
    return "DatagramTransport["
        + localAddress
        + (target == null ? "" : " -> " + target)
        + life()
        + ", bufsize="
        + queue.size()
        + "]";
  }
}
