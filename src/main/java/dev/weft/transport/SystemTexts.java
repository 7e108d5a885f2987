package dev.weft.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The system's texts for some errors, in its language. This class provokes the errors to learn the texts, because the
 * JDK has no other way.
 */
final class SystemTexts {

  /** The texts that could be learnt. */
  static final Map<String, SocketErrorKind> LEARNT = learn();

  private SystemTexts() {}

  private interface Call {
    void run() throws IOException;
  }

  private interface Experiment {
    @Nullable
    String text() throws IOException;
  }

  private static Map<String, SocketErrorKind> learn() {
    Map<String, SocketErrorKind> texts = new HashMap<>();
    learn(texts, SocketErrorKind.BROKEN_PIPE, SystemTexts::breakPipe);
    learn(texts, SocketErrorKind.CONNECTION_REFUSED, SystemTexts::connectToClosedPort);
    learn(texts, SocketErrorKind.CONNECTION_RESET, SystemTexts::writeAfterReset);
    return Map.copyOf(texts);
  }

  private static void learn(
      Map<String, SocketErrorKind> texts, SocketErrorKind kind, Experiment experiment) {
    try {
      String text = experiment.text();
      if (text != null) {
        texts.put(text, kind);
      }
    } catch (IOException noDescriptors) {
      // the text stays unknown
    }
  }

  /** Returns the system's text for a call that fails, or null if the call does not fail. */
  private static @Nullable String textOf(Call call) {
    try {
      call.run();
      return null;
    } catch (IOException error) {
      return error.getMessage();
    }
  }

  private static ByteBuffer something() {
    return ByteBuffer.wrap(new byte[] {0});
  }

  private static @Nullable String breakPipe() throws IOException {
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel sink = pipe.sink()) {
      pipe.source().close();
      sink.configureBlocking(false);
      return textOf(() -> sink.write(something()));
    }
  }

  private static ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static @Nullable String connectToClosedPort() throws IOException {
    SocketAddress address;
    try (ServerSocketChannel server = listen()) {
      address = server.getLocalAddress();
    }
    try (SocketChannel client = SocketChannel.open()) {
      client.configureBlocking(false);
      return textOf(() -> {
        client.connect(address);
        client.finishConnect();
      });
    }
  }

  private static @Nullable String writeAfterReset() throws IOException {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open()) {
      server.configureBlocking(false);
      client.configureBlocking(false);
      client.connect(server.getLocalAddress());
      try (SocketChannel peer = server.accept()) {
        if (peer == null || !client.finishConnect()) {
          return null;
        }
        peer.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      return textOf(() -> client.write(something()));
    }
  }
}
