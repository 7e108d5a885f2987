package dev.weft.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A transport of datagrams: asyncio's {@code DatagramTransport}. Datagrams arrive whole or not at all, in any
 * order.
 *
 * <p>Nothing here suspends. What the system does not take at once is queued; the protocol is told by {@link
 * BaseProtocol#pauseWriting} when too much is, and by {@link BaseProtocol#resumeWriting} when it may go on.
 */
public interface DatagramTransport extends BaseTransport {

  /**
   * Sends the bytes between the buffer's position and its limit, perhaps none, as one datagram to the remote
   * address of the endpoint ({@code sendto}): at once, or a copy of them once the system has room. The buffer
   * is never kept after the call; its position is left at its limit. What the system refuses is not thrown
   * here: it arrives in {@link DatagramProtocol#errorReceived}. So does, as the JDK cannot send it, an empty
   * datagram of an endpoint that is connected.
   *
   * @throws IllegalStateException if the endpoint was created without a remote address
   */
  void sendto(ByteBuffer data);

  /**
   * Sends the bytes between the buffer's position and its limit, perhaps none, as one datagram to an address ({@code
   * sendto}): at once, or a copy of them once the system has room. Leaves the buffer's position at its limit. {@link
   * DatagramProtocol#errorReceived} receives what the system refuses. Never suspends.
   *
   * @param addr the receiver; if the endpoint has a remote address, that one
   * @throws IllegalArgumentException if {@code addr} is another one than the endpoint's remote address, or is
   *     not resolved
   */
  void sendto(ByteBuffer data, SocketAddress addr);

  /**
   * Closes at once and drops what is queued ({@code abort}); {@link BaseProtocol#connectionLost} is called
   * with null in the next turn.
   */
  void abort();

  /** The number of bytes queued, and 8 for each datagram ({@code get_write_buffer_size}). */
  int getWriteBufferSize();

  /** The marks of write flow control ({@code get_write_buffer_limits}). */
  WriteBufferLimits getWriteBufferLimits();

  /**
   * Sets the marks of write flow control ({@code set_write_buffer_limits}); pauses the protocol at once if
   * more than {@code high} is queued.
   */
  void setWriteBufferLimits(WriteBufferLimits limits);
}
