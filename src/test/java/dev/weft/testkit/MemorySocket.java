package dev.weft.testkit;

import dev.weft.io.FileTransfer;
import dev.weft.io.Owner;
import dev.weft.io.StreamSocket;
import dev.weft.io.WriteQueue;
import dev.weft.loop.EventLoop;
import dev.weft.transport.SendfileNotAvailableException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One end of a stream in memory: a back end without the system. Between two ends there is room for some bytes. An end
 * calls its connection in the turn after it can proceed, once a turn, as a poll would. Loop thread only.
 */
public final class MemorySocket implements StreamSocket {

  private final EventLoop loop;
  private final SocketAddress address;
  private final ByteBuffer incoming; // in the mode for writing
  private MemorySocket peer;
  private Owner owner;
  private boolean inputWanted;
  private boolean outputWanted;
  private boolean queued; // a call of the owner
  private boolean ended; // no more bytes come
  private boolean closed;
  private @Nullable IOException failure;

  private MemorySocket(EventLoop loop, String name, int capacity) {
    this.loop = loop;
    this.address = UnixDomainSocketAddress.of(name);
    this.incoming = ByteBuffer.allocate(capacity);
  }

  /**
   * Creates two connected ends.
   *
   * @param capacity how many bytes are on the way at most, in each direction
   */
  public static MemorySocket[] pair(EventLoop loop, int capacity) {
    var ends = new MemorySocket[] {
      new MemorySocket(loop, "memory-0", capacity), new MemorySocket(loop, "memory-1", capacity)
    };
    ends[0].peer = ends[1];
    ends[1].peer = ends[0];
    return ends;
  }

  /** Makes the next read and the next write fail. */
  public void fail(IOException failure) {
    this.failure = failure;
    proceedSoon();
  }

  @Override
  public void attach(Owner owner) {
    this.owner = owner;
  }

  @Override
  public void watchInput(boolean wanted) {
    inputWanted = wanted;
    proceedSoon();
  }

  @Override
  public void watchOutput(boolean wanted) {
    outputWanted = wanted;
    proceedSoon();
  }

  private boolean isReadable() {
    return inputWanted && (incoming.position() > 0 || ended || failure != null);
  }

  private boolean isWritable() {
    return outputWanted && (peer.incoming.hasRemaining() || peer.closed || failure != null);
  }

  private void proceedSoon() {
    if (!queued && !closed && owner != null && (isReadable() || isWritable())) {
      queued = true;
      loop.callSoon(this::proceed, owner.context());
    }
  }

  private void proceed() {
    queued = false;
    if (!closed && isReadable()) {
      owner.readable();
    }
    if (!closed && isWritable()) {
      owner.writable();
    }
    proceedSoon();
  }

  private void checkFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public byte @Nullable [] read() throws IOException {
    ByteBuffer target = ByteBuffer.allocate(incoming.position());
    int count = read(target);
    return count == 0 ? null : target.array();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    checkFailure();
    if (incoming.position() == 0) {
      return ended ? -1 : 0;
    }
    incoming.flip();
    int count = Math.min(incoming.remaining(), target.remaining());
    target.put(incoming.slice(0, count));
    incoming.position(count).compact();
    peer.proceedSoon();
    return count;
  }

  @Override
  public void write(ByteBuffer data) throws IOException {
    checkFailure();
    if (peer.closed) {
      throw new SocketException("Broken pipe");
    }
    int count = Math.min(data.remaining(), peer.incoming.remaining());
    peer.incoming.put(data.slice(data.position(), count));
    data.position(data.position() + count);
    peer.proceedSoon();
  }

  @Override
  public boolean write(WriteQueue queue) throws IOException {
    ByteBuffer head = ByteBuffer.allocate((int) Math.min(queue.size(), peer.incoming.capacity()));
    queue.copyTo(head);
    write(head.flip());
    queue.remove(head.position());
    return !head.hasRemaining();
  }

  @Override
  public void shutdownOutput() {
    peer.ended = true;
    peer.proceedSoon();
  }

  @Override
  public boolean send(FileTransfer file) throws IOException {
    throw new SendfileNotAvailableException(
        "memory has no sendfile", new UnsupportedOperationException());
  }

  @Override
  public void close() {
    closed = true;
    peer.ended = true;
    if (incoming.position() > 0) {
      peer.failure = new SocketException("Connection reset");
    }
    peer.proceedSoon();
  }

  @Override
  public Object object() {
    return this;
  }

  @Override
  public SocketAddress localAddress() {
    return address;
  }

  @Override
  public SocketAddress remoteAddress() {
    return peer.address;
  }
}
