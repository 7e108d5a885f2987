package dev.weft.tls;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** TLS on a connection that has begun without it: {@code start_tls}. Loop thread only. */
public final class StartTls {

  /** How a record begins that is part of a handshake. */
  private static final byte HANDSHAKE = 22;

  private StartTls() {}

  /**
   * Puts a layer between a transport and a protocol that has had its first call. Suspends.
   *
   * @param received read before, in the clear: a server's may be the beginning of the handshake, a client's is empty
   * @return the transport for the protocol
   * @throws IOException if the handshake fails, or {@code received} cannot be its beginning; the transport is
   *     closed, then
   */
  public static Transport start(
      BaseEventLoop loop,
      TlsBuffers buffers,
      TlsSettings settings,
      Transport plain,
      BaseProtocol protocol,
      ByteBuffer received)
      throws IOException {
    Future<@Nullable Void> made = loop.createFuture();
    var layer = new TlsProtocol(loop, buffers, settings, protocol, made, true);
    if (plain.isClosing()) {
      throw new SocketException("the transport is closed: " + plain);
    }
    if (received.hasRemaining() && !beginsHandshake(settings, received)) {
      plain.close();
      throw new SSLException(received.remaining()
          + " bytes have been received in the clear, which TLS does not protect");
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

  private static boolean beginsHandshake(TlsSettings settings, ByteBuffer received) {
    return settings.isServer() && received.get(received.position()) == HANDSHAKE;
  }
}
