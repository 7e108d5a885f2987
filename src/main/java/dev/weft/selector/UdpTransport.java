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
 * One datagram is received per turn (DG-6), so that what it calls for runs before the next, and a flood leaves
 * the other connections their turns; what comes faster than it is taken stays in the system's buffer, which
 * drops what does not fit. A turn that would do nothing but come back here is left out: its poll and its switch
 * of threads would be a third of what a small datagram costs. What the poll would have found on other channels
 * comes later by some datagrams, and that is all that a program can see of it.
 *
 * What goes wrong with one datagram concerns that datagram only: the protocol is told and the endpoint goes
 * on. A closed channel is the exception: there is nothing left to go on with. So is an error that is not the
 * system's, as when memory ends: the endpoint fails, and the exception handler hears of it, too.
 */

/** A datagram transport over a UDP channel. Loop thread only. */
final class UdpTransport implements DatagramTransport, Selectable {

  private static final Logger LOG = Log.of(DatagramTransport.class);

  /** What a datagram in the queue costs besides its bytes. */
  private static final int HEADER_SIZE = 8;

  /** How many datagrams are taken by one poll at most: what another channel may have to wait for. */
  static final int BATCH = 16;

  /** LOG_THRESHOLD_FOR_CONNLOST_WRITES: how many datagrams for a lost endpoint go without a warning. */
  private static final int SILENT_SENDS = 5;

  /** How a datagram is given to the system; 0 if it has no room for it. */
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
  private final @Nullable SocketAddress remoteAddress; // null if not connected
  private final @Nullable SocketAddress target; // where to send; null if sendto says so each time
  private final SelectionKey key;
  private final Handle reader;
  private final Handle writer;
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>(0);
  private final WriteFlow flow;
  private long queued;
  private boolean
      sending; // a call of the channel's that may park; what is sent meanwhile goes behind it

  private DatagramProtocol protocol;
  private boolean closing;
  private boolean lost;
  private int sendsAfterLoss;

  /**
   * Takes over a channel in non-blocking mode, and binds it if it is not bound: the system would do so when
   * it first sends, and until then nobody could be told the address. {@code connectionMade}, the first
   * interest in input and the completion of {@code made} follow in the next turn.
   *
   * @param target where to send; null if the endpoint has no remote address
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
      // the next turn, left out
    }
  }

  /** Receives once. Returns whether there may be more. */
  private boolean receive() {
    if (closing) {
      return false; // since the poll that has brought us here
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
      return false; // that was all; or its checksum was wrong; or closed while the channel's call
      // was parked
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
      throw new IllegalStateException("sendto() needs an address, as " + this + " has none");
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
        LOG.warn("sending by an endpoint that is closed: {}", this);
      }
      return;
    }
    try {
      checkSize(data);
      if (!hasSent()) {
        queue.addLast(queued(data, addr));
      } else if (!send(data, addr)) {
        queue.addFirst(
            queued(data, addr)); // before those that came while the channel's call was parked
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

  /** A copy for the queue. */
  private Datagram queued(ByteBuffer data, SocketAddress addr) {
    var copy = new Datagram(ByteBuffer.allocate(data.remaining()).put(data).flip(), addr);
    queued += copy.cost();
    return copy;
  }

  /** Whether nothing is left to be sent. */
  private boolean hasSent() {
    return queue.isEmpty() && !sending;
  }

  /** Sends the rest by readiness, or does what has waited for the last datagram. */
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
   * Sends one datagram; the buffer stays as it is. Returns false if the system has no room for it. Of empty
   * ones the JDK does not say so, and to where a channel is connected it leaves them out.
   */
  private boolean send(ByteBuffer data, SocketAddress addr) throws IOException {
    int size = data.remaining();
    if (size == 0 && remoteAddress != null) {
      throw new SocketException("a connected socket of the JDK's sends no empty datagrams");
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
        return; // while the channel's call was parked
      }
      queue.remove();
      queued -= head.cost();
      if (error != null) {
        sendFailed(error);
        return; // the others, and the end, in the next turn
      }
    }
    flow.shrunk(queued); // may send more, or close
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
    loop.callSoon(
        () -> finish(error), context); // first: without memory for it nothing has happened
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
      loop.releaseClosed(); // the port may be wanted again
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
