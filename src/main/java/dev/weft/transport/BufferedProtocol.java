package dev.weft.transport;

import java.nio.ByteBuffer;

/**
 * A protocol for a stream of bytes that provides the buffer: asyncio's {@code BufferedProtocol}. The transport reads
 * data directly into the protocol's own buffer.
 *
 * <pre>{@code
 * class Counter implements BufferedProtocol {
 *   private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
 *   private long total;
 *
 *   public ByteBuffer getBuffer(int sizeHint) {
 *     return buffer.clear();
 *   }
 *
 *   public void bufferUpdated(int nbytes) {
 *     total += nbytes;
 *   }
 * }
 * }</pre>
 *
 * <p>If {@code getBuffer} or {@code bufferUpdated} throws an exception, the loop reports it to the exception handler
 * and ends the connection with it.
 */
public interface BufferedProtocol extends BaseProtocol {

  /**
   * Returns the buffer for the next bytes ({@code get_buffer}). The transport writes between the buffer's position and
   * its limit. A direct buffer saves a copy. Must not suspend. The loop calls this.
   *
   * @param sizeHint the number of bytes that would be convenient; -1 for any
   * @return a buffer that is not read-only and has at least one byte of room; any other buffer ends the connection
   */
  ByteBuffer getBuffer(int sizeHint);

  /**
   * Gets bytes ({@code buffer_updated}). They are in the buffer, whose position is behind them. Must not suspend. The
   * loop calls this.
   *
   * @param nbytes the number of bytes, at least 1
   */
  void bufferUpdated(int nbytes);

  /**
   * Learns that the peer sends no more data ({@code eof_received}). Must not suspend. The loop calls this.
   *
   * @return true to keep the sending half open; false to close the transport
   */
  default boolean eofReceived() {
    return false;
  }
}
