package dev.weft.examples;

import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;

import dev.weft.loop.Server;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A chat server in blocking style. The first line that a client sends is its name; every other goes to all
 * others. {@code ChatServer [PORT]}.
 *
 * <p>Its state is a plain map without a lock: between two calls that wait, nothing else runs.
 */
public final class ChatServer {

  /** A client with this much unread output is dropped: one client that does not read must not fill the memory. */
  private static final int TOO_MUCH = 1024 * 1024;

  private final Map<String, StreamWriter> members = new LinkedHashMap<>();

  private ChatServer() {}

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    var chat = new ChatServer();
    run(() -> {
      try (Server server = startServer(chat::serve, "127.0.0.1", port)) {
        System.out.println("listening on port " + server.port());
        server.serveForever();
      }
    });
  }

  private void serve(StreamReader reader, StreamWriter writer) {
    Iterator<String> lines = reader.lines().iterator();
    if (!lines.hasNext()) {
      return;
    }
    String name = lines.next();
    if (members.putIfAbsent(name, writer) != null) {
      writer.write("* " + name + " is taken\n");
      return;
    }
    try {
      writer.write("* welcome, " + name + "; there are " + members.size() + " of you\n");
      tellOthers(name, "* " + name + " has come");
      lines.forEachRemaining(line -> tellOthers(name, name + ": " + line));
    } finally {
      members.remove(name);
      tellOthers(name, "* " + name + " has left");
    }
  }

  private void tellOthers(String name, String line) {
    members.forEach((other, writer) -> {
      if (!other.equals(name)) {
        writer.write(line + "\n");
        if (writer.transport().getWriteBufferSize() > TOO_MUCH) {
          writer.transport().abort();
        }
      }
    });
  }
}
