package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import dev.weft.loop.Server;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.stream.StreamWriter;
import dev.weft.testkit.Certificates;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.BufferedProtocol;
import dev.weft.transport.ClientAuth;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Echo over TLS between Weft and CPython's asyncio, with certificates on both sides, to the byte. */
@RequiresPeer("python")
@Timeout(60)
class TlsPythonIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int CHUNK = 64 * 1024;

  // a record has 16 KiB at most
  private static final List<Integer> SIZES = List.of(1, 16_384, 16_385, 65_537, 2_000_003);

  private static final SslOptions SERVER =
      SslOptions.of(Certificates.server("server")).withClientAuth(ClientAuth.NEED);
  private static final SslOptions CLIENT =
      SslOptions.of(Certificates.clientWithCertificate()).withServerHostname("localhost");

  /** An echo that reads less at once than a record holds. */
  private static final class SmallBuffer implements BufferedProtocol {

    private final ByteBuffer buffer = ByteBuffer.allocate(10_000);
    private Transport transport;

    @Override
    public void connectionMade(BaseTransport transport) {
      this.transport = (Transport) transport;
    }

    @Override
    public ByteBuffer getBuffer(int sizeHint) {
      return buffer.clear();
    }

    @Override
    public void bufferUpdated(int count) {
      transport.write(buffer.slice(0, count));
    }

    @Override
    public void pauseWriting() {
      transport.pauseReading();
    }

    @Override
    public void resumeWriting() {
      transport.resumeReading();
    }
  }

  private static void echo(StreamReader reader, StreamWriter writer) throws IOException {
    for (byte[] data; (data = reader.read(CHUNK)).length > 0; ) {
      writer.write(data);
      writer.drain();
    }
    assertFalse(writer.getExtraInfo(ExtraInfo.RAGGED_EOF));
  }

  private static void upgrade(StreamReader reader, StreamWriter writer) throws IOException {
    assertEquals("STARTTLS\n", new String(reader.readline(), StandardCharsets.US_ASCII));
    writer.write("go\n");
    writer.startTls(SERVER);
    echo(reader, writer);
  }

  private static Server serve(String form) throws IOException {
    return switch (form) {
      case "upgrade" -> startServer(TlsPythonIT::upgrade, "127.0.0.1", 0);
      case "buffered" ->
        getRunningLoop()
            .createServer(
                SmallBuffer::new, "127.0.0.1", 0, ServerOptions.defaults().withSsl(SERVER));
      default ->
        startServer(
            TlsPythonIT::echo,
            "127.0.0.1",
            0,
            StreamReader.DEFAULT_LIMIT,
            ServerOptions.defaults().withSsl(SERVER));
    };
  }

  @ParameterizedTest(name = "{0} client, {1} server of Weft's")
  @CsvSource({"streams,streams", "protocol,streams", "protocol,buffered", "upgrade,upgrade"})
  @DisplayName("CPython's client gets its bytes back from Weft's server")
  void pythonConnects(String client, String server) throws IOException {
    run(() -> {
      var reported = new ArrayList<Object>();
      getRunningLoop().setExceptionHandler((loop, context) -> reported.add(context));
      try (Server weft = serve(server);
          Peer python = Peers.startPython("tls_echo.py", arguments(client, weft.port()))) {
        int exit = await(getRunningLoop().runInExecutor(() -> python.waitFor(SOON)));
        assertEquals(0, exit, python::output);
        assertEquals(
            SIZES.stream().map(size -> size + " bytes came back\n").collect(Collectors.joining()),
            python.output());
      }
      assertEquals(List.of(), reported);
    });
  }

  private static Object[] arguments(String form, int port) {
    var arguments = new ArrayList<Object>(List.of("connect", form, port, folder()));
    arguments.addAll(SIZES);
    return arguments.toArray();
  }

  private static Object folder() {
    return Certificates.file("ca.pem").getParent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"streams", "protocol", "upgrade"})
  @DisplayName(
      "Weft's client gets its bytes back from CPython's server, which sees an orderly close")
  void pythonServes(String form) throws Exception {
    try (Peer python = Peers.startPython("tls_echo.py", "serve", form, folder())) {
      int port = Weft.port(python);
      for (int size : SIZES) {
        byte[] data = new byte[size];
        new Random(size).nextBytes(data);
        assertArrayEquals(data, run(() -> exchange(form, port, data)));
      }
      python.awaitOutput("closed in order\n".repeat(SIZES.size()).strip(), SOON);
    }
  }

  private static byte[] exchange(String form, int port, byte[] data) throws IOException {
    try (Connection connection = connect(form, port)) {
      StreamWriter writer = connection.writer();
      var sending = createTask(() -> {
        for (int at = 0; at < data.length; at += CHUNK) {
          writer.write(ByteBuffer.wrap(data, at, Math.min(CHUNK, data.length - at)));
          writer.drain();
        }
      });
      byte[] received = connection.reader().readexactly(data.length);
      await(sending);
      writer.close();
      writer.waitClosed();
      return received;
    }
  }

  private static Connection connect(String form, int port) throws IOException {
    if (!form.equals("upgrade")) {
      return openConnection(
          "127.0.0.1",
          port,
          StreamReader.DEFAULT_LIMIT,
          ConnectionOptions.defaults().withSsl(CLIENT));
    }
    Connection connection = openConnection("127.0.0.1", port);
    connection.writer().write("STARTTLS\n");
    assertEquals("go\n", new String(connection.reader().readline(), StandardCharsets.US_ASCII));
    connection.writer().startTls(CLIENT);
    return connection;
  }
}
