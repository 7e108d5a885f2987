package dev.weft.examples;

import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;
import static dev.weft.Asyncio.startUnixServer;

import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.IncompleteReadException;
import dev.weft.stream.LimitOverrunException;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslContexts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A minimal HTTP/1.1 server on streams: {@code GET /hello/NAME} greets, {@code POST /echo} answers with its
 * body. {@code HttpServer [PORT | PATH [CERTIFICATE KEY]]}: a path, which has a slash, is that of a Unix socket;
 * with a certificate it is HTTPS.
 */
public final class HttpServer {

  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 64 * 1024;
  private static final int MOST = 64 * 1024 * 1024;

  private final StreamReader reader;
  private final StreamWriter writer;

  private HttpServer(StreamReader reader, StreamWriter writer) {
    this.reader = reader;
    this.writer = writer;
  }

  /** Serves until it is killed. */
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    ServerOptions options = args.length < 3
        ? ServerOptions.defaults()
        : ServerOptions.defaults().withSsl(SslContexts.server(Path.of(args[1]), Path.of(args[2])));
    String where = args.length > 0 ? args[0] : "0";
    ClientHandler handler = (reader, writer) -> new HttpServer(reader, writer).serve();
    run(() -> {
      try (Server server = where.contains("/")
          ? startUnixServer(handler, Path.of(where), StreamReader.DEFAULT_LIMIT, options)
          : startServer(
              handler, "127.0.0.1", Integer.parseInt(where), StreamReader.DEFAULT_LIMIT, options)) {
        System.out.println(
            "listening on " + (where.contains("/") ? where : "port " + server.port()));
        server.serveForever();
      }
    });
  }

  private void serve() throws IOException {
    try {
      while (serveOne()) {}
    } catch (LimitOverrunException tooLong) {
      respond("GET", "431 Request Header Fields Too Large", false, new byte[0]);
    } catch (IncompleteReadException end) {
      return; // the client has no more requests
    }
    if (!writer.canWriteEof()) {
      return; // a close of TLS waits for the client's close
    }
    writer.writeEof();
    // Closing before the client has sent all would cause a reset, which can overtake the answer.
    while (!reader.atEof()) {
      reader.read(CHUNK);
    }
  }

  /** Returns whether the connection stays open. */
  private boolean serveOne() throws IOException {
    String[] head =
        new String(reader.readuntil(END_OF_HEAD), StandardCharsets.ISO_8859_1).split("\r\n", -1);
    String[] request = head[0].split(" ");
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < head.length; i++) {
      String[] field = head[i].split(":", 2);
      fields.put(field[0], field[field.length - 1].strip());
    }
    String length = fields.getOrDefault("Content-Length", "0");
    if (request.length != 3 || !length.matches("\\d{1,9}") || Integer.parseInt(length) > MOST) {
      return respond("GET", "400 Bad Request", false, text("bad request\n"));
    }
    String method = request[0];
    if (fields.containsKey("Transfer-Encoding")) {
      return respond(method, "501 Not Implemented", false, text("send a Content-Length\n"));
    }
    if (fields.getOrDefault("Expect", "").equalsIgnoreCase("100-continue")) {
      writer.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    byte[] body = reader.readexactly(Integer.parseInt(length));

    String connection = fields.getOrDefault("Connection", "").toLowerCase(Locale.ROOT);
    boolean keep = request[2].equals("HTTP/1.1") && !connection.equals("close");
    String path = request[1];
    if (path.equals("/echo") && method.equals("POST")) {
      return respond(method, "200 OK", keep, body);
    }
    if (path.startsWith("/hello/") && (method.equals("GET") || method.equals("HEAD"))) {
      return respond(method, "200 OK", keep, text("hello, " + path.substring(7) + "\n"));
    }
    return respond(method, "404 Not Found", keep, text("nothing at " + path + "\n"));
  }

  private boolean respond(String method, String status, boolean keep, byte[] body)
      throws IOException {
    writer.write("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length + "\r\nConnection: "
        + (keep ? "keep-alive" : "close") + "\r\n\r\n");
    if (!method.equals("HEAD")) {
      writer.write(body);
    }
    writer.drain();
    return keep;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
