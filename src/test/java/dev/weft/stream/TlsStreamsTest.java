package dev.weft.stream;

import static dev.weft.stream.Bytes.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Certificates;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ServerOptions;
import org.junit.jupiter.api.Test;

class TlsStreamsTest {

  private static void run(ThrowingRunnable test) {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.runUntilComplete(test);
    }
  }

  private static Server echo() throws Exception {
    return Streams.startServer(
        ClientHandler.closing((reader, writer) -> {
          for (byte[] data; (data = reader.read(65536)).length > 0; ) {
            writer.write(data);
            writer.drain();
          }
        }),
        "127.0.0.1",
        0,
        StreamReader.DEFAULT_LIMIT,
        ServerOptions.defaults().withSsl(Certificates.server("server")));
  }

  private static Connection connect(Server server) throws Exception {
    return Streams.openConnection(
        "127.0.0.1",
        server.port(),
        StreamReader.DEFAULT_LIMIT,
        ConnectionOptions.defaults().withSsl(Certificates.client()));
  }

  @Test
  void echoOverTls() {
    run(() -> {
      Server server = echo();
      Connection connection = connect(server);
      connection.writer().write("hello\n");
      assertArrayEquals(bytes("hello\n"), connection.reader().readline());
      connection.writer().close();
      connection.writer().waitClosed();
      assertEquals(0, connection.reader().read(1).length);
      server.close();
      server.waitClosed();
    });
  }
}
