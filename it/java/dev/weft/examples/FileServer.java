package dev.weft.examples;

import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;

import dev.weft.loop.Server;
import dev.weft.stream.StreamWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Sends a file to each client that connects. {@code FileServer FILE [PORT]}. */
public final class FileServer {

  private FileServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    run(() -> {
      try (Server server = startServer((reader, writer) -> send(file, writer), "127.0.0.1", port)) {
        System.out.println("listening on port " + server.port());
        server.serveForever();
      }
    });
  }

  private static void send(Path path, StreamWriter writer) throws IOException {
    try (var file = FileChannel.open(path)) {
      long sent = getRunningLoop().sendfile(writer.transport(), file);
      System.out.println("sent " + sent + " bytes");
    }
  }
}
