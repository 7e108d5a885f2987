package dev.weft.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Asyncio;
import dev.weft.it.support.Peers;
import dev.weft.it.support.RequiresPeer;
import dev.weft.it.support.WatchedLoop;
import dev.weft.thread.LoopThreads;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * HTTP servers that have a thread for each request, unchanged, with these threads on one loop. Their accepting and
 * polling threads stay their own.
 */
@Timeout(120)
class ThreadHttpServersIT {

  // held, because a level is forgotten together with its logger
  private static final Logger NOISE = Logger.getLogger("org.apache");

  static {
    NOISE.setLevel(Level.WARNING);
  }

  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.US_ASCII);

  @TempDir
  private Path directory;

  /** A server that answers GET with {@link #HELLO} and POST with the body of the request. */
  private enum Kind {
    JDK {
      @Override
      Running start(WatchedLoop watched, ExecutorService threads, Path directory)
          throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> answer(watched, exchange));
        server.start();
        return new Running(server.getAddress().getPort(), () -> server.stop(0));
      }
    },

    TOMCAT {
      @Override
      Running start(WatchedLoop watched, ExecutorService threads, Path directory) throws Exception {
        var connector = new Connector();
        connector.setProperty("address", "127.0.0.1");
        connector.setPort(0);
        connector.getProtocolHandler().setExecutor(threads);
        var tomcat = new Tomcat();
        tomcat.setBaseDir(directory.resolve("base").toString());
        tomcat.setConnector(connector);
        var context = (StandardContext) tomcat.addContext("", directory.toString());
        context.setClearReferencesRmiTargets(false); // would warn that it needs a flag
        Tomcat.addServlet(context, "answer", new Answer(watched));
        context.addServletMappingDecoded("/*", "answer");
        tomcat.start();
        return new Running(connector.getLocalPort(), () -> {
          tomcat.stop();
          tomcat.destroy();
        });
      }
    };

    abstract Running start(WatchedLoop watched, ExecutorService threads, Path directory)
        throws Exception;
  }

  private record Running(int port, AutoCloseable stop) {}

  private static void answer(WatchedLoop watched, HttpExchange exchange) throws IOException {
    try (exchange) {
      watched.visit();
      if (exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(200, 0);
        exchange.getRequestBody().transferTo(exchange.getResponseBody());
      } else {
        exchange.sendResponseHeaders(200, HELLO.length);
        exchange.getResponseBody().write(HELLO);
      }
    }
  }

  private static final class Answer extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient WatchedLoop watched;

    Answer(WatchedLoop watched) {
      this.watched = watched;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      watched.visit();
      response.setContentLength(HELLO.length);
      response.getOutputStream().write(HELLO);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      watched.visit();
      try (InputStream body = request.getInputStream()) {
        body.transferTo(response.getOutputStream());
      }
    }
  }

  /** What is done to the server, off the loop. */
  private interface Client {
    void use(String url) throws Exception;
  }

  private void serving(Kind kind, WatchedLoop watched, Client client) throws Exception {
    try (ExecutorService threads = LoopThreads.executor(watched.loop(), "request-")) {
      Running server = Asyncio.toThread(() -> kind.start(watched, threads, directory));
      try {
        Asyncio.toThread(() -> client.use("http://127.0.0.1:" + server.port));
      } finally {
        Asyncio.toThread(server.stop::close);
      }
    }
  }

  @ParameterizedTest(name = "2,000 requests of ab, 50 at a time, are answered on one loop: {0}")
  @EnumSource(Kind.class)
  @RequiresPeer("ab")
  void load(Kind kind) throws Exception {
    WatchedLoop.run(watched -> {
      serving(kind, watched, url -> {
        String report = Peers.output("ab", "-q", "-k", "-n", 2000, "-c", 50, url + "/");
        assertReported(report, "Complete requests: +2000");
        assertReported(report, "Failed requests: +0");
        assertReported(report, "HTML transferred: +" + 2000 * HELLO.length + " bytes");
      });
      watched.assertVisits(2000);
      watched.assertOverlapped();
    });
  }

  private static void assertReported(String report, String line) {
    assertTrue(report.matches("(?s).*\n" + line + "\n.*"), report);
  }

  @ParameterizedTest(name = "10 MiB, read and written in blocking style, come back: {0}")
  @EnumSource(Kind.class)
  @RequiresPeer("curl")
  void largeBody(Kind kind) throws Exception {
    byte[] body = new byte[10 << 20];
    new Random(5).nextBytes(body);
    Path sent = Files.write(directory.resolve("sent"), body);
    Path received = directory.resolve("received");
    WatchedLoop.run(watched -> {
      // at 40 MiB a second the server has to wait for what is not there yet
      serving(
          kind,
          watched,
          url -> Peers.output(
              "curl", "-sS", "--limit-rate", "40M", "-o", received, "-T", sent, "-X", "POST", url));
      assertArrayEquals(body, Files.readAllBytes(received));
      watched.assertVisits(1);
    });
  }
}
