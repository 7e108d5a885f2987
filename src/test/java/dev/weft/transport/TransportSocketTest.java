package dev.weft.transport;

import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The view of a transport's socket. */
class TransportSocketTest {

  @Test
  @DisplayName("a TransportSocket returns its channel")
  void channel() throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      var socket = new TransportSocket(channel);
      socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      assertSame(channel, socket.channel());
    }
  }
}
