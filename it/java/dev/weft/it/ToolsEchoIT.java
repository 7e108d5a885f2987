package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.examples.EchoProtocolServer;
import dev.weft.examples.EchoServer;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.Connection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nc and socat on the other side. They use half-close to signal that they have sent all. */
@Timeout(40)
class ToolsEchoIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  private final byte[] up = random(1, 5_000_011);
  private final byte[] down = random(2, 3_000_017);

  @ParameterizedTest
  @ValueSource(classes = {EchoServer.class, EchoProtocolServer.class})
  @RequiresPeer("nc")
  @DisplayName("nc -N half-closes, and still gets every byte back from Weft's server")
  void ncConnects(Class<?> server) throws Exception {
    try (Peer weft = Weft.example(server, "32m");
        Peer nc = Peers.start("nc", "-N", "127.0.0.1", Weft.port(weft))) {
      assertEchoes(nc);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {EchoServer.class, EchoProtocolServer.class})
  @RequiresPeer("socat")
  @DisplayName("socat shuts its side down, and still gets every byte back from Weft's server")
  void socatConnects(Class<?> server) throws Exception {
    try (Peer weft = Weft.example(server, "32m");
        Peer socat = Peers.start(
            "socat", "-t", 20, "-", "TCP:127.0.0.1:" + Weft.port(weft) + ",shut-down")) {
      assertEchoes(socat);
    }
  }

  private void assertEchoes(Peer client) throws IOException {
    client.stdin().write(up);
    client.stdin().close();
    assertEquals(0, client.waitFor(SOON));
    assertArrayEquals(up, client.outputBytes());
  }

  @Test
  @RequiresPeer("nc")
  @DisplayName("Weft's client and nc -l send at the same time, and nc half-closes; both get all")
  void ncListens() throws Exception {
    try (Peer nc = Peers.start("nc", "-n", "-v", "-N", "-l", "127.0.0.1", 0)) {
      int port = Integer.parseInt(nc.awaitOutput("Listening on 127.0.0.1 ", SOON));
      run(() -> {
        var typing = getRunningLoop().runInExecutor(() -> {
          nc.stdin().write(down);
          nc.stdin().close();
          return null;
        });
        try (Connection connection = openConnection("127.0.0.1", port)) {
          var sending = createTask(() -> {
            connection.writer().write(up);
            connection.writer().drain();
          });
          // if nc -l gets the end first, it ends without sending what it has not read yet
          assertArrayEquals(down, connection.reader().read());
          await(sending);
        }
        await(typing);
      });
      assertEquals(0, nc.waitFor(SOON));
      byte[] output = nc.outputBytes();
      int messages = output.length - up.length;
      assertTrue(new String(output, 0, messages, StandardCharsets.UTF_8)
          .matches("Listening on .*\nConnection received on .*\n"));
      assertArrayEquals(up, Arrays.copyOfRange(output, messages, output.length));
    }
  }

  @Test
  @RequiresPeer("socat")
  @DisplayName("Weft's client half-closes, and still gets every byte back from socat's echo")
  void socatListens() throws Exception {
    // The blocks are larger than a pipe accepts at once. socat can wait without end for itself to
    // empty the pipe.
    try (Peer socat = Peers.start(
        "socat", "-b", 4096, "-d", "-d", "-t", 20, "TCP-LISTEN:0,bind=127.0.0.1", "PIPE")) {
      String address = socat.awaitOutput("listening on ", SOON);
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      assertArrayEquals(up, run(() -> exchange(port, up)));
      assertEquals(0, socat.waitFor(SOON), socat::output);
    }
  }

  @Test
  @RequiresPeer("nc")
  @DisplayName(
      "data that Weft's server has written but not sent when it closes still arrives at nc")
  void closeFlushes() throws Exception {
    byte[] much = random(3, 30_000_001); // more than the system accepts at once
    run(() -> {
      ClientHandler handler = (reader, writer) -> writer.write(much);
      try (Server server = startServer(handler, "127.0.0.1", 0);
          Peer nc = Peers.start("nc", "-d", "127.0.0.1", server.port())) {
        assertEquals(0, await(getRunningLoop().runInExecutor(() -> nc.waitFor(SOON))));
        assertArrayEquals(much, nc.outputBytes());
      }
    });
  }

  /** Sends, half-closes, and returns the data that arrives until the peer half-closes. */
  private static byte[] exchange(int port, byte[] data) throws IOException {
    try (Connection connection = openConnection("127.0.0.1", port)) {
      var sending = createTask(() -> {
        connection.writer().write(data);
        connection.writer().writeEof();
      });
      byte[] received = connection.reader().read();
      await(sending);
      return received;
    }
  }

  private static byte[] random(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
