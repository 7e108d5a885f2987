package dev.weft.transport;

import java.nio.ByteBuffer;

/**
 * A protocol for a stream of bytes that says where they are to be put: asyncio's {@code
 * BufferedProtocol}. Data is read straight into the protocol's own buffer.
 */
public interface BufferedProtocol extends BaseProtocol {

  /**
   * Where the next bytes go ({@code get_buffer}): between the position and the limit of the buffer
   * returned. A direct buffer saves a copy.
   *
   * @param sizeHint the number of bytes that would be convenient; -1 for any
   * @return a buffer with something remaining
   */
  ByteBuffer getBuffer(int sizeHint);

  /**
   * Bytes have been put into the buffer ({@code buffer_updated}), whose position has moved behind them.
   *
   * @param nbytes how many, at least 1
   */
  void bufferUpdated(int nbytes);

  /**
   * The peer will send no more ({@code eof_received}).
   *
   * @return true to keep the sending half open; false to close the transport
   */
  default boolean eofReceived() {
    return false;
  }
}
