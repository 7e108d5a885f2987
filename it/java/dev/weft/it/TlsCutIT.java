package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.CutWire;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Descriptors;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS with openssl that is cut off in the middle of a record, or killed in the middle of everything. */
@RequiresPeer("openssl")
@Timeout(90)
class TlsCutIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final byte[] CHUNK =
      "012345678901234\n".repeat(4096).getBytes(StandardCharsets.US_ASCII);

  /** The JDK keeps a pair of sockets from the first connection on. */
  @BeforeAll
  static void connectOnce() throws IOException {
    try (var listening = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        var client = SocketChannel.open(listening.getLocalAddress())) {
      assertTrue(client.isConnected());
    }
  }

  /** How a connection ends on Weft's side. */
  private record End(byte[] received, IOException error, Object ragged) {}

  private static End receive(StreamReader reader, StreamWriter writer) {
    var received = new ByteArrayOutputStream();
    IOException failure = null;
    try {
      for (byte[] data; (data = reader.read(64 * 1024)).length > 0; ) {
        received.writeBytes(data);
      }
    } catch (IOException error) {
      failure = error;
    }
    return new End(received.toByteArray(), failure, writer.getExtraInfo(ExtraInfo.RAGGED_EOF));
  }

  /** Sends until that is impossible. */
  private static End send(StreamWriter writer) {
    try {
      while (true) {
        writer.write(CHUNK);
        writer.drain();
      }
    } catch (IOException error) {
      return new End(new byte[0], error, null);
    }
  }

  private static End use(boolean reads, StreamReader reader, StreamWriter writer) {
    return reads ? receive(reader, writer) : send(writer);
  }

  private static Server serve(boolean reads, CountDownLatch made, Future<End> end)
      throws IOException {
    ClientHandler handler = (reader, writer) -> {
      made.countDown();
      end.setResult(use(reads, reader, writer));
    };
    return startServer(
        handler,
        "127.0.0.1",
        0,
        StreamReader.DEFAULT_LIMIT,
        ServerOptions.defaults().withSsl(SslOptions.of(Certificates.server("server"))));
  }

  private static End connect(boolean reads, int port) throws IOException {
    var ssl = SslOptions.of(Certificates.client()).withServerHostname("localhost");
    try (Connection connection = openConnection(
        "127.0.0.1",
        port,
        StreamReader.DEFAULT_LIMIT,
        ConnectionOptions.defaults().withSsl(ssl))) {
      return use(reads, connection.reader(), connection.writer());
    }
  }

  private static Peer client(int port) throws IOException {
    return Peers.start("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-quiet");
  }

  private static Peer server() throws IOException {
    return Peers.start(
        "openssl",
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-cert",
        Certificates.file("server.pem"),
        "-key",
        Certificates.file("server.key"));
  }

  private static int port(Peer openssl) {
    String address = openssl.awaitOutput("ACCEPT ", SOON);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  /**
   * Waits until {@code s_server} has a client. One that has both input and a client's first bytes to read takes the
   * input first, shakes hands to send it, and then waits for ever for the bytes, which were the handshake.
   */
  private static void awaitClient(Peer server) {
    server.awaitOutput("CIPHER is ", SOON);
  }

  /** Lets openssl send without end, on a thread that ends with it. */
  private static void type(Peer openssl, boolean serves) {
    Thread.ofPlatform().daemon().start(() -> {
      try {
        if (serves) {
          awaitClient(openssl);
        }
        while (true) {
          openssl.stdin().write(CHUNK);
        }
      } catch (IOException gone) {
        // with its process
      }
    });
  }

  private static void assertWholeRecords(End end) {
    byte[] received = end.received();
    byte[] expected = new byte[received.length];
    for (int i = 0; i < expected.length; i += CHUNK.length) {
      System.arraycopy(CHUNK, 0, expected, i, Math.min(CHUNK.length, expected.length - i));
    }
    assertArrayEquals(expected, received, "not what was sent");
  }

  private static void assertEnd(End end, boolean reads, boolean reset) {
    if (!reads || reset) {
      assertTrue(end.error() != null, "a connection that broke has ended in order");
    } else {
      assertEquals(null, end.error());
      assertEquals(true, end.ragged());
    }
    assertWholeRecords(end);
  }

  @ParameterizedTest(name = "Weft {0} and {1}, reset {2}")
  @CsvSource({
    "serves,reads,false",
    "serves,reads,true",
    "serves,writes,false",
    "serves,writes,true",
    "connects,reads,false",
    "connects,reads,true",
    "connects,writes,false",
    "connects,writes,true"
  })
  @DisplayName(
      "TLS-14: a connection is cut in the middle of a record: both sides end with whole records, and no socket remains")
  void cutInARecord(String role, String direction, boolean reset) throws Exception {
    boolean serves = role.equals("serves");
    boolean reads = direction.equals("reads");
    int before = Descriptors.sockets();
    boolean fromClient = serves == reads;
    var made = new CountDownLatch(serves ? 1 : 0); // openssl sends no data before
    if (serves) {
      run(() -> {
        Future<End> end = getRunningLoop().createFuture();
        try (Server weft = serve(reads, made, end);
            CutWire wire = new CutWire(weft.port(), fromClient, reset, made);
            Peer openssl = client(wire.port())) {
          if (reads) {
            type(openssl, false);
          }
          assertEnd(await(end), reads, reset);
          await(getRunningLoop().runInExecutor(() -> openssl.waitFor(SOON)));
        }
      });
    } else {
      try (Peer openssl = server();
          CutWire wire = new CutWire(port(openssl), fromClient, reset, made)) {
        if (reads) {
          type(openssl, true);
        }
        assertEnd(run(() -> connect(reads, wire.port())), reads, reset);
      }
    }
    Awaitility.await().atMost(SOON).until(() -> Descriptors.sockets() <= before);
  }

  @ParameterizedTest(name = "Weft {0} and {1}")
  @CsvSource({"serves,reads", "serves,writes", "connects,reads", "connects,writes"})
  @DisplayName(
      "TLS-14: openssl is killed while data flows: Weft's side ends, and no socket remains")
  void killed(String role, String direction) throws Exception {
    boolean reads = direction.equals("reads");
    int before = Descriptors.sockets();
    if (role.equals("serves")) {
      run(() -> {
        Future<End> end = getRunningLoop().createFuture();
        try (Server weft = serve(reads, new CountDownLatch(1), end);
            Peer openssl = client(weft.port())) {
          await(getRunningLoop().runInExecutor(() -> {
            kill(openssl, reads);
            return null;
          }));
          assertWholeRecords(await(end));
        }
      });
    } else {
      try (Peer openssl = server()) {
        int port = port(openssl);
        Thread killer = Thread.ofPlatform().start(() -> {
          awaitClient(openssl);
          kill(openssl, reads);
        });
        End end = run(() -> connect(reads, port));
        killer.join();
        assertWholeRecords(end);
      }
    }
    Awaitility.await().atMost(SOON).until(() -> Descriptors.sockets() <= before);
  }

  /** Lets openssl send or print a good deal before it is killed. */
  private static void kill(Peer openssl, boolean sends) {
    try {
      if (sends) {
        for (int i = 0; i < 20; i++) { // more than pipes and sockets hold, so it is sending
          openssl.stdin().write(CHUNK);
        }
      } else {
        openssl.awaitOutput(
            new String(Arrays.copyOf(CHUNK, 1600), StandardCharsets.US_ASCII), SOON);
      }
      openssl.signal("KILL");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
