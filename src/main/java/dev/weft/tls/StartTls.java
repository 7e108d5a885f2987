package dev.weft.tls;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** TLS on a connection that has begun without it: {@code start_tls}. Loop thread only. */
public final class StartTls {

  private StartTls() {}

  /**
   * Puts a layer between a transport and a protocol that has had its first call. Suspends.
   *
   * @param received read before, but sent for the handshake
   * @return the transport for the protocol
   * @throws IOException if the handshake fails; the transport is closed, then
   */
  public static Transport start(
      BaseEventLoop loop,
      TlsBuffers buffers,
      TlsSettings settings,
      Transport plain,
      BaseProtocol protocol,
      ByteBuffer received)
      throws IOException {
    Future<Void> made = loop.createFuture();
    var layer = new TlsProtocol(loop, buffers, settings, protocol, made, true);
    if (plain.isClosing()) {
      throw new SocketException("the transport is closed: " + plain);
    }
    layer.received(received);
    plain.pauseReading(); // or data could come before connectionMade
    plain.setProtocol(layer);
    Handle begin = loop.callSoon(() -> layer.connectionMade(plain));
    Handle resume = loop.callSoon(plain::resumeReading);
    try {
      made.await();
      return layer.transport();
    } catch (Throwable error) {
      plain.close();
      begin.cancel();
      resume.cancel();
      throw error;
    }
  }
}
