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

/** Starts TLS on an established plain connection: asyncio's {@code start_tls}. Loop thread only. */
public final class StartTls {

  /** The first byte of a handshake record. */
  private static final byte HANDSHAKE = 22;

  private StartTls() {}

  /**
   * Puts a TLS layer between a transport and its protocol, whose {@code connectionMade} has been called. Suspends.
   *
   * @param loop the loop of the transport
   * @param buffers the loop's TLS buffers
   * @param settings the settings for the engine
   * @param plain the transport without TLS
   * @param protocol the application's protocol
   * @param received bytes that have been read but not delivered. On a server they may be the beginning of the
   *     handshake. On a client there must be none.
   * @return the transport for the protocol
   * @throws IOException if the transport is closed, if the handshake fails, or if {@code received} is not the beginning
   *     of a handshake; in all cases the transport is closed afterwards
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
      throw new SSLException(
          received.remaining() + " bytes were received in the clear before TLS was started");
    }
    layer.received(received);
    plain.pauseReading(); // otherwise the layer could get data before connectionMade
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
