package dev.weft.bench;

import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslContexts;
import dev.weft.transport.SslOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * The TLS servers that {@link EchoBench} measures. Usage: {@code TlsServer tls|bulk FORM PORT [BUFFER]}. The forms on
 * Weft are {@code protocol}, {@code buffered} (echo only) and {@code streams}. The forms without Weft are {@code netty}
 * and {@code threads}. {@code BUFFER} is the size of a connection's buffer in bytes, for {@code threads}. A bulk server
 * sends a MiB for each byte that it receives.
 */
final class TlsServer {

  static final Path CERTIFICATE = Path.of("src", "test", "resources", "tls", "server.pem");
  static final Path KEY = Path.of("src", "test", "resources", "tls", "server.key");
  static final int CHUNK = 64 * 1024;
  static final int MIB = 1 << 20;

  private TlsServer() {}

  public static void main(String[] args) throws Exception {
    EchoServer.endWithInput();
    boolean bulk = args[0].equals("bulk");
    int port = Integer.parseInt(args[2]);
    switch (args[1]) {
      case "protocol" -> serve(bulk ? Bulk::new : EchoServer.StreamedEcho::new, port);
      case "buffered" -> serveBuffered(bulk, port);
      case "streams" -> serveStreams(bulk, port);
      case "netty" -> NettyServer.serveTls(bulk, port);
      case "threads" ->
        ThreadTls.serve(bulk, port, args.length > 3 ? Integer.parseInt(args[3]) : CHUNK);
      default -> throw new IllegalArgumentException("no such form: " + args[1]);
    }
  }

  static SSLContext context() throws Exception {
    return SslContexts.server(CERTIFICATE, KEY);
  }

  private static ServerOptions options() throws Exception {
    return EchoServer.options().withSsl(SslOptions.of(context()));
  }

  private static void serve(Supplier<? extends BaseProtocol> factory, int port) throws Exception {
    EchoServer.serve(factory, port, options());
  }

  private static void serveBuffered(boolean bulk, int port) throws Exception {
    if (bulk) {
      throw new IllegalArgumentException(
          "there is no buffered bulk server: a bulk server hardly reads");
    }
    serve(EchoServer.BufferedEcho::new, port);
  }

  private static void serveStreams(boolean bulk, int port) throws Exception {
    EchoServer.serveStreams(bulk ? TlsServer::send : EchoServer::echo, port, options());
  }

  private static void send(StreamReader reader, StreamWriter writer) throws IOException {
    byte[] chunk = new byte[CHUNK];
    try (writer) {
      for (int count; (count = reader.read(CHUNK).length) > 0; ) {
        for (long owed = (long) count * MIB; owed > 0; owed -= CHUNK) {
          writer.write(chunk);
          writer.drain();
        }
      }
    } catch (SocketException e) {
      // the peer closed the connection
    }
  }

  private static final class Bulk implements Protocol {
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    private Transport transport;
    private long owed;
    private boolean paused;

    @Override
    public void connectionMade(BaseTransport transport) {
      this.transport = (Transport) transport;
    }

    @Override
    public void dataReceived(ByteBuffer data) {
      owed += (long) data.remaining() * MIB;
      send();
    }

    @Override
    public void connectionLost(Throwable error) {
      paused = true;
    }

    @Override
    public void pauseWriting() {
      paused = true;
    }

    @Override
    public void resumeWriting() {
      paused = false;
      send();
    }

    private void send() {
      while (owed > 0 && !paused) {
        owed -= CHUNK;
        transport.write(chunk.clear());
      }
    }
  }
}
