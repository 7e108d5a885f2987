package dev.weft.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadFactory;
import javax.net.ServerSocketFactory;

/**
 * An echo server on blocking sockets with a thread for each connection. Factories supply the sockets and threads, so
 * the same code runs on the JDK's and on Weft's.
 */
final class ThreadEcho {

  static final int BUFFER = 64 * 1024;

  private final ServerSocketFactory sockets;
  private final ThreadFactory threads;
  private final int buffer;

  /** @param buffer the size of a connection's buffer in bytes */
  ThreadEcho(ServerSocketFactory sockets, ThreadFactory threads, int buffer) {
    this.sockets = sockets;
    this.threads = threads;
    this.buffer = buffer;
  }

  void serve(int port) throws InterruptedException {
    Thread acceptor = threads.newThread(() -> accept(port));
    acceptor.start();
    acceptor.join();
  }

  private void accept(int port) {
    try (ServerSocket listener = sockets.createServerSocket()) {
      listener.bind(new InetSocketAddress(EchoServer.HOST, port), EchoServer.BACKLOG);
      while (true) {
        Socket socket = listener.accept();
        threads.newThread(() -> echo(socket)).start();
      }
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  private void echo(Socket accepted) {
    try (Socket socket = accepted) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] data = new byte[buffer];
      for (int count; (count = in.read(data)) > 0; ) {
        out.write(data, 0, count);
      }
    } catch (IOException e) {
      // the peer closed the connection
    }
  }
}
