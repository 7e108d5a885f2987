package dev.weft.it;

import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.openConnection;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.startServer;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.stream.ClientHandler;
import dev.weft.stream.Connection;
import dev.weft.stream.StreamReader;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Descriptors;
import dev.weft.transport.ClientAuth;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** openssl and socat on the other side of TLS, and plain sockets that do not speak it. */
@Timeout(60)
class TlsToolsIT {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Object CA = Certificates.file("ca.pem");

  private final String text = text();

  /** A few hundred kilobytes in lines, with an end that a test can wait for. */
  private static String text() {
    byte[] bytes = new byte[300_007];
    new Random(5).nextBytes(bytes);
    byte[] lines = new byte[] {'\n'};
    return Base64.getMimeEncoder(76, lines).encodeToString(bytes) + "\n-end-\n";
  }

  private static SslOptions serverSide() {
    return SslOptions.of(Certificates.server("server"))
        .withClientAuth(ClientAuth.NEED)
        .withParameters(p -> p.setApplicationProtocols(new String[] {"echo"}));
  }

  private static SslOptions clientSide() {
    return SslOptions.of(Certificates.clientWithCertificate())
        .withParameters(p -> p.setApplicationProtocols(new String[] {"echo"}));
  }

  private static Server serve(ClientHandler handler, SslOptions ssl) throws IOException {
    return startServer(
        handler,
        "127.0.0.1",
        0,
        StreamReader.DEFAULT_LIMIT,
        ServerOptions.defaults().withSsl(ssl));
  }

  private static Connection connect(int port, SslOptions ssl) throws IOException {
    return openConnection(
        "127.0.0.1",
        port,
        StreamReader.DEFAULT_LIMIT,
        ConnectionOptions.defaults().withSsl(ssl));
  }

  private static int exit(Peer peer) {
    return await(getRunningLoop().runInExecutor(() -> peer.waitFor(SOON)));
  }

  private static void type(Peer peer, String text) {
    await(getRunningLoop().runInExecutor(() -> {
      peer.stdin().write(text.getBytes(StandardCharsets.US_ASCII));
      peer.stdin().flush();
      return null;
    }));
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2,TLSv1.2", "-tls1_3,TLSv1.3"})
  @RequiresPeer("openssl")
  @DisplayName("s_client, with a certificate and an application protocol, gets back what it sends")
  void opensslConnects(String option, String version) throws IOException {
    byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
    run(() -> {
      Future<List<Object>> info = getRunningLoop().createFuture();
      ClientHandler handler = (reader, writer) -> {
        info.setResult(List.of(
            writer.getExtraInfo(ExtraInfo.SSL_OBJECT).getProtocol(),
            writer.getExtraInfo(ExtraInfo.SELECTED_ALPN_PROTOCOL),
            writer.getExtraInfo(ExtraInfo.PEERCERT).getSubjectX500Principal().getName()));
        writer.write(reader.readexactly(sent.length));
        writer.drain();
      };
      try (Server server = serve(handler, serverSide());
          Peer openssl = Peers.start(
              "openssl",
              "s_client",
              "-connect",
              "127.0.0.1:" + server.port(),
              "-CAfile",
              CA,
              "-verify_return_error",
              "-verify_hostname",
              "localhost",
              "-servername",
              "localhost",
              "-verify_quiet",
              "-quiet",
              "-alpn",
              "echo",
              "-cert",
              Certificates.file("client.pem"),
              "-key",
              Certificates.file("client.key"),
              option)) {
        type(openssl, text);
        assertEquals(0, exit(openssl), openssl::output);
        assertArrayEquals(sent, openssl.lastOutputBytes(sent.length));
        assertEquals(List.of(version, "echo", "CN=Weft test client"), info.await());
      }
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  @RequiresPeer("openssl")
  @DisplayName("s_client without a certificate is rejected, and the server goes on")
  void opensslWithoutCertificate(String version) throws IOException {
    run(() -> {
      var made = new ArrayList<Object>();
      ClientHandler handler = (reader, writer) -> made.add(reader.read(1));
      getRunningLoop().setExceptionHandler((loop, context) -> {});
      try (Server server = serve(handler, serverSide());
          Peer openssl = Peers.start(
              "openssl",
              "s_client",
              "-connect",
              "127.0.0.1:" + server.port(),
              "-CAfile",
              CA,
              "-quiet",
              version)) {
        assertNotEquals(0, exit(openssl), openssl::output);
        assertTrue(openssl.output().contains("alert"), openssl::output);
        assertEquals(List.of(), made);
        assertTrue(server.isServing());
      }
    });
  }

  private static Peer opensslServer(String certificate, Object... more) throws IOException {
    var arguments = new ArrayList<Object>(List.of(
        "s_server",
        "-accept",
        "127.0.0.1:0",
        "-CAfile",
        CA,
        "-cert",
        Certificates.file(certificate + ".pem"),
        "-key",
        Certificates.file(certificate + ".key")));
    arguments.addAll(List.of(more));
    return Peers.start("openssl", arguments.toArray());
  }

  private static int port(Peer openssl) {
    String address = openssl.awaitOutput("ACCEPT ", SOON);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  @RequiresPeer("openssl")
  @DisplayName(
      "Weft's client gets its lines back reversed from s_server, which insists on a certificate")
  void opensslServes(String version) throws Exception {
    try (Peer openssl = opensslServer(
        "server", "-Verify", 1, "-verify_return_error", "-alpn", "echo", "-rev", version)) {
      int port = port(openssl);
      run(() -> {
        try (Connection connection = connect(port, clientSide())) {
          assertEquals("echo", connection.writer().getExtraInfo(ExtraInfo.SELECTED_ALPN_PROTOCOL));
          for (int i = 0; i < 300; i++) {
            connection.writer().write("line " + i + "\n");
          }
          for (int i = 0; i < 300; i++) {
            assertEquals(
                new StringBuilder("line " + i).reverse() + "\n",
                new String(connection.reader().readline(), StandardCharsets.US_ASCII));
          }
        }
      });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "expired", "stranger"})
  @RequiresPeer("openssl")
  @DisplayName("Weft rejects a certificate for another host, an expired one and a self-signed one")
  void opensslIsRefused(String certificate) throws Exception {
    try (Peer openssl = opensslServer(certificate, "-rev")) {
      int port = port(openssl);
      run(() -> {
        assertThrows(SSLException.class, () -> connect(port, clientSide()));
      });
    }
  }

  @Test
  @RequiresPeer("socat")
  @DisplayName("socat OPENSSL: gets back what it sends")
  void socatConnects() throws IOException {
    run(() -> {
      Future<Boolean> ragged = getRunningLoop().createFuture();
      ClientHandler echo = (reader, writer) -> {
        for (byte[] data; (data = reader.read(64 * 1024)).length > 0; ) {
          writer.write(data);
          writer.drain();
        }
        ragged.setResult(writer.getExtraInfo(ExtraInfo.RAGGED_EOF));
      };
      try (Server server = serve(echo, SslOptions.of(Certificates.server("server")));
          Peer socat = Peers.start(
              "socat",
              "-b",
              4096,
              "-",
              "OPENSSL:localhost:" + server.port() + ",pf=ip4,cafile=" + CA)) {
        type(socat, text);
        await(getRunningLoop().runInExecutor(() -> socat.awaitOutput("-end-", SOON)));
        byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
        assertArrayEquals(sent, socat.lastOutputBytes(sent.length));
        socat.stdin().close();
        assertEquals(0, exit(socat), socat::output);
        assertFalse(ragged.await());
      }
    });
  }

  @Test
  @RequiresPeer("socat")
  @DisplayName("Weft's client gets back what it sends from socat OPENSSL-LISTEN:")
  void socatServes() throws Exception {
    byte[] sent = text.getBytes(StandardCharsets.US_ASCII);
    try (Peer socat = Peers.start(
        "socat",
        "-b",
        4096,
        "-d",
        "-d",
        "OPENSSL-LISTEN:0,bind=127.0.0.1,cert=" + Certificates.file("server.pem") + ",key="
            + Certificates.file("server.key") + ",cafile=" + CA,
        "PIPE")) {
      String address = socat.awaitOutput("listening on ", SOON);
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      run(() -> {
        try (Connection connection = connect(port, clientSide())) {
          var writing = getRunningLoop().createTask(() -> {
            connection.writer().write(sent);
            connection.writer().drain();
          });
          byte[] received = connection.reader().readexactly(sent.length);
          await(writing);
          assertArrayEquals(sent, received);
        }
      });
    }
  }

  @Test
  @DisplayName(
      "TLS-4: clients that send nothing, garbage or half a hello, and stay, end or break: no socket is left open")
  void strangers() throws IOException {
    int before = Descriptors.sockets();
    run(() -> {
      var made = new ArrayList<Object>();
      var clients = new ArrayList<Socket>();
      getRunningLoop().setExceptionHandler((loop, context) -> {});
      ClientHandler handler = (reader, writer) -> made.add(reader);
      SslOptions hasty = serverSide().withHandshakeTimeout(Duration.ofMillis(500));
      try (Server server = serve(handler, hasty)) {
        await(getRunningLoop().runInExecutor(() -> {
          for (int i = 0; i < 60; i++) {
            var client = new Socket("127.0.0.1", server.port());
            clients.add(client);
            byte[] hello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
            byte[] first =
                i % 3 == 0 ? new byte[0] : i % 3 == 1 ? hello : new byte[] {'G', 'E', 'T'};
            client.getOutputStream().write(first);
            if (i % 4 == 1) {
              client.shutdownOutput();
            } else if (i % 4 == 2) {
              client.setSoLinger(true, 0);
              client.close();
            }
          }
          for (Socket client : clients) {
            if (!client.isClosed()) {
              client.setSoTimeout((int) SOON.toMillis());
              try {
                while (client.getInputStream().read() >= 0) {} // an alert, perhaps
              } catch (IOException reset) {
                assertNotNull(reset.getMessage());
              }
              client.close();
            }
          }
          return null;
        }));
      }
      assertEquals(List.of(), made);
    });
    Awaitility.await().atMost(SOON).until(() -> Descriptors.sockets() <= before);
  }
}
