package dev.weft.transport;

import java.nio.ByteBuffer;

/**
 * A protocol for a stream of bytes that provides the buffer: asyncio's {@code BufferedProtocol}. The transport reads
 * data directly into the protocol's own buffer.
 */
public interface BufferedProtocol extends BaseProtocol {

  /**
   * Returns the buffer for the next bytes ({@code get_buffer}). The transport writes between the buffer's position and
   * its limit. A direct buffer saves a copy. Must not suspend. The loop calls this.
   *
   * @param sizeHint the number of bytes that would be convenient; -1 for any
   * @return a buffer with at least one byte of room
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
