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
   * Some bytes came ({@code data_received}).
   *
   * @param data never empty; belongs to the receiver, who may keep it and change it
   */
  default void dataReceived(ByteBuffer data) {}

  /**
   * The peer will send no more ({@code eof_received}).
   *
   * @return true to keep the sending half open; false to close the transport
   */
  default boolean eofReceived() {
    return false;
  }
}
