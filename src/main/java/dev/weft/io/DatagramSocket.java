package dev.weft.io;

import dev.weft.transport.Datagram;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A datagram socket. An error of one datagram concerns that datagram only. */
public interface DatagramSocket extends End {

  /** The largest number of bytes of a datagram, which no network carries. */
  int LARGEST = 256 * 1024;

  /**
   * Starts or stops the calls of {@link Owner#readable}.
   *
   * @param wanted whether to call it
   */
  void watchInput(boolean wanted);

  /**
   * Starts or stops the calls of {@link Owner#writable}.
   *
   * @param wanted whether to call it
   */
  void watchOutput(boolean wanted);

  /**
   * Takes a datagram that is there, without waiting.
   *
   * @return the datagram; null if there is none, or if its checksum is wrong
   * @throws IOException if a datagram has failed, or the socket is closed
   */
  @Nullable
  Datagram receive() throws IOException;

  /**
   * Sends one datagram, and does not change the buffer, which is the caller's again when the call returns.
   *
   * @param data the bytes, at most {@link #LARGEST}
   * @param address the destination
   * @return false if there is no room
   * @throws IOException if the datagram cannot be sent
   */
  boolean send(ByteBuffer data, SocketAddress address) throws IOException;

  /**
   * Returns whether the next turn would only return to {@link Owner#readable} of this socket.
   *
   * @return false if other work is ready
   */
  boolean wouldComeBack();

  /**
   * Returns the address of this end.
   *
   * @return the address
   * @throws IOException if the socket is closed
   */
  SocketAddress localAddress() throws IOException;

  /**
   * Returns the address to which the socket is connected.
   *
   * @return the address; null if the socket is not connected
   * @throws IOException if the socket is closed
   */
  @Nullable
  SocketAddress remoteAddress() throws IOException;
}
