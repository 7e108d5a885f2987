package dev.weft.selector;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ThrowingCallable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * The other end: a plain blocking socket. Calls that block run on the loop's executor and are awaited; the others take
 * effect before they return, because loopback is immediate.
 */
final class Peer implements AutoCloseable {

  private final EventLoop loop;
  final Socket socket;

  Peer(EventLoop loop, Socket socket) {
    this.loop = loop;
    this.socket = socket;
  }

  /** A listening socket; each end of its connections buffers as little as the system allows. */
  static ServerSocket listen() throws IOException {
    var listening = new ServerSocket();
    listening.setReceiveBufferSize(4096);
    listening.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    return listening;
  }

  static Peer connect(EventLoop loop, int port) {
    return new Peer(
        loop, loop.runInExecutor(() -> new Socket("127.0.0.1", port)).await());
  }

  static Peer accept(EventLoop loop, ServerSocket listening) {
    return new Peer(loop, loop.runInExecutor(listening::accept).await());
  }

  /** A port without a listener. */
  static int refusingPort() throws IOException {
    try (ServerSocket free = listen()) {
      return free.getLocalPort();
    }
  }

  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  void send(byte[] bytes) {
    blocking(() -> {
      socket.getOutputStream().write(bytes);
      return null;
    });
  }

  byte[] receive(int count) {
    return blocking(() -> socket.getInputStream().readNBytes(count));
  }

  String receiveText(int count) {
    return new String(receive(count), UTF_8);
  }

  byte[] receiveAll() {
    return blocking(() -> socket.getInputStream().readAllBytes());
  }

  /** The result of the next read: a byte, or -1 for the end of data; or throws. */
  int receiveByte() {
    return blocking(() -> socket.getInputStream().read());
  }

  private <T> T blocking(ThrowingCallable<T, ?> call) {
    return loop.runInExecutor(call).await();
  }

  /** Ends the connection with a reset, not an orderly end. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
