package dev.weft.transport;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * A protocol for datagrams: asyncio's {@code DatagramProtocol}. An exception that leaves one of its methods
 * is reported; the endpoint lives on.
 */
public interface DatagramProtocol extends BaseProtocol {

  /**
   * A datagram came ({@code datagram_received}).
   *
   * @param data all of it, perhaps nothing; belongs to the receiver, who may keep it and change it
   * @param addr where it came from
   */
  default void datagramReceived(ByteBuffer data, SocketAddress addr) {}

  /**
   * The system could not send or receive a datagram ({@code error_received}). The endpoint lives on. Called
   * inside {@link DatagramTransport#sendto} if it fails at once.
   *
   * @param error the reason; a {@link java.net.PortUnreachableException} if no program listens at the remote
   *     address, which only an endpoint that is connected to it gets to know
   */
  default void errorReceived(IOException error) {}
}
