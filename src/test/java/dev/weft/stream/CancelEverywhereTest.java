package dev.weft.stream;

import static dev.weft.testkit.CancelEverywhere.real;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionHandler;
import dev.weft.loop.Server;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.sync.Queue;
import dev.weft.testkit.CancelEverywhere.How;
import dev.weft.testkit.CancelEverywhere.Run;
import dev.weft.testkit.CancelEverywhere.Scenario;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.FakeNames;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.SslOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections and servers whose task is cancelled at any point: nothing stays open, and no task waits for ever. */
@EnabledOnOs(OS.LINUX) // counts descriptors
@Tag("slow")
class CancelEverywhereTest {

  private static final int LIMIT = StreamReader.DEFAULT_LIMIT;
  private static final ConnectionOptions PLAIN = ConnectionOptions.defaults();
  private static final SslOptions CLIENT =
      SslOptions.of(Certificates.client()).withServerHostname("localhost");
  private static final SslOptions SERVER = SslOptions.of(Certificates.server("server"));

  private static final ClientHandler ECHO = (reader, writer) -> {
    try {
      for (byte[] data = reader.read(LIMIT); data.length > 0; data = reader.read(LIMIT)) {
        writer.write(data);
        writer.drain();
      }
    } catch (IOException expected) {
      // the cancelled client closed the connection
    }
  };

  private interface Client {
    void talk(String host, int port) throws Exception;
  }

  /** A client of an echo server, which has no connection left at the end. */
  private static Scenario client(ServerOptions options, Client client) {
    return () -> {
      EventLoop loop = EventLoop.getRunningLoop();
      ExceptionHandler others = loop.getExceptionHandler().orElseThrow();
      loop.setExceptionHandler((source, report) -> {
        if (!report.message().equals("Error on transport creation for incoming connection")) {
          others.handle(source, report);
        }
      });
      Server server = Streams.startServer(ECHO, "127.0.0.1", 0, LIMIT, options);
      int port = ((InetSocketAddress) server.sockets().get(0).getLocalAddress()).getPort();
      return new Run(() -> client.talk("127.0.0.1", port), () -> {
        server.close();
        server.waitClosed();
      });
    };
  }

  private static void exchange(Connection connection) throws IOException {
    StreamWriter writer = connection.writer();
    try (writer) {
      writer.write("one\ntwo");
      writer.drain();
      connection.reader().readline();
      connection.reader().readexactly(3);
      writer.write(new byte[200_000]);
      writer.drain();
      connection.reader().readexactly(200_000);
    }
    writer.waitClosed();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "a client that is cancelled while it connects, reads, drains or closes leaves nothing open")
  void plain(How how) {
    real(
        how,
        client(
            ServerOptions.defaults(),
            (host, port) -> exchange(Streams.openConnection(host, port, LIMIT, PLAIN))));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "a TLS client that is cancelled in the handshake, or while it reads, drains or closes leaves nothing open")
  void tls(How how) {
    real(
        how,
        client(
            ServerOptions.defaults().withSsl(SERVER),
            (host, port) ->
                exchange(Streams.openConnection(host, port, LIMIT, PLAIN.withSsl(CLIENT)))));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("if one end is cancelled in startTls, both ends close")
  void startTls(How how) {
    ClientHandler upgrading = (reader, writer) -> {
      try {
        writer.write(reader.readline());
        writer.startTls(SERVER);
        writer.write(reader.readline());
        writer.drain();
      } catch (IOException expected) {
        // the cancelled client closed the connection
      }
    };
    real(how, () -> {
      Server server =
          Streams.startServer(upgrading, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      int port = ((InetSocketAddress) server.sockets().get(0).getLocalAddress()).getPort();
      return new Run(
          () -> {
            Connection connection = Streams.openConnection("127.0.0.1", port, LIMIT, PLAIN);
            StreamWriter writer = connection.writer();
            try (writer) {
              writer.write("tls\n");
              connection.reader().readline();
              writer.startTls(CLIENT);
              writer.write("secret\n");
              connection.reader().readline();
            }
            writer.waitClosed();
          },
          () -> {
            server.close();
            server.waitClosed();
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "a server's handler that is cancelled in startTls, or while it reads, drains or closes leaves nothing open")
  void tlsServer(How how) {
    real(how, () -> {
      var accepted = new Queue<Connection>();
      Server server = Streams.startServer(
          (reader, writer) -> accepted.putNowait(new Connection(reader, writer)),
          "127.0.0.1",
          0,
          LIMIT,
          ServerOptions.defaults());
      Task<Void> client = EventLoop.getRunningLoop().createTask(() -> {
        Connection connection = Streams.openConnection("127.0.0.1", server.port(), LIMIT, PLAIN);
        try (StreamWriter writer = connection.writer()) {
          writer.write("tls\n");
          connection.reader().readline();
          writer.startTls(CLIENT);
          writer.write("secret\n");
          connection.reader().readexactly(200_000);
        } catch (IOException expected) {
          // the server's end was cancelled
        }
      });
      return new Run(
          () -> {
            Connection connection = accepted.get();
            StreamWriter writer = connection.writer();
            try (writer) {
              writer.write(connection.reader().readline());
              writer.startTls(SERVER);
              connection.reader().readline();
              writer.write(new byte[200_000]);
              writer.drain();
            }
            writer.waitClosed();
          },
          () -> {
            client.cancel();
            server.close();
            server.closeClients();
            server.waitClosed();
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a connect that races two addresses leaves neither attempt")
  void happyEyeballs(How how) {
    String name = FakeNames.of("127.0.0.2", "127.0.0.1");
    real(how, client(ServerOptions.defaults(), (host, port) -> {
      var options = PLAIN.withHappyEyeballsDelay(Duration.ofMillis(1));
      Connection connection = Streams.openConnection(name, port, LIMIT, options);
      connection.writer().close();
      connection.writer().waitClosed();
    }));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "a task that is cancelled while it starts a server, serves or shuts the server down leaves nothing open")
  void server(How how) {
    String name = FakeNames.of("127.0.0.1");
    real(
        how,
        () -> new Run(
            () -> {
              Server server = Streams.startServer(ECHO, name, 0, LIMIT, ServerOptions.defaults());
              try (server) {
                int port =
                    ((InetSocketAddress) server.sockets().get(0).getLocalAddress()).getPort();
                exchange(Streams.openConnection("127.0.0.1", port, LIMIT, PLAIN));
              }
              server.waitClosed();
            },
            () -> {}));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a task that is cancelled in Server.shutdown with a grace leaves nothing open")
  void shutdown(How how) {
    real(how, () -> {
      Server server = Streams.startServer(ECHO, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      int port = ((InetSocketAddress) server.sockets().get(0).getLocalAddress()).getPort();
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> client = loop.createTask(() -> {
        Connection connection = Streams.openConnection("127.0.0.1", port, LIMIT, PLAIN);
        try (StreamWriter writer = connection.writer()) {
          writer.write("x");
          connection.reader().read();
        }
      });
      return new Run(
          () -> {
            Task.sleep(Duration.ofMillis(2));
            server.shutdown(Duration.ofMillis(2));
          },
          () -> {
            server.close();
            client.cancel();
            server.closeClients();
            server.waitClosed();
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "serveForever leaves a closed server, whether its task is cancelled or the server ends")
  void serveForever(How how) {
    real(how, () -> {
      Server server = Streams.startServer(ECHO, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      Task<Void> client = EventLoop.getRunningLoop().createTask(() -> {
        try {
          exchange(Streams.openConnection("127.0.0.1", server.port(), LIMIT, PLAIN));
        } catch (IOException expected) {
          // the server is closed
        } finally {
          server.close();
        }
      });
      return new Run(server::serveForever, () -> {
        client.await();
        assertFalse(server.isServing());
        server.waitClosed();
      });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a cancelled connect or accept of a raw socket leaves nothing open")
  void rawSockets(How how) {
    real(
        how,
        () -> new Run(
            () -> {
              EventLoop loop = EventLoop.getRunningLoop();
              try (var listening = ServerSocketChannel.open();
                  var ours = SocketChannel.open()) {
                listening.bind(new InetSocketAddress("127.0.0.1", 0));
                listening.configureBlocking(false);
                ours.configureBlocking(false);
                Task<SocketChannel> accepting = loop.createTask(() -> loop.sockAccept(listening));
                try {
                  loop.sockConnect(ours, listening.getLocalAddress());
                  try (SocketChannel theirs = accepting.await()) {
                    loop.sockSendall(ours, java.nio.ByteBuffer.wrap(new byte[10]));
                    loop.sockRecv(theirs, 10);
                  }
                } finally {
                  if (!accepting.cancel() && !accepting.cancelled()) {
                    accepting.result().close();
                  }
                }
              }
            },
            () -> {}));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("after a cancelled sendfile the transport is usable, and closes")
  void sendfile(How how, @TempDir Path folder) throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[3_000_000]);
    real(how, () -> {
      var received = new AtomicInteger();
      ClientHandler counting = (reader, writer) -> {
        for (byte[] data = reader.read(LIMIT); data.length > 0; data = reader.read(LIMIT)) {
          received.addAndGet(data.length);
        }
      };
      Server server =
          Streams.startServer(counting, "127.0.0.1", 0, LIMIT, ServerOptions.defaults());
      int port = ((InetSocketAddress) server.sockets().get(0).getLocalAddress()).getPort();
      return new Run(
          () -> {
            Connection connection = Streams.openConnection("127.0.0.1", port, LIMIT, PLAIN);
            try (StreamWriter writer = connection.writer();
                FileChannel channel = FileChannel.open(file)) {
              try {
                EventLoop.getRunningLoop().sendfile(writer.transport(), channel);
                assertEquals(3_000_000, channel.position());
              } finally {
                writer.write("end"); // the transport is usable
              }
            }
          },
          () -> {
            server.close();
            server.waitClosed();
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a datagram endpoint that is cancelled while it looks a name up leaves nothing open")
  void datagrams(How how) {
    String name = FakeNames.of("127.0.0.1");
    real(how, () -> {
      var opened = new AtomicInteger();
      return new Run(
          () -> {
            var endpoint = EventLoop.getRunningLoop()
                .createDatagramEndpoint(
                    () -> new DatagramProtocol() {
                      @Override
                      public void connectionMade(dev.weft.transport.BaseTransport transport) {
                        opened.incrementAndGet();
                      }

                      @Override
                      public void connectionLost(Throwable error) {
                        opened.decrementAndGet();
                      }
                    },
                    DatagramOptions.defaults()
                        .withRemoteAddr(InetSocketAddress.createUnresolved(name, 9)));
            endpoint.transport().close();
          },
          () -> {
            Task.sleep(Duration.ofMillis(2));
            assertEquals(0, opened.get());
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a cancelled lookup of a name or job on a thread leaves no task")
  void threads(How how) {
    String name = FakeNames.of("127.0.0.1");
    real(
        how,
        () -> new Run(
            () -> {
              EventLoop loop = EventLoop.getRunningLoop();
              loop.getaddrinfo(name, 80);
              loop.runInExecutor(() -> 1).await();
              ThrowingRunnable<?> nothing = () -> {};
              dev.weft.task.Threads.toThread(nothing);
            },
            () -> {}));
  }
}
