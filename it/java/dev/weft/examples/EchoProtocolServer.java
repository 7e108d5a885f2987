package dev.weft.examples;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;

import dev.weft.loop.Server;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An echo server in callback style. {@code EchoProtocolServer [PORT]}. */
public final class EchoProtocolServer implements Protocol {

  private Transport transport;

  private EchoProtocolServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    run(() -> {
      try (Server server =
          getRunningLoop().createServer(EchoProtocolServer::new, "127.0.0.1", port)) {
        System.out.println("listening on port " + server.port());
        server.serveForever();
      }
    });
  }

  @Override
  public void connectionMade(BaseTransport transport) {
    this.transport = (Transport) transport;
  }

  @Override
  public void dataReceived(ByteBuffer data) {
    transport.write(data);
  }

  // The protocol does not read from a client that does not take its echo.

  @Override
  public void pauseWriting() {
    transport.pauseReading();
  }

  @Override
  public void resumeWriting() {
    transport.resumeReading();
  }
}
