package dev.weft.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A protocol for datagrams: asyncio's {@code DatagramProtocol}.
 *
 * <pre>{@code
 * class EchoDatagrams implements DatagramProtocol {
 *   private DatagramTransport transport;
 *
 *   public void connectionMade(BaseTransport transport) {
 *     this.transport = (DatagramTransport) transport;
 *   }
 *
 *   public void datagramReceived(ByteBuffer data, SocketAddress addr) {
 *     transport.sendto(data, addr);
 *   }
 * }
 * }</pre>
 *
 * <p>If a method throws an exception, the loop reports it, and the endpoint stays open.
 */
public interface DatagramProtocol extends BaseProtocol {

  /**
   * Gets a datagram ({@code datagram_received}). Must not suspend. The loop calls this.
   *
   * @param data the whole datagram, which may be empty; the protocol may keep it and change it
   * @param addr the sender
   */
  default void datagramReceived(ByteBuffer data, SocketAddress addr) {}

  /**
   * Learns that the system could not send or receive a datagram ({@code error_received}). The endpoint stays open. The
   * loop calls this, inside {@link DatagramTransport#sendto} if that fails at once. Must not suspend.
   *
   * @param error the failure; for a connected endpoint, a {@link java.net.PortUnreachableException} if no program
   *     listens at the remote address
   */
  default void errorReceived(IOException error) {}
}
