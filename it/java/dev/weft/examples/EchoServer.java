package dev.weft.examples;

import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;

import dev.weft.loop.Server;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import java.io.IOException;

/** An echo server in blocking style. {@code EchoServer [PORT]}. */
public final class EchoServer {

  private EchoServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    run(() -> {
      try (Server server = startServer(EchoServer::echo, "127.0.0.1", port)) {
        System.out.println("listening on port " + server.port());
        server.serveForever();
      }
    });
  }

  private static void echo(StreamReader reader, StreamWriter writer) throws IOException {
    for (byte[] data; (data = reader.read(64 * 1024)).length > 0; ) {
      writer.write(data);
      writer.drain(); // parks this connection while its client does not take the echo
    }
  }
}
