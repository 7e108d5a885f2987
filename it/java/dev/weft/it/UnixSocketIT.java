package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.openUnixConnection;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startUnixServer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.Connection;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams over Unix sockets, between Weft and another program. */
@Timeout(60)
class UnixSocketIT {

  private static final Duration SOON = Duration.ofSeconds(40);

  private static final ClientHandler ECHO = (reader, writer) -> {
    for (byte[] data; (data = reader.read(64 * 1024)).length > 0; ) {
      writer.write(data);
      writer.drain();
    }
  };

  @TempDir
  Path directory;

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  /** Sends, half-closes, and returns the data that arrives until the peer half-closes. */
  private static byte[] exchange(Path path, byte[] data) throws IOException {
    try (Connection connection = openUnixConnection(path)) {
      var sending = createTask(() -> {
        connection.writer().write(data);
        connection.writer().writeEof();
      });
      byte[] received = connection.reader().read();
      await(sending);
      return received;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"streams", "protocol"})
  @RequiresPeer("python")
  @DisplayName(
      "CPython's clients get their bytes back, and the socket file disappears with the server")
  void pythonConnects(String form) throws IOException {
    Path path = directory.resolve("echo");
    List<Integer> sizes = List.of(1, 65_537, 20_000_003);
    run(() -> {
      var arguments = new ArrayList<Object>(List.of(form, path));
      arguments.addAll(sizes);
      try (Server server = startUnixServer(ECHO, path);
          Peer python = Peers.startPython("echo_client.py", arguments.toArray())) {
        int exit = await(getRunningLoop().runInExecutor(() -> python.waitFor(SOON)));
        assertEquals(0, exit, python::output);
        assertEquals(
            sizes.stream().map(size -> size + " bytes came back\n").collect(Collectors.joining()),
            python.output());
        assertEquals(UnixDomainSocketAddress.of(path), server.sockets().get(0).getLocalAddress());
      }
      assertFalse(Files.exists(path));
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"streams", "protocol"})
  @RequiresPeer("python")
  @DisplayName("Weft's client gets its bytes back from CPython's server")
  void pythonServes(String form) throws Exception {
    Path path = directory.resolve("echo");
    try (Peer python = Peers.startPython("echo_server.py", form, path)) {
      python.awaitOutput("listening on ", SOON);
      for (int size : List.of(1, 65_537, 20_000_003)) {
        // CPython's protocol closes at the end of data, and flushes its echo first
        assertArrayEquals(random(size), run(() -> exchange(path, random(size))));
      }
    }
  }

  @Test
  @RequiresPeer("socat")
  @DisplayName("socat connects to Weft's server, half-closes, and gets every byte back")
  void socatConnects() throws IOException {
    Path path = directory.resolve("echo");
    byte[] data = random(5_000_011);
    run(() -> {
      try (Server server = startUnixServer(ECHO, path);
          Peer socat = Peers.start("socat", "-t", 20, "-", "UNIX-CONNECT:" + path)) {
        int exit = await(getRunningLoop().runInExecutor(() -> {
          socat.stdin().write(data);
          socat.stdin().close();
          return socat.waitFor(SOON);
        }));
        assertEquals(0, exit, socat::output);
        assertArrayEquals(data, socat.outputBytes());
        assertEquals(1, server.sockets().size());
      }
    });
  }

  @Test
  @RequiresPeer("socat")
  @DisplayName("Weft's client half-closes, and gets every byte back from socat's echo")
  void socatListens() throws Exception {
    Path path = directory.resolve("echo");
    byte[] data = random(5_000_011);
    // The blocks are larger than a pipe accepts at once. socat can wait without end for itself to
    // empty the pipe.
    try (Peer socat =
        Peers.start("socat", "-b", 4096, "-d", "-d", "-t", 20, "UNIX-LISTEN:" + path, "PIPE")) {
      socat.awaitOutput("listening on ", SOON);
      assertArrayEquals(data, run(() -> exchange(path, data)));
      assertEquals(0, socat.waitFor(SOON), socat::output);
    }
  }
}
