package dev.weft.io;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/** The datagrams that wait to be sent, as copies. Loop thread only. */
final class DatagramQueue extends WriteFlow {

  /** The number of bytes that a queued datagram adds to the size of the write buffer besides its data. */
  private static final int HEADER_SIZE = 8;

  /** A datagram that waits. */
  record Waiting(ByteBuffer data, SocketAddress address) {
    int cost() {
      return data.remaining() + HEADER_SIZE;
    }
  }

  private final ArrayDeque<Waiting> queue = new ArrayDeque<>(0);
  private long size;

  DatagramQueue(Connection owner) {
    super(owner);
  }

  @Override
  long size() {
    return size;
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  void add(ByteBuffer data, SocketAddress address) {
    queue.addLast(copied(data, address));
  }

  void addFirst(ByteBuffer data, SocketAddress address) {
    queue.addFirst(copied(data, address));
  }

  /** Returns a copy for the queue, and counts its size. */
  private Waiting copied(ByteBuffer data, SocketAddress address) {
    var copy = new Waiting(ByteBuffer.allocate(data.remaining()).put(data).flip(), address);
    size += copy.cost();
    return copy;
  }

  /** Returns the first, and leaves it in the queue, which is not empty. */
  Waiting peek() {
    return queue.element();
  }

  void remove() {
    size -= queue.remove().cost();
  }

  void clear() {
    queue.clear();
    size = 0;
  }
}
