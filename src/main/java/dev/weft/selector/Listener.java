package dev.weft.selector;

import dev.weft.transport.ServerOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Makes the listening sockets of a server: all, or none if one of them cannot be had. */
final class Listener {

  private Listener() {}

  static List<ServerSocketChannel> bindAll(List<InetSocketAddress> addresses, ServerOptions options)
      throws IOException {
    var channels = new ArrayList<ServerSocketChannel>();
    try {
      for (InetSocketAddress address : addresses) {
        channels.add(bind(address, options));
      }
      return channels;
    } catch (Throwable error) {
      for (ServerSocketChannel channel : channels) {
        channel.close();
      }
      throw error;
    }
  }

  private static ServerSocketChannel bind(InetSocketAddress address, ServerOptions options)
      throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, options.reuseAddress());
      if (options.reusePort()) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      return channel.bind(address, options.backlog());
    } catch (BindException e) {
      channel.close();
      var failure = new BindException(
          "error while attempting to bind on address " + address + ": " + e.getMessage());
      failure.initCause(e);
      throw failure;
    } catch (Throwable error) {
      channel.close();
      throw error;
    }
  }
}
