package dev.weft.tls;

import dev.weft.loop.EventLoop;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import dev.weft.transport.WriteBufferLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One end of a connection within a loop. The other end gets what one end writes in a later turn. {@link #stalled}
 * keeps it back, as a network would, and {@link #chunk} limits how much is delivered at once.
 */
final class MemoryTransport implements Transport {

  private final EventLoop loop;
  private MemoryTransport peer;
  private BaseProtocol protocol;
  private final ByteArrayOutputStream waiting =
      new ByteArrayOutputStream(); // written and not delivered
  private WriteBufferLimits limits = WriteBufferLimits.DEFAULT;
  private boolean writingPaused;
  private boolean readingPaused;
  private boolean closing;
  private boolean lost;
  private boolean endSent;
  private boolean scheduled;
  boolean stalled;
  int chunk = Integer.MAX_VALUE;
  Error failure; // of every write; null for none

  /** All bytes that were ever written. */
  final ByteArrayOutputStream written = new ByteArrayOutputStream();

  final List<Integer> writes = new ArrayList<>();

  private MemoryTransport(EventLoop loop) {
    this.loop = loop;
  }

  static MemoryTransport[] pair(EventLoop loop) {
    var one = new MemoryTransport(loop);
    var other = new MemoryTransport(loop);
    one.peer = other;
    other.peer = one;
    return new MemoryTransport[] {one, other};
  }

  /** Sets the protocol and calls its {@code connectionMade} in the next turn. */
  void begin(BaseProtocol protocol) {
    setProtocol(protocol);
    loop.callSoon(() -> {
      protocol.connectionMade(this);
      peer.schedule();
    });
  }

  /** Goes on after {@link #stalled}. */
  void flow() {
    stalled = false;
    schedule();
  }

  /** The connection breaks. */
  void reset(IOException error) {
    lose(error);
    peer.lose(error);
  }

  /** What is written is delivered; then the connection ends, or breaks, for the other side. */
  void cut(boolean broken) {
    if (broken) {
      reset(new IOException("cut"));
    } else {
      close();
    }
  }

  /** The other side gets the end of data, as by a TCP FIN. */
  void sendEnd() {
    endSent = true;
    schedule();
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      loop.callSoon(this::deliver);
    }
  }

  private void deliver() {
    scheduled = false;
    if (stalled || lost || peer.protocol == null) {
      return;
    }
    byte[] all = waiting.toByteArray();
    if (all.length > 0 && !peer.readingPaused && !peer.closing) {
      waiting.reset();
      int sent = peer.receive(all, Math.min(all.length, chunk));
      waiting.write(all, sent, all.length - sent);
      if (writingPaused && waiting.size() <= limits.low()) {
        writingPaused = false;
        protocol.resumeWriting();
      }
      if (waiting.size() > 0) {
        schedule();
      }
    } else if (peer.closing || peer.lost) {
      waiting.reset();
    }
    if (waiting.size() == 0) {
      if (closing) {
        endSent = true;
        lose(null);
      }
      if (endSent) {
        loop.callSoon(peer::receiveEnd);
      }
    }
  }

  private int receive(byte[] data, int count) {
    if (protocol instanceof BufferedProtocol receiver) {
      ByteBuffer buffer = receiver.getBuffer(-1);
      int fits = Math.min(count, buffer.remaining());
      buffer.put(data, 0, fits);
      receiver.bufferUpdated(fits);
      return fits;
    }
    ((Protocol) protocol).dataReceived(ByteBuffer.wrap(data.clone(), 0, count).slice());
    return count;
  }

  private void receiveEnd() {
    if (lost || closing) {
      return;
    }
    boolean keepOpen = protocol instanceof BufferedProtocol buffered
        ? buffered.eofReceived()
        : ((Protocol) protocol).eofReceived();
    if (!keepOpen) {
      close();
    }
  }

  private void lose(Throwable error) {
    if (!lost) {
      lost = true;
      closing = true;
      waiting.reset();
      loop.callSoon(() -> protocol.connectionLost(error));
    }
  }

  @Override
  public void write(ByteBuffer data) {
    if (!data.hasRemaining()) {
      return;
    }
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    if (lost) {
      return;
    }
    if (failure != null) {
      throw failure;
    }
    written.writeBytes(bytes);
    writes.add(bytes.length);
    waiting.writeBytes(bytes);
    schedule();
    pauseIfNeeded();
  }

  @Override
  public void writelines(List<ByteBuffer> data) {
    data.forEach(this::write);
  }

  @Override
  public void close() {
    closing = true;
    schedule();
  }

  /** Data that the network has taken still arrives. */
  @Override
  public void abort() {
    if (lost) {
      return;
    }
    byte[] sent = stalled ? new byte[0] : waiting.toByteArray();
    lose(null);
    if (peer.protocol == null) {
      return;
    }
    loop.callSoon(() -> {
      if (sent.length > 0 && !peer.closing) {
        peer.receive(sent, sent.length);
      }
      peer.receiveEnd();
    });
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  @Override
  public boolean isReading() {
    return !readingPaused && !closing;
  }

  @Override
  public void pauseReading() {
    readingPaused = true;
  }

  @Override
  public void resumeReading() {
    readingPaused = false;
    peer.schedule();
  }

  @Override
  public boolean canWriteEof() {
    return true;
  }

  @Override
  public void writeEof() {
    sendEnd();
  }

  @Override
  public int getWriteBufferSize() {
    return waiting.size();
  }

  @Override
  public WriteBufferLimits getWriteBufferLimits() {
    return limits;
  }

  @Override
  public void setWriteBufferLimits(WriteBufferLimits limits) {
    this.limits = limits;
    pauseIfNeeded();
  }

  private void pauseIfNeeded() {
    if (!writingPaused && waiting.size() > limits.high()) {
      writingPaused = true;
      protocol.pauseWriting();
    }
  }

  @Override
  public <T> T getExtraInfo(ExtraInfo<T> key) {
    @SuppressWarnings("unchecked")
    T value = (T) (key == ExtraInfo.PEERNAME ? new java.net.InetSocketAddress(7) : null);
    return value;
  }

  @Override
  public void setProtocol(BaseProtocol protocol) {
    this.protocol = protocol;
  }

  @Override
  public BaseProtocol getProtocol() {
    return protocol;
  }
}
