package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.examples.HttpServer;
import dev.weft.it.support.Peer;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.Weft;
import dev.weft.testkit.Certificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** curl against the HTTP example. */
@RequiresPeer("curl")
@Timeout(60)
class HttpIT {

  private static final Duration SOON = Duration.ofSeconds(20);

  private static Peer server;
  private static String url;

  @BeforeAll
  static void start() throws Exception {
    server = Weft.example(HttpServer.class, "128m");
    url = "http://127.0.0.1:" + Weft.port(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  @DisplayName("GET")
  void get() throws Exception {
    assertEquals("hello, curl\n200", curl("-w", "%{http_code}", url + "/hello/curl"));
  }

  @Test
  @DisplayName("HEAD returns the head of GET without a body; the connection stays usable")
  void head() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: keep-alive\r\n\r\n";
    assertEquals(head, curl("-I", url + "/hello/curl"));
    assertEquals(
        head + "1" + head + "0",
        curl("-I", "-w", "%{num_connects}", url + "/hello/curl", url + "/hello/curl"));
  }

  @Test
  @DisplayName(
      "a missing file is 404, a malformed request is 400, a request that is too long is 431")
  void errors() throws Exception {
    assertEquals("nothing at /x\n404", curl("-w", "%{http_code}", url + "/x"));
    assertEquals(
        "bad request\n400",
        curl("-w", "%{http_code}", "-H", "Content-Length: x", url + "/hello/x"));
    String large = "x".repeat(100_000);
    assertEquals(
        "431",
        curl("-w", "%{http_code}", "-H", "A: " + large, "-H", "B: " + large, url + "/hello/x"));
  }

  @Test
  @RequiresPeer("nc")
  @DisplayName("a request that is not HTTP is 400, and a request that is cut off gets no answer")
  void garbage() throws Exception {
    String answer = "HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\nConnection: close\r\n\r\n"
        + "bad request\n";
    assertEquals(answer, nc("\r\n\r\n"));
    assertEquals(answer, nc("one two three four\r\n\r\nmore of it"));
    assertEquals("", nc("GET /hello/x HTTP/1.1\r\n"));
    assertEquals("", nc("POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\n1234"));
    assertEquals("", nc(""));
  }

  @Test
  @DisplayName("POST of 10 MiB comes back, to the byte")
  void post(@TempDir Path dir) throws Exception {
    byte[] body = new byte[10 << 20];
    new Random(3).nextBytes(body);
    Path sent = Files.write(dir.resolve("sent"), body);
    Path received = dir.resolve("received");
    assertEquals(
        "200",
        curl("-w", "%{http_code}", "--data-binary", "@" + sent, "-o", received, url + "/echo"));
    assertArrayEquals(body, Files.readAllBytes(received));
  }

  @Test
  @DisplayName("several requests use one connection, unless the client says close")
  void keepAlive() throws Exception {
    assertEquals(
        "hello, a\n1hello, b\n0nothing at /c\n0hello, d\n0",
        curl(
            "-w",
            "%{num_connects}",
            url + "/hello/a",
            url + "/hello/b",
            url + "/c",
            url + "/hello/d"));
    assertEquals(
        "hello, a\n1hello, b\n1",
        curl(
            "-w",
            "%{num_connects}",
            "-H",
            "Connection: close",
            url + "/hello/a",
            url + "/hello/b"));
  }

  @Test
  @DisplayName("HTTP/1.0 gets its answer and the end of the connection")
  void old() throws Exception {
    assertEquals(
        "hello, a\n1hello, b\n1",
        curl("--http1.0", "-w", "%{num_connects}", url + "/hello/a", url + "/hello/b"));
  }

  @Test
  @DisplayName("concurrent requests each get their own answer")
  void parallel(@TempDir Path dir) throws Exception {
    curl("-Z", "--parallel-max", 100, "-o", dir + "/#1", url + "/hello/[1-500]");
    for (int i = 1; i <= 500; i++) {
      assertEquals("hello, " + i + "\n", Files.readString(dir.resolve("" + i)));
    }
  }

  @Test
  @DisplayName("the same over a Unix socket, whose file a killed server leaves for the next one")
  void unixSocket(@TempDir Path dir) throws Exception {
    Path socket = dir.resolve("http");
    for (int round = 1; round <= 2; round++) {
      try (Peer local = Weft.example(HttpServer.class, "32m", socket)) {
        local.awaitOutput("listening on ", SOON);
        assertEquals(
            "hello, curl\n1hello, again\n0",
            curl(
                "--unix-socket",
                socket,
                "-w",
                "%{num_connects}",
                "http://localhost/hello/curl",
                "http://localhost/hello/again"));
      }
      assertTrue(Files.exists(socket));
    }
  }

  @Test
  @DisplayName("the same over TLS: with curl, also over a Unix socket, and with the JDK's client")
  void https(@TempDir Path dir) throws Exception {
    byte[] body = new byte[3_000_017];
    new Random(4).nextBytes(body);
    Path sent = Files.write(dir.resolve("sent"), body);
    Path received = dir.resolve("received");
    Path authority = Certificates.file("ca.pem");
    Path certificate = Certificates.file("server.pem");
    Path key = Certificates.file("server.key");
    Path socket = dir.resolve("https");
    try (Peer https = Weft.example(HttpServer.class, "128m", 0, certificate, key);
        Peer local = Weft.example(HttpServer.class, "32m", socket, certificate, key)) {
      String secure = "https://127.0.0.1:" + Weft.port(https);
      assertEquals(
          "hello, a\n1hello, b\n0",
          curl(
              "--cacert",
              authority,
              "-w",
              "%{num_connects}",
              secure + "/hello/a",
              secure + "/hello/b"));
      String post = "@" + sent;
      curl("--cacert", authority, "--data-binary", post, "-o", received, secure + "/echo");
      assertArrayEquals(body, Files.readAllBytes(received));
      assertEquals( // whose end is close_notify, not the end of TCP
          "hello, a\n", curl("--cacert", authority, "--http1.0", secure + "/hello/a"));
      local.awaitOutput("listening on ", SOON);
      assertEquals(
          "hello, a\n",
          curl("--cacert", authority, "--unix-socket", socket, "https://localhost/hello/a"));
      assertArrayEquals(body, postByJdk(URI.create(secure + "/echo"), body));
    }
  }

  private static byte[] postByJdk(URI uri, byte[] body) throws Exception {
    HttpClient client = HttpClient.newBuilder()
        .sslContext(Certificates.client())
        .version(HttpClient.Version.HTTP_1_1)
        .build();
    HttpRequest request = HttpRequest.newBuilder(uri)
        .timeout(SOON)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(200, answer.statusCode());
    return answer.body();
  }

  private static String nc(String request) throws Exception {
    try (Peer nc = Peers.start("nc", "-N", "127.0.0.1", url.substring(url.lastIndexOf(':') + 1))) {
      nc.stdin().write(request.getBytes(StandardCharsets.US_ASCII));
      nc.stdin().close();
      assertEquals(0, nc.waitFor(SOON), nc::output);
      return nc.output();
    }
  }

  private static String curl(Object... arguments) throws Exception {
    var all = new ArrayList<Object>(List.of("-sS", "-m", 20));
    all.addAll(List.of(arguments));
    try (Peer curl = Peers.start("curl", all.toArray())) {
      curl.stdin().close();
      assertEquals(0, curl.waitFor(SOON), curl::output);
      assertTrue(server.process().isAlive());
      return curl.output();
    }
  }
}
