package dev.weft.selector;

import dev.weft.log.Log;
import dev.weft.loop.Context;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.transport.BaseProtocol;
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
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

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

/** A datagram transport over a UDP channel. Loop thread only. */
final class UdpTransport implements DatagramTransport, Selectable {

  private static final Logger LOG = Log.of(DatagramTransport.class);

  /** The number of bytes that a queued datagram adds to the size of the write buffer besides its data. */
  private static final int HEADER_SIZE = 8;

  /** The largest number of datagrams for one poll, which is how long another channel may have to wait. */
  static final int BATCH = 16;

  /** The number of the datagram for a lost endpoint that logs a warning: LOG_THRESHOLD_FOR_CONNLOST_WRITES. */
  private static final int SILENT_SENDS = 5;

  /** Passes a datagram to the system. Returns the number of sent bytes; 0 if the system has no room. */
  interface Send {
    int by(DatagramChannel channel, ByteBuffer data, SocketAddress addr) throws IOException;
  }

  private record Datagram(ByteBuffer data, SocketAddress addr) {
    int cost() {
      return data.remaining() + HEADER_SIZE;
    }
  }

  private final SelectorEventLoop loop;
  private final DatagramChannel channel;
  private final Send send;
  private final Context context = Context.copyContext();
  private final SocketAddress localAddress;
  private final @Nullable SocketAddress remoteAddress; // null if the channel is not connected
  private final @Nullable SocketAddress target; // the destination; null if each sendto names one
  private final SelectionKey key;
  private final Handle reader;
  private final Handle writer;
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>(0);
  private final WriteFlow flow;
  private long queued;
  private boolean
      sending; // during a call of the channel, which may park; datagrams are queued meanwhile

  private DatagramProtocol protocol;
  private boolean closing;
  private boolean lost;
  private int sendsAfterLoss;

  /**
   * Takes over a channel in non-blocking mode, and binds it if it is not bound. Otherwise the system would bind it when
   * it first sends, and the endpoint would have no local address until then. In the next turn the transport calls
   * {@code connectionMade}, starts to receive and completes {@code made}.
   *
   * @param target the destination of sent datagrams; null if the endpoint has no remote address
   * @param made the future that is completed after {@code connectionMade}
   * @param send the code that passes datagrams to the system
   */
  UdpTransport(
      SelectorEventLoop loop,
      DatagramChannel channel,
      DatagramProtocol protocol,
      @Nullable SocketAddress target,
      Future<@Nullable Void> made,
      Send send)
      throws IOException {
    this.loop = loop;
    this.channel = channel;
    this.target = target;
    this.send = send;
    this.flow = new WriteFlow(loop, this);
    setProtocol(protocol);
    if (channel.getLocalAddress() == null) {
      channel.bind(null);
    }
    this.localAddress = channel.getLocalAddress();
    this.remoteAddress = channel.getRemoteAddress();
    this.reader = loop.handle(this::readReady, context);
    this.writer = loop.handle(this::writeReady, context);
    this.key = loop.register(channel, 0, this);
    loop.callSoon(() -> start(made), context);
  }

  private void start(Future<@Nullable Void> made) {
    try {
      protocol.connectionMade(this);
    } finally {
      setInterest(SelectionKey.OP_READ, !closing);
      if (!made.done()) {
        made.setResult(null);
      }
    }
  }

  // ---- readiness

  @Override
  public void ready(int operations) {
    if ((operations & SelectionKey.OP_READ) != 0) {
      loop.enqueue(reader);
    }
    if ((operations & SelectionKey.OP_WRITE) != 0) {
      loop.enqueue(writer);
    }
  }

  @Override
  public int stillWanted(int operations) {
    int wanted =
        (closing ? 0 : SelectionKey.OP_READ) | (queue.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    return operations & wanted;
  }

  private void setInterest(int operation, boolean wanted) {
    if (key.isValid()) {
      int before = key.interestOps();
      key.interestOps(wanted ? before | operation : before & ~operation);
    }
  }

  // ---- receiving

  private void readReady() {
    int left = BATCH;
    while (receive() && --left > 0 && queue.isEmpty() && loop.wouldComeBack()) {
      // continues without a turn between
    }
  }

  /** Receives once. Returns whether more datagrams may be there. */
  private boolean receive() {
    if (closing) {
      return false; // closed after the poll
    }
    SocketAddress from;
    byte[] data;
    try {
      ByteBuffer buffer = loop.take();
      try {
        from = channel.receive(buffer);
        data = from == null ? null : SelectorPolling.bytes(buffer.flip());
      } finally {
        loop.give(buffer);
      }
    } catch (IOException | Error error) {
      failed(error, "Fatal read error on datagram transport");
      return false;
    }
    if (from == null || closing) {
      return false; // no datagram, a wrong checksum, or closed while the channel's call was parked
    }
    try {
      protocol.datagramReceived(ByteBuffer.wrap(data), from);
    } catch (Throwable error) {
      protocolFailed("datagramReceived", error);
    }
    return true;
  }

  private void failed(Throwable error, String message) {
    if (error instanceof IOException ofOne && !(error instanceof ClosedChannelException)) {
      try {
        protocol.errorReceived(ofOne);
      } catch (Throwable failure) {
        protocolFailed("errorReceived", failure);
      }
      return;
    }
    forceClose(error);
    if (error instanceof Error) {
      loop.report(message, error, this);
    }
  }

  private void sendFailed(Throwable error) {
    failed(error, "Fatal write error on datagram transport");
  }

  private void protocolFailed(String method, Throwable error) {
    KeyboardInterrupt.passFatal(error);
    loop.report("protocol." + method + "() failed", error, this);
  }

  // ---- sending

  @Override
  public void sendto(ByteBuffer data) {
    loop.checkThread("sendto");
    Objects.requireNonNull(data, "data");
    if (target == null) {
      throw new IllegalStateException(
          "sendto() needs an address, because the endpoint has no remote address: " + this);
    }
    transmit(data, target);
  }

  @Override
  public void sendto(ByteBuffer data, SocketAddress addr) {
    loop.checkThread("sendto");
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

  private void transmit(ByteBuffer data, SocketAddress addr) {
    if (lost) {
      data.position(data.limit());
      if (++sendsAfterLoss == SILENT_SENDS) {
        LOG.warn("sending on a closed endpoint: {}", this);
      }
      return;
    }
    try {
      checkSize(data);
      if (!hasSent()) {
        queue.addLast(queued(data, addr));
      } else if (!send(data, addr)) {
        queue.addFirst(queued(
            data, addr)); // before those that were queued while the channel's call was parked
      }
    } catch (IOException | Error error) {
      sendFailed(error);
    }
    data.position(data.limit());
    goOn();
  }

  private static void checkSize(ByteBuffer data) throws SocketException {
    if (data.remaining() > SelectorPolling.READ_SIZE) {
      throw new SocketException("Message too long: " + data.remaining() + " bytes");
    }
  }

  /** Returns a copy for the queue, and counts its size. */
  private Datagram queued(ByteBuffer data, SocketAddress addr) {
    var copy = new Datagram(ByteBuffer.allocate(data.remaining()).put(data).flip(), addr);
    queued += copy.cost();
    return copy;
  }

  /** Returns whether all datagrams have been sent. */
  private boolean hasSent() {
    return queue.isEmpty() && !sending;
  }

  /** Continues after a send: waits for room for the rest, or performs a pending close. */
  private void goOn() {
    if (lost || sending) {
      return;
    }
    if (!queue.isEmpty()) {
      setInterest(SelectionKey.OP_WRITE, true);
      flow.grown(queued);
    } else if (closing) {
      lose(null);
    }
  }

  /**
   * Sends one datagram, and does not change the buffer. Returns false if the system has no room. For an empty datagram
   * the JDK does not report that, and on a connected channel the JDK does not send an empty datagram.
   */
  private boolean send(ByteBuffer data, SocketAddress addr) throws IOException {
    int size = data.remaining();
    if (size == 0 && remoteAddress != null) {
      throw new SocketException("the JDK does not send an empty datagram on a connected socket");
    }
    ByteBuffer direct = loop.take();
    sending = true;
    try {
      direct.put(0, data, data.position(), size).limit(size);
      return send.by(channel, direct, addr) > 0 || size == 0;
    } catch (UnsupportedAddressTypeException e) {
      throw new SocketException("an IPv4 socket cannot send to " + addr);
    } finally {
      sending = false;
      loop.give(direct);
    }
  }

  private void writeReady() {
    if (lost || sending) {
      return;
    }
    while (!queue.isEmpty()) {
      Datagram head = queue.peek();
      Throwable error = null;
      try {
        if (!send(head.data, head.addr)) {
          break;
        }
      } catch (IOException | Error e) {
        error = e;
      }
      if (lost) {
        return; // aborted while the channel's call was parked
      }
      queue.remove();
      queued -= head.cost();
      if (error != null) {
        sendFailed(error);
        return; // the next turn sends the others, or performs a pending close
      }
    }
    flow.shrunk(queued); // the protocol may send more or close
    if (hasSent() && !lost) {
      setInterest(SelectionKey.OP_WRITE, false);
      if (closing) {
        finish(null);
      }
    }
  }

  @Override
  public int getWriteBufferSize() {
    return WriteFlow.asInt(queued);
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return flow.limits();
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    flow.setLimits(limits, queued);
  }

  // ---- the end

  @Override
  public void close() {
    if (closing) {
      return;
    }
    loop.checkThread("close");
    closing = true;
    setInterest(SelectionKey.OP_READ, false);
    if (hasSent()) {
      lose(null);
    }
  }

  @Override
  public void abort() {
    loop.checkThread("abort");
    forceClose(null);
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  @Override
  public boolean unclosed() {
    return !closing || queued > 0;
  }

  private void forceClose(@Nullable Throwable error) {
    if (!lost) {
      lose(error);
      queue.clear();
      queued = 0;
    }
  }

  private void lose(@Nullable Throwable error) {
    loop.callSoon(() -> finish(error), context); // first, as it may run out of memory
    closing = true;
    lost = true;
    if (key.isValid()) {
      key.interestOps(0);
    }
  }

  private void finish(@Nullable Throwable error) {
    lost = true;
    try {
      protocol.connectionLost(error);
    } finally {
      SelectorEventLoop.closeQuietly(channel);
      loop.releaseClosed(); // frees the port at once
    }
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
      return (T) new TransportSocket(channel);
    }
    return null;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    Objects.requireNonNull(protocol, "protocol");
    if (!(protocol instanceof DatagramProtocol datagrams)) {
      throw new IllegalArgumentException(
          "a datagram transport needs a DatagramProtocol: " + protocol);
    }
    this.protocol = datagrams;
  }

  @Override
  public BaseProtocol getProtocol() {
    return protocol;
  }

  @Override
  public String toString() {
    return "DatagramTransport["
        + localAddress
        + (target == null ? "" : " -> " + target)
        + (lost ? ", closed" : closing ? ", closing" : "")
        + ", bufsize="
        + queued
        + "]";
  }
}
