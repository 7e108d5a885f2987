package dev.weft.transport;

import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A transport of datagrams: asyncio's {@code DatagramTransport}. Datagrams arrive whole or not at all, in any order.
 *
 * <pre>{@code
 * var options = DatagramOptions.defaults().withRemoteAddr(new InetSocketAddress("127.0.0.1", 9999));
 * DatagramTransport transport = loop.createDatagramEndpoint(() -> protocol, options).transport();
 * transport.sendto(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
 * }</pre>
 *
 * <p>No method suspends. The transport queues what the system does not take at once. It calls
 * {@link BaseProtocol#pauseWriting} when too much is queued, and {@link BaseProtocol#resumeWriting} when the protocol
 * may send again. It drops what is sent after it is closed, and logs a warning once, at the fifth such call. Loop
 * thread only.
 */
public interface DatagramTransport extends BaseTransport {

  /**
   * Sends the bytes between the buffer's position and its limit, perhaps none, as one datagram to the remote address of
   * the endpoint ({@code sendto}): at once, or a copy of them once the system has room. Leaves the buffer's position at
   * its limit and does not keep the buffer. {@link DatagramProtocol#errorReceived} receives what the system refuses. It
   * also receives an error for an empty datagram of a connected endpoint, which the JDK cannot send. Never suspends.
   * Loop thread only.
   *
   * @param data the bytes
   * @throws IllegalStateException if the endpoint was created without a remote address
   */
  void sendto(ByteBuffer data);

  /**
   * Sends the bytes between the buffer's position and its limit, perhaps none, as one datagram to an address
   * ({@code sendto}): at once, or a copy of them once the system has room. Leaves the buffer's position at its limit.
   * {@link DatagramProtocol#errorReceived} receives what the system refuses. Never suspends. Loop thread only.
   *
   * @param data the bytes
   * @param addr the receiver; if the endpoint has a remote address, that address
   * @throws IllegalArgumentException if {@code addr} is not the endpoint's remote address, or is not resolved
   */
  void sendto(ByteBuffer data, SocketAddress addr);

  /**
   * Closes at once and drops what is queued ({@code abort}). The loop calls {@link BaseProtocol#connectionLost} with
   * null in the next turn. Never suspends. Loop thread only.
   */
  void abort();

  /**
   * Returns the size of the queue ({@code get_write_buffer_size}). Never suspends. Loop thread only.
   *
   * @return the number of queued bytes, plus 8 for each datagram
   */
  int getWriteBufferSize();

  /**
   * Returns the limits of write flow control ({@code get_write_buffer_limits}). Never suspends. Loop thread only.
   *
   * @return the limits, in bytes
   */
  WriteBufferLimits getWriteBufferLimits();

  /**
   * Sets the limits of write flow control ({@code set_write_buffer_limits}). Pauses the protocol at once if more than
   * {@code high} is queued. Never suspends. Loop thread only.
   *
   * @param limits the limits, in bytes
   */
  void setWriteBufferLimits(WriteBufferLimits limits);
}
