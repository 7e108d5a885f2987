package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.transport.ExtraInfo;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What tests with real sockets share: a loop with the system's clock, and the errors that it reported. A test that
 * expects some takes them; any that is left fails it.
 */
abstract class TcpTest {

  static final String LOCAL = "127.0.0.1";

  final EventLoop loop = EventLoop.newEventLoop();
  private final List<ExceptionContext> reported = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  final void recordErrors() {
    loop.setExceptionHandler((source, record) -> reported.add(record));
  }

  @AfterEach
  final void nothingElseReported() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    loop.close();
    assertEquals(List.of(), reported);
  }

  final void run(ThrowingRunnable<?> test) {
    loop.runUntilComplete(test);
  }

  /** The one error that the loop has reported. */
  final ExceptionContext takeReport() {
    assertEquals(1, reported.size(), reported::toString);
    return reported.remove(0);
  }

  final List<ExceptionContext> takeReports() {
    var all = List.copyOf(reported);
    reported.clear();
    return all;
  }

  /** Runs all ready entries, and those that a poll finds. */
  static void turn() {
    Task.sleep(Duration.ZERO);
  }

  /** Connects a protocol to a peer; both ends buffer little. */
  final Peer connect(Recording protocol) throws IOException {
    try (ServerSocket listening = Peer.listen()) {
      loop.createConnection(() -> protocol, LOCAL, listening.getLocalPort());
      protocol
          .transport
          .getExtraInfo(ExtraInfo.SOCKET)
          .setOption(StandardSocketOptions.SO_SNDBUF, 4096);
      Peer peer = Peer.accept(loop, listening);
      opened.add(peer);
      return peer;
    }
  }

  /** A channel and its other end. */
  record Pair(SocketChannel channel, Peer peer) {}

  final Pair pair() throws IOException {
    try (ServerSocket listening = Peer.listen()) {
      SocketChannel channel = SocketChannel.open(listening.getLocalSocketAddress());
      Socket accepted = listening.accept(); // immediately, because it is already connected
      opened.add(channel);
      opened.add(accepted);
      return new Pair(channel, new Peer(loop, accepted));
    }
  }

  final Server serve(Supplier<? extends Recording> factory) throws IOException {
    return loop.createServer(factory, LOCAL, 0);
  }

  final Peer connect(Server server) {
    Peer peer = Peer.connect(loop, server.port());
    opened.add(peer);
    return peer;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Writes until more than {@code size} bytes wait in the transport. Returns the number of bytes written. */
  static int fill(Recording protocol, int size) {
    int written = 0;
    while (protocol.transport.getWriteBufferSize() <= size) {
      protocol.transport.write(new byte[16 * 1024]);
      written += 16 * 1024;
    }
    return written;
  }
}
