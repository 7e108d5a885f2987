package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import dev.weft.testkit.Certificates;
import dev.weft.tls.TlsBuffers;
import dev.weft.tls.TlsProtocol;
import dev.weft.tls.TlsSettings;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The buffers that the TLS connections of a loop share, and sockets without data for them. */
@Timeout(30)
class TlsReadingTest extends TcpTest {

  private final TlsBuffers buffers = new TlsBuffers();
  private final TlsSettings settings =
      TlsSettings.forServer(SslOptions.of(Certificates.server("server")));

  private TlsProtocol layer(Future<Void> made) {
    return new TlsProtocol(
        (BaseEventLoop) loop, buffers, settings, new Recorder(loop), made, false);
  }

  private static void drain(SocketChannel channel) {
    try {
      assertEquals(1, channel.read(ByteBuffer.allocate(10)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("TLS-24: a read without data returns its buffer for other connections")
  void nothingRead() {
    run(() -> {
      Pair pair = pair();
      Future<Void> made = loop.createFuture();
      TlsProtocol layer = layer(made);
      loop.createConnection(() -> layer, pair.channel());
      TlsProtocol other = layer(loop.createFuture());
      ByteBuffer only = other.getBuffer(-1);
      other.nothingRead();
      loop.callSoon(() -> drain(pair.channel())); // before the callback that the poll will queue
      pair.peer().send("x");
      turn();
      turn();
      assertSame(only, other.getBuffer(-1));
      layer.transport().abort();
      assertThrows(IOException.class, made::await);
    });
  }
}
