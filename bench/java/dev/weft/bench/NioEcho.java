package dev.weft.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The upper bound for servers on the JDK: one thread, a selector and one direct buffer. */
final class NioEcho {

  private static final ByteBuffer BUFFER = ByteBuffer.allocateDirect(EchoServer.BUFFER);

  private NioEcho() {}

  static void serve(int port) throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(EchoServer.HOST, port), EchoServer.BACKLOG);
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    while (true) {
      selector.select(NioEcho::ready);
    }
  }

  private static void ready(SelectionKey key) {
    try {
      if (key.channel() instanceof ServerSocketChannel listener) {
        accept(listener, key.selector());
      } else {
        echo((SocketChannel) key.channel(), key);
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private static void accept(ServerSocketChannel listener, Selector selector) throws IOException {
    for (SocketChannel channel; (channel = listener.accept()) != null; ) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ);
    }
  }

  private static void echo(SocketChannel channel, SelectionKey key) throws IOException {
    var pending = (ByteBuffer) key.attachment();
    if (pending != null) {
      channel.write(pending);
      if (!pending.hasRemaining()) {
        key.attach(null);
        key.interestOps(SelectionKey.OP_READ);
      }
      return;
    }
    BUFFER.clear();
    if (channel.read(BUFFER) < 0) {
      channel.close();
      return;
    }
    channel.write(BUFFER.flip());
    if (BUFFER.hasRemaining()) {
      key.attach(ByteBuffer.allocateDirect(BUFFER.remaining()).put(BUFFER).flip());
      key.interestOps(SelectionKey.OP_WRITE);
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      // the connection is closed in any case
    }
  }
}
