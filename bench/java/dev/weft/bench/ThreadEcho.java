package dev.weft.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Blocking sockets, a virtual thread for each connection, on the JDK's own scheduler. */
final class ThreadEcho {

  private static final int BUFFER = 64 * 1024;

  private ThreadEcho() {}

  static void serve(int port) throws InterruptedException {
    Thread.ofVirtual().start(() -> accept(port)).join();
  }

  private static void accept(int port) {
    try (var listener = new ServerSocket()) {
      listener.bind(new InetSocketAddress(EchoServer.HOST, port), EchoServer.BACKLOG);
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      }
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  private static void echo(Socket accepted) {
    try (Socket socket = accepted) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[BUFFER];
      for (int count; (count = in.read(buffer)) > 0; ) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // the peer is gone
    }
  }
}
