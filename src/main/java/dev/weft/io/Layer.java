package dev.weft.io;

import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.Transport;

/** A protocol that is the lower side of another transport, as TLS is. */
public interface Layer extends BufferedProtocol {

  /**
   * Takes back the buffer of {@link #getBuffer}, when a read into it has returned no bytes. Otherwise the connection
   * would keep the large buffer until it is lost, and so would each of many connections that end at once.
   */
  void nothingRead();

  /**
   * Returns the transport above this layer.
   *
   * @return the transport that the protocol above uses
   */
  Transport transport();

  /**
   * Returns the transport that the application uses.
   *
   * @param transport the transport of the socket
   * @return that of the outermost layer; {@code transport} itself if it has no layer
   */
  static Transport outermost(Transport transport) {
    Transport outer = transport;
    while (outer.getProtocol() instanceof Layer layer) {
      outer = layer.transport();
    }
    return outer;
  }
}
