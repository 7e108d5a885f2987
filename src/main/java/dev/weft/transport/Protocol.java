package dev.weft.transport;

import java.nio.ByteBuffer;

/**
 * A protocol for a stream of bytes: asyncio's {@code Protocol}. The loop calls its methods on its own thread.
 *
 * <pre>{@code
 * class Echo implements Protocol {
 *   private Transport transport;
 *
 *   public void connectionMade(BaseTransport transport) {
 *     this.transport = (Transport) transport;
 *   }
 *
 *   public void dataReceived(ByteBuffer data) {
 *     transport.write(data);
 *   }
 * }
 * }</pre>
 */
public interface Protocol extends BaseProtocol {

  /**
   * Gets some bytes ({@code data_received}). Must not suspend. The loop calls this.
   *
   * @param data the bytes, at least one; the protocol may keep the buffer and change it
   */
  default void dataReceived(ByteBuffer data) {}

  /**
   * Learns that the peer sends no more data ({@code eof_received}). Must not suspend. The loop calls this.
   *
   * @return true to keep the sending half open; false to close the transport
   */
  default boolean eofReceived() {
    return false;
  }
}
