package dev.weft.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Servers on the JDK's blocking TLS sockets, with a virtual thread for each connection on the JDK's own scheduler. */
final class ThreadTls {

  private ThreadTls() {}

  /** @param buffer the size of a connection's buffer in bytes */
  static void serve(boolean bulk, int port, int buffer) throws Exception {
    ServerSocket listener = TlsServer.context()
        .getServerSocketFactory()
        .createServerSocket(port, EchoServer.BACKLOG, InetAddress.getByName(EchoServer.HOST));
    Thread.ofVirtual().start(() -> accept(listener, bulk, buffer)).join();
  }

  private static void accept(ServerSocket listener, boolean bulk, int size) {
    try (listener) {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket, bulk, size));
      }
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  private static void serve(Socket accepted, boolean bulk, int size) {
    try (Socket socket = accepted) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      byte[] buffer = new byte[size];
      for (int count; (count = in.read(buffer)) > 0; ) {
        if (bulk) {
          for (long owed = (long) count * TlsServer.MIB; owed > 0; owed -= buffer.length) {
            out.write(buffer);
          }
        } else {
          out.write(buffer, 0, count);
        }
      }
    } catch (IOException e) {
      // the peer closed the connection
    }
  }
}
