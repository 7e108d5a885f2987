package dev.weft.bench;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.thread.LoopSockets;
import dev.weft.thread.LoopThreads;
import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.Protocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;

/**
 * The echo servers that {@link EchoBench} measures. Usage: {@code EchoServer tcp FORM PORT [BUFFER]}. The forms on Weft
 * are {@code protocol}, {@code buffered}, {@code streams} and {@code loopthreads}. The forms without Weft are {@code
 * nio}, {@code barethreads}, {@code threads}, {@code netty} and {@code netty-epoll}. {@code BUFFER} is the size of a
 * connection's buffer in bytes, for forms with a thread for each connection.
 */
public final class EchoServer {

  static final String HOST = "127.0.0.1";
  static final int BACKLOG = 4096;
  static final int BUFFER = 256 * 1024;

  private EchoServer() {}

  /**
   * Serves.
   *
   * @param args the suite, the form, the port, and the size of a connection's buffer in bytes
   */
  public static void main(String[] args) throws Exception {
    endWithInput();
    int port = Integer.parseInt(args[2]);
    switch (args[1]) {
      case "protocol" -> serve(StreamedEcho::new, port, options());
      case "buffered" -> serve(BufferedEcho::new, port, options());
      case "streams" -> serveStreams(EchoServer::echo, port, options());
      case "nio" -> NioEcho.serve(port);
      case "barethreads" -> BareEcho.serve(port);
      case "threads" -> serveThreads(port, args);
      case "netty" -> NettyServer.serveNio(port);
      case "netty-epoll" -> NettyServer.serveEpoll(port);
      case "loopthreads" -> serveLoopThreads(port, args);
      default -> throw new IllegalArgumentException("no such form: " + args[1]);
    }
  }

  /** Ends this program at the end of its standard input, so it never outlives its parent process. */
  static void endWithInput() {
    Thread.ofPlatform().daemon().start(EchoServer::awaitEndOfInput);
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // the same as the end of the input
    }
    Runtime.getRuntime().halt(0);
  }

  static ServerOptions options() {
    return ServerOptions.defaults().withBacklog(BACKLOG);
  }

  static void serve(Supplier<? extends BaseProtocol> factory, int port, ServerOptions options)
      throws IOException {
    Asyncio.run(() -> {
      try (Server server = EventLoop.getRunningLoop().createServer(factory, HOST, port, options)) {
        server.serveForever();
      }
    });
  }

  static void serveStreams(ClientHandler client, int port, ServerOptions options)
      throws IOException {
    Asyncio.run(() -> {
      try (Server server =
          Asyncio.startServer(client, HOST, port, StreamReader.DEFAULT_LIMIT, options)) {
        server.serveForever();
      }
    });
  }

  private static void serveThreads(int port, String[] args) throws InterruptedException {
    var threads = Thread.ofVirtual().factory();
    new ThreadEcho(ServerSocketFactory.getDefault(), threads, threadBuffer(args)).serve(port);
  }

  private static void serveLoopThreads(int port, String[] args) throws InterruptedException {
    Asyncio.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var sockets = LoopSockets.serverSocketFactory(loop);
      new ThreadEcho(sockets, LoopThreads.factory(loop), threadBuffer(args)).serve(port);
    });
  }

  private static int threadBuffer(String[] args) {
    return args.length > 3 ? Integer.parseInt(args[3]) : ThreadEcho.BUFFER;
  }

  static void echo(StreamReader reader, StreamWriter writer) throws IOException {
    try (writer) {
      for (byte[] data; (data = reader.read(BUFFER)).length > 0; ) {
        writer.write(data);
        writer.drain();
      }
    } catch (SocketException e) {
      // the peer closed the connection
    }
  }

  private static class Echo implements BaseProtocol {
    Transport transport;

    @Override
    public void connectionMade(BaseTransport transport) {
      this.transport = (Transport) transport;
    }

    @Override
    public void pauseWriting() {
      transport.pauseReading();
    }

    @Override
    public void resumeWriting() {
      transport.resumeReading();
    }
  }

  static final class StreamedEcho extends Echo implements Protocol {
    @Override
    public void dataReceived(ByteBuffer data) {
      transport.write(data);
    }
  }

  /** All connections share one buffer, because the transport copies bytes that it cannot write at once. */
  static final class BufferedEcho extends Echo implements BufferedProtocol {
    private static final ByteBuffer SHARED = ByteBuffer.allocateDirect(BUFFER);

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      return SHARED.clear();
    }

    @Override
    public void bufferUpdated(int nbytes) {
      transport.write(SHARED.flip());
    }
  }
}
