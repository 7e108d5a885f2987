package dev.weft.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * The upper bound for servers with one thread for each connection: a selector, and virtual threads on the thread that
 * polls it. It has no locks, no other threads, no timeouts and no {@code Socket}. Each connection has its own array, as
 * with streams. The server drops bytes that the system does not accept at once.
 */
final class BareEcho {

  private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(EchoServer.BUFFER);

  private final BareLoop loop = new BareLoop();
  private final Selector selector;
  private final ServerSocketChannel listener = ServerSocketChannel.open();

  private BareEcho() throws IOException {
    selector = Selector.open();
  }

  static void serve(int port) throws IOException {
    new BareEcho().accept(port);
  }

  private void accept(int port) throws IOException {
    listener.bind(new InetSocketAddress(EchoServer.HOST, port), EchoServer.BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    loop.serve(() -> selector.select(this::ready));
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof Connection waiting) {
      LockSupport.unpark(waiting.thread);
      return;
    }
    try {
      for (SocketChannel channel; (channel = listener.accept()) != null; ) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var connection = new Connection(channel);
        channel.register(selector, SelectionKey.OP_READ, connection);
        connection.thread = loop.start(connection);
      }
    } catch (IOException e) {
      e.printStackTrace();
    }
  }

  private static final class Connection implements Runnable {

    private final SocketChannel channel;
    private Thread thread;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void run() {
      try (channel) {
        byte[] data = new byte[ThreadEcho.BUFFER];
        for (int count; (count = read(data)) >= 0; ) {
          channel.write(DIRECT.clear().put(0, data, 0, count).limit(count));
        }
      } catch (IOException e) {
        // the peer closed the connection
      }
    }

    private int read(byte[] data) throws IOException {
      LockSupport.park();
      int count = channel.read(DIRECT.clear().limit(data.length));
      if (count > 0) {
        DIRECT.get(0, data, 0, count);
      }
      return count;
    }
  }
}
