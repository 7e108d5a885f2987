package dev.weft.stream;

import static dev.weft.stream.Bytes.assertBytes;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.sync.Queue;
import dev.weft.task.Timeouts;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.Descriptors;
import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** The end of a server's connection after its handler returns. */
class CustodyTest {

  private static final int LIMIT = 1 << 16;

  private final List<Connection> stored = new ArrayList<>();

  private static void withServer(ClientHandler handler, Client client) {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      List<String> reports = new ArrayList<>();
      loop.setExceptionHandler((l, context) -> reports.add(context.toString()));
      Server server = Streams.startServer(handler, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      try {
        client.run(server);
      } finally {
        server.close();
        server.abortClients();
        server.waitClosed();
      }
      assertEquals(List.of(), reports);
    });
  }

  private interface Client {
    void run(Server server) throws Exception;
  }

  private static Connection connect(Server server) throws IOException {
    return Streams.openConnection("127.0.0.1", server.port(), LIMIT, ConnectionOptions.defaults());
  }

  private static Task<Void> spawn(ThrowingRunnable<?> code) {
    return EventLoop.getRunningLoop().createTask(code);
  }

  private static void assertOpen(StreamWriter writer) {
    turns(20);
    assertFalse(writer.isClosing());
  }

  @Test
  @DisplayName(
      "if run ends just after a handler, it closes the handler's connection without a warning")
  void endOfRun() throws IOException {
    try (LogCapture log = LogCapture.start()) {
      Asyncio.run(() -> {
        Future<Void> handled = EventLoop.getRunningLoop().createFuture();
        try (Server server = Streams.startServer(
            (reader, writer) -> {
              reader.readline();
              handled.setResult(null);
            },
            "127.0.0.1",
            0,
            LIMIT,
            ServerOptions.defaults())) {
          try (Connection connection = connect(server)) {
            connection.writer().write("hello\n");
            handled.await();
          }
        }
      });
      assertEquals(List.of(), log.events(Level.WARN));
    }
  }

  @Test
  @DisplayName(
      "handlers that return early leave no descriptors, after 500 clients that connect, send and close")
  void flat() {
    withServer(
        (reader, writer) -> {
          if (!new String(reader.readline()).startsWith("GET")) {
            return;
          }
          writer.write("200\n");
        },
        server -> {
          int before = Descriptors.sockets();
          for (int i = 0; i < 500; i++) {
            try (Connection client = connect(server)) {
              client.writer().write("nonsense\n");
              assertBytes("", client.reader().read());
            }
          }
          turns(3);
          assertTrue(Descriptors.sockets() <= before + 2, before + " before");
        });
  }

  @Test
  @DisplayName(
      "the close flushes written data first: a slow reader gets all of 8 MiB, then the end")
  void flushes() {
    byte[] much = new byte[8 << 20];
    withServer((reader, writer) -> writer.write(much), server -> {
      try (Connection client = connect(server)) {
        turns(20);
        assertEquals(much.length, client.reader().read().length);
      }
    });
  }

  @Test
  @DisplayName(
      "a server also closes a Unix socket after its handler, and flushes written data first")
  void unix(@TempDir Path folder) {
    Loops.run(() -> {
      Path path = folder.resolve("s");
      Server server = Streams.startUnixServer(
          (reader, writer) -> writer.write("bye\n"), path, LIMIT, ServerOptions.defaults());
      try (Connection client =
          Streams.openUnixConnection(path, LIMIT, ConnectionOptions.defaults())) {
        assertBytes("bye\n", client.reader().read());
      }
      server.close();
      server.waitClosed();
    });
  }

  @Test
  @DisplayName(
      "a server also closes a TLS connection after its handler, which may have started TLS, and the peer gets an orderly end")
  void tls() {
    SslOptions secure = SslOptions.of(Certificates.server("server"));
    SslOptions trusting = SslOptions.of(Certificates.client()).withServerHostname("localhost");
    ClientHandler upgrading = (reader, writer) -> {
      writer.write("go\n");
      assertBytes("go\n", reader.readline());
      writer.startTls(secure);
      writer.write("bye\n");
    };
    try (EventLoop loop = EventLoop.newEventLoop()) { // executors take real time
      loop.runUntilComplete(() -> {
        Server server =
            Streams.startServer(upgrading, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
        try (Connection client = connect(server)) {
          assertBytes("go\n", client.reader().readline());
          client.writer().write("go\n");
          client.writer().startTls(trusting);
          assertBytes("bye\n", client.reader().read());
          assertEquals(Boolean.FALSE, client.writer().getExtraInfo(ExtraInfo.RAGGED_EOF));
        }
        server.close();
        server.waitClosed();
        return null;
      });
    }
  }

  @Test
  @DisplayName(
      "a task that the handler starts keeps the connection open until that task and the tasks that it starts end")
  void startedTasks() {
    withServer(
        (reader, writer) -> spawn(() -> {
          Task.sleep(Duration.ofSeconds(1));
          writer.write("a\n");
          stored.add(new Connection(reader, writer));
          spawn(() -> {
            Task.sleep(Duration.ofSeconds(1));
            writer.write(reader.readline());
          });
        }),
        server -> {
          try (Connection client = connect(server)) {
            assertBytes("a\n", client.reader().readline());
            assertOpen(stored.get(0).writer());
            client.writer().write("b\n");
            assertBytes("b\n", client.reader().read());
          }
        });
  }

  @Test
  @DisplayName("a thread of the loop that the handler starts keeps the connection open")
  void startedThread() {
    withServer(
        (reader, writer) -> {
          EventLoop loop = EventLoop.getRunningLoop();
          loop.newThread(
                  () -> {
                    try {
                      Task.sleep(Duration.ofSeconds(1));
                      reader.asInputStream().transferTo(writer.asOutputStream());
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  },
                  "")
              .start();
        },
        server -> {
          try (Connection client = connect(server)) {
            client.writer().write("echo\n");
            client.writer().writeEof();
            assertBytes("echo\n", client.reader().read());
          }
        });
  }

  @Test
  @DisplayName("the consumer of a queue keeps a connection open while it uses the connection")
  void consumer() {
    var queue = new Queue<Connection>();
    withServer((reader, writer) -> queue.putNowait(new Connection(reader, writer)), server -> {
      Task<Void> consumer = spawn(() -> {
        try (Connection given = queue.get()) {
          byte[] line = given.reader().readline();
          Task.sleep(Duration.ofSeconds(1));
          given.writer().write(line);
        }
      });
      try (Connection client = connect(server)) {
        turns(20);
        client.writer().write("a\n");
        assertBytes("a\n", client.reader().read());
        consumer.await();
      }
    });
  }

  @Test
  @DisplayName("a consumer that starts a task for each connection keeps the connection open")
  void consumerThatStartsTasks() {
    var queue = new Queue<Connection>();
    withServer((reader, writer) -> queue.put(new Connection(reader, writer)), server -> {
      Task<Void> consumer = spawn(() -> {
        while (true) {
          Connection given = Timeouts.waitFor(queue::get, Duration.ofDays(1));
          spawn(() -> {
            try (given) {
              given.writer().write(given.reader().readline());
            }
          });
        }
      });
      try (Connection client = connect(server)) {
        turns(20);
        client.writer().write("a\n");
        assertBytes("a\n", client.reader().read());
      }
      consumer.cancel();
    });
  }

  @Test
  @DisplayName("a task that waits for data when the handler ends keeps the connection open")
  void reading() {
    var queue = new Queue<Connection>();
    withServer(
        (reader, writer) -> {
          queue.put(new Connection(reader, writer));
          Task.sleep(Duration.ofSeconds(1));
        },
        server -> {
          Task<Void> consumer = spawn(() -> {
            try (Connection given = queue.get()) {
              given.writer().write(given.reader().readline());
            }
          });
          try (Connection client = connect(server)) {
            Task.sleep(Duration.ofSeconds(2));
            turns(20);
            client.writer().write("a\n");
            assertBytes("a\n", client.reader().read());
            consumer.await();
          }
        });
  }

  @Test
  @DisplayName(
      "earlier writes by other tasks do not keep the connection open after the handler ends")
  void broadcast() {
    withServer(
        (reader, writer) -> {
          stored.add(new Connection(reader, writer));
          assertBytes("quit\n", reader.readline());
        },
        server -> {
          try (Connection client = connect(server)) {
            while (stored.isEmpty()) {
              turns(1);
            }
            stored.get(0).writer().write("hello\n");
            client.writer().write("quit\n");
            assertBytes("hello\n", client.reader().read());
          }
        });
  }

  @Test
  @DisplayName("after keepOpen the connection stays open without a time limit")
  void keepOpen() {
    withServer(
        (reader, writer) -> {
          stored.add(new Connection(reader, writer));
          writer.keepOpen();
        },
        server -> {
          try (Connection client = connect(server)) {
            client.writer().keepOpen(); // has no effect on a client
            client.writer().write("a\n");
            Task.sleep(Duration.ofHours(1));
            assertOpen(stored.get(0).writer());
            assertBytes("a\n", stored.get(0).reader().readline());
            stored.get(0).writer().write("b\n");
            stored.get(0).close();
            assertBytes("b\n", client.reader().read());
          }
        });
  }

  @Test
  @DisplayName("code that uses the connection after its close gets an error that names keepOpen")
  void tooLate() {
    withServer((reader, writer) -> stored.add(new Connection(reader, writer)), server -> {
      try (Connection client = connect(server)) {
        assertBytes("", client.reader().read());
        Connection late = stored.get(0);
        var read = assertThrows(IOException.class, () -> late.reader().read(1));
        var drain = assertThrows(IOException.class, () -> late.writer().drain());
        assertTrue(read.getMessage().contains("keepOpen"), read.getMessage());
        assertTrue(drain.getMessage().contains("keepOpen"), drain.getMessage());
      }
    });
  }

  @Test
  @DisplayName("if a handler closes the connection itself, the server does nothing more")
  void closedByHandler() {
    withServer(
        (reader, writer) -> {
          stored.add(new Connection(reader, writer));
          writer.write("bye\n");
          writer.close();
        },
        server -> {
          try (Connection client = connect(server)) {
            assertBytes("bye\n", client.reader().read());
            turns(20);
            assertTrue(stored.get(0).reader().exception().isEmpty());
          }
        });
  }

  @Test
  @DisplayName("closing a loop while a handler runs cancels the handler")
  void loopClosed() {
    Future<?>[] handler = new Future<?>[1];
    Loops.run(() -> {
      Server server = Streams.startServer(
          (reader, writer) -> {
            handler[0] = Task.current().orElseThrow();
            reader.read();
          },
          "127.0.0.1",
          0,
          LIMIT,
          ServerOptions.defaults());
      connect(server);
      while (handler[0] == null) {
        turns(1);
      }
    });
    assertTrue(handler[0].cancelled());
  }
}
