package dev.weft.io;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/** A connected stream socket. */
public interface StreamSocket extends Source, Sink {

  /**
   * Takes bytes that are there into a buffer, without waiting, and advances the buffer's position. The buffer is the
   * back end's during the call only.
   *
   * @param target gets the bytes
   * @return the number of bytes; 0 if there are none yet; -1 at the end of the stream
   * @throws IOException if the stream has failed
   */
  int read(ByteBuffer target) throws IOException;

  /**
   * Ends the output, after all written bytes. The peer reads the end of data.
   *
   * @throws IOException if the stream has failed
   */
  void shutdownOutput() throws IOException;

  /**
   * Sends a part of a file without copying it, as far as the system takes it now.
   *
   * @param file the part of the file
   * @return whether the whole part is sent
   * @throws dev.weft.transport.SendfileNotAvailableException if the back end or the system cannot do it; no byte is sent then
   * @throws IOException if the stream or the file has failed
   */
  boolean send(FileTransfer file) throws IOException;

  /**
   * Returns the address of this end.
   *
   * @return the address
   * @throws IOException if the socket is closed
   */
  SocketAddress localAddress() throws IOException;

  /**
   * Returns the address of the peer.
   *
   * @return the address
   * @throws IOException if the socket is closed
   */
  SocketAddress remoteAddress() throws IOException;
}
