package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The behaviour of {@code Socket} and {@code ServerSocket}. Each test body runs with the JDK's own sockets and with a
 * loop's, on threads of the loop and on others.
 */
class SocketContractTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** Whether {@code Socket.connect} closes a socket of either kind if the connect fails. */
  private static final boolean FAILED_CONNECT_CLOSES = Runtime.version().feature() >= 24;

  /** A kind of sockets, and the threads that use them. */
  private record Setting(
      String name,
      SocketFactory sockets,
      ServerSocketFactory servers,
      ExecutorService threads,
      AutoCloseable closing) {
    @Override
    public String toString() {
      return name;
    }
  }

  private Setting current;

  static Stream<Callable<Setting>> settings() {
    return Stream.of(
        named("the JDK's, platform threads", () -> jdks(Executors.newCachedThreadPool())),
        named(
            "the JDK's, virtual threads", () -> jdks(Executors.newVirtualThreadPerTaskExecutor())),
        named("the loop's, its own threads", () -> loops(LoopThreads::executor)),
        named("the loop's, platform threads", () -> loops(loop -> Executors.newCachedThreadPool())),
        named(
            "the loop's, other virtual threads",
            () -> loops(loop -> Executors.newVirtualThreadPerTaskExecutor())));
  }

  private static Callable<Setting> named(String name, Callable<Setting> setting) {
    return new Callable<>() {
      @Override
      public Setting call() throws Exception {
        return setting.call();
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  private static Setting jdks(ExecutorService threads) {
    return new Setting(
        "", SocketFactory.getDefault(), ServerSocketFactory.getDefault(), threads, () -> {});
  }

  private static Setting loops(java.util.function.Function<EventLoop, ExecutorService> threads) {
    EventLoop loop = EventLoop.newEventLoop();
    Thread carrier = Thread.ofPlatform().name("loop").start(loop::runForever);
    return new Setting(
        "",
        LoopSockets.socketFactory(loop),
        LoopSockets.serverSocketFactory(loop),
        threads.apply(loop),
        () -> {
          loop.callSoonThreadsafe(loop::stop);
          carrier.join();
          loop.close();
        });
  }

  @AfterEach
  void close() throws Exception {
    current.threads.shutdown();
    assertTrue(
        current.threads.awaitTermination(10, TimeUnit.SECONDS), "some threads have not ended");
    current.closing.close();
  }

  /** The body of a test, which runs on a thread of the setting. */
  private interface Body {
    void run() throws Exception;
  }

  private void in(Callable<Setting> setting, Body body) throws Exception {
    current = setting.call();
    start(() -> {
          body.run();
          return null;
        })
        .get();
  }

  private <T> Future<T> start(Callable<T> code) {
    return current.threads.submit(code);
  }

  private ServerSocket listening() throws IOException {
    return current.servers.createServerSocket(0, 50, LOOPBACK);
  }

  /** Both ends of a connection. */
  private record Pair(Socket client, Socket server) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      server.close();
    }
  }

  private Pair pair() throws Exception {
    try (ServerSocket listening = listening()) {
      Socket client = current.sockets.createSocket(LOOPBACK, listening.getLocalPort());
      return new Pair(client, listening.accept());
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void echo(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (ServerSocket listening = listening()) {
        Future<Void> server = start(() -> {
          try (Socket connection = listening.accept()) {
            connection.getInputStream().transferTo(connection.getOutputStream());
          }
          return null;
        });
        byte[] sent = new byte[3_000_000];
        new Random(1).nextBytes(sent);
        try (Socket client = current.sockets.createSocket(LOOPBACK, listening.getLocalPort())) {
          Future<Void> writer = start(() -> {
            client.getOutputStream().write(sent);
            client.shutdownOutput();
            return null;
          });
          assertArrayEquals(sent, client.getInputStream().readAllBytes());
          writer.get();
        }
        server.get();
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void addressesAndStates(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      ServerSocket listening = current.servers.createServerSocket();
      assertFalse(listening.isBound());
      assertThrows(SocketException.class, listening::accept);
      listening.bind(new InetSocketAddress(LOOPBACK, 0));
      assertTrue(listening.isBound());
      assertEquals(LOOPBACK, listening.getInetAddress());
      Socket client = current.sockets.createSocket();
      assertFalse(client.isConnected());
      assertThrows(SocketException.class, client::getInputStream);
      client.connect(listening.getLocalSocketAddress());
      Socket server = listening.accept();
      assertEquals(client.getLocalSocketAddress(), server.getRemoteSocketAddress());
      assertEquals(server.getLocalSocketAddress(), client.getRemoteSocketAddress());
      assertEquals(listening.getLocalPort(), client.getPort());
      assertEquals(client.getLocalPort(), server.getPort());
      assertTrue(client.isConnected() && client.isBound() && !client.isClosed());
      assertThrows(SocketException.class, () -> client.connect(listening.getLocalSocketAddress()));
      client.close();
      client.close();
      assertTrue(client.isClosed());
      assertThrows(SocketException.class, client::getInputStream);
      server.close();
      listening.close();
      assertThrows(SocketException.class, listening::accept);
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void factoriesBindAndConnect(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (ServerSocket listening = current.servers.createServerSocket(0);
          Socket byName = current.sockets.createSocket("localhost", listening.getLocalPort());
          Socket first = listening.accept();
          Socket bound =
              current.sockets.createSocket(LOOPBACK, listening.getLocalPort(), LOOPBACK, 0);
          Socket second = listening.accept();
          Socket both =
              current.sockets.createSocket("127.0.0.1", listening.getLocalPort(), LOOPBACK, 0);
          Socket third = listening.accept()) {
        assertEquals(byName.getLocalPort(), first.getPort());
        assertEquals(bound.getLocalPort(), second.getPort());
        assertEquals(both.getLocalPort(), third.getPort());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void connectionRefused(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      int free;
      try (ServerSocket listening = listening()) {
        free = listening.getLocalPort();
      }
      Socket client = current.sockets.createSocket();
      assertThrows(
          ConnectException.class, () -> client.connect(new InetSocketAddress(LOOPBACK, free)));
      assertEquals(FAILED_CONNECT_CLOSES, client.isClosed());
      assertThrows(ConnectException.class, () -> current.sockets.createSocket(LOOPBACK, free));
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void unknownHost(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      Socket client = current.sockets.createSocket();
      assertThrows(
          UnknownHostException.class,
          () -> client.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void endOfStream(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        pair.server.getOutputStream().write(new byte[] {1, 2});
        pair.server.shutdownOutput();
        assertThrows(IOException.class, () -> pair.server.getOutputStream().write(1));
        InputStream in = pair.client.getInputStream();
        assertEquals(1, in.read());
        assertEquals(2, in.read());
        assertEquals(-1, in.read());
        assertEquals(-1, in.read(new byte[10]));
        pair.client.getOutputStream().write(7);
        assertEquals(7, pair.server.getInputStream().read(), "the other direction still works");
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void readTimesOut(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        pair.client.setSoTimeout(20);
        assertEquals(20, pair.client.getSoTimeout());
        InputStream in = pair.client.getInputStream();
        assertThrows(SocketTimeoutException.class, in::read);
        pair.client.setSoTimeout(20_000);
        pair.server.getOutputStream().write(5);
        assertEquals(5, in.read(), "a socket is usable after a timeout");
        pair.client.setSoTimeout(0);
        Future<Integer> read = start(in::read);
        pair.server.getOutputStream().write(6);
        assertEquals(6, read.get());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void acceptTimesOut(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (ServerSocket listening = listening()) {
        listening.setSoTimeout(20);
        assertThrows(SocketTimeoutException.class, listening::accept);
        try (Socket client = current.sockets.createSocket(LOOPBACK, listening.getLocalPort())) {
          assertEquals(client.getLocalPort(), listening.accept().getPort());
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void connectTimesOut(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      // A full backlog leaves further connections without an answer.
      try (ServerSocket listening = current.servers.createServerSocket(0, 1, LOOPBACK)) {
        var clients = new java.util.ArrayList<Socket>();
        SocketTimeoutException timeout = null;
        for (int i = 0; timeout == null && i < 10; i++) {
          Socket client = current.sockets.createSocket();
          clients.add(client);
          try {
            client.connect(listening.getLocalSocketAddress(), 50);
          } catch (SocketTimeoutException e) {
            timeout = e;
            assertEquals(FAILED_CONNECT_CLOSES, client.isClosed());
          }
        }
        assertEquals("Connect timed out", timeout == null ? null : timeout.getMessage());
        for (Socket client : clients) {
          client.close();
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void closeEndsReadInAnotherThread(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        Future<Integer> read = start(() -> pair.client.getInputStream().read());
        letItBlock();
        pair.client.close();
        assertInstanceOf(SocketException.class, failure(read));
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void closeEndsAcceptInAnotherThread(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      ServerSocket listening = listening();
      Future<Socket> accept = start(listening::accept);
      letItBlock();
      listening.close();
      assertInstanceOf(SocketException.class, failure(accept));
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void closeEndsWriteInAnotherThread(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        Future<Void> write = start(() -> {
          OutputStream out = pair.client.getOutputStream();
          while (true) {
            out.write(new byte[1_000_000]);
          }
        });
        letItBlock();
        pair.client.close();
        assertInstanceOf(SocketException.class, failure(write));
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void shutdownInputEndsReadInAnotherThread(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        Future<Integer> read = start(() -> pair.client.getInputStream().read());
        letItBlock();
        pair.client.shutdownInput();
        assertEquals(-1, read.get());
        assertTrue(pair.client.isInputShutdown());
        assertThrows(IOException.class, pair.client::getInputStream);
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void resetByPeer(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        pair.server.setSoLinger(true, 0);
        pair.server.close();
        assertThrows(SocketException.class, () -> {
          pair.client.getInputStream().read();
        });
        assertThrows(SocketException.class, () -> {
          OutputStream out = pair.client.getOutputStream();
          while (true) {
            out.write(new byte[1000]);
          }
        });
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void available(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        InputStream in = pair.client.getInputStream();
        assertEquals(0, in.available());
        pair.server.getOutputStream().write(new byte[10]);
        Awaitility.await().until(() -> in.available() == 10);
        assertEquals(0, in.read());
        assertEquals(9, in.available());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void options(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair();
          ServerSocket listening = current.servers.createServerSocket()) {
        Socket socket = pair.client;
        socket.setTcpNoDelay(true);
        assertTrue(socket.getTcpNoDelay());
        socket.setKeepAlive(true);
        assertTrue(socket.getKeepAlive());
        assertEquals(-1, socket.getSoLinger());
        socket.setSoLinger(true, 3);
        assertEquals(3, socket.getSoLinger());
        socket.setSoLinger(false, 0);
        assertEquals(-1, socket.getSoLinger());
        socket.setReuseAddress(true);
        assertTrue(socket.getReuseAddress());
        socket.setSendBufferSize(10_000);
        assertTrue(socket.getSendBufferSize() >= 10_000);
        socket.setReceiveBufferSize(10_000);
        assertTrue(socket.getReceiveBufferSize() >= 10_000);
        socket.setOOBInline(true);
        assertTrue(socket.getOOBInline());
        socket.setTrafficClass(8);
        socket.getTrafficClass();
        socket.setOption(StandardSocketOptions.TCP_NODELAY, false);
        assertFalse(socket.getOption(StandardSocketOptions.TCP_NODELAY));
        assertTrue(socket.supportedOptions().contains(StandardSocketOptions.SO_KEEPALIVE));
        assertThrows(IllegalArgumentException.class, () -> socket.setSoTimeout(-1));
        listening.setReuseAddress(true);
        assertTrue(listening.getReuseAddress());
        listening.setReceiveBufferSize(10_000);
        assertTrue(listening.getReceiveBufferSize() >= 10_000);
        assertTrue(listening.supportedOptions().contains(StandardSocketOptions.SO_REUSEADDR));
      }
    });
  }

  /** An interrupt has no effect on a call that need not wait. */
  @ParameterizedTest
  @MethodSource("settings")
  void interruptedBeforeWhatIsThereAlready(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (ServerSocket listening = listening();
          Socket client = current.sockets.createSocket(LOOPBACK, listening.getLocalPort())) {
        Thread.currentThread().interrupt();
        try (Socket server = listening.accept()) {
          assertTrue(Thread.interrupted());
          server.getOutputStream().write(new byte[] {1, 2, 3});
          InputStream in = client.getInputStream();
          Awaitility.await().until(() -> in.available() == 3);
          Thread.currentThread().interrupt();
          assertEquals(3, in.read(new byte[10]));
          assertTrue(Thread.interrupted());
          client.setSoTimeout(10_000);
          server.getOutputStream().write(4);
          Awaitility.await().until(() -> in.available() == 1);
          Thread.currentThread().interrupt();
          assertEquals(4, in.read());
          assertTrue(Thread.interrupted());
          assertFalse(client.isClosed());
          server.shutdownOutput();
          assertEquals(-1, in.read());
        }
      } finally {
        Thread.interrupted();
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void interruptedWithNothingThere(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      if (!Thread.currentThread().isVirtual()) {
        return; // an interrupt has no effect here
      }
      try (Pair pair = pair()) {
        Thread.currentThread().interrupt();
        var error = assertThrows(
            SocketException.class, () -> pair.client.getInputStream().read());
        assertEquals("Closed by interrupt", error.getMessage());
        assertTrue(pair.client.isClosed());
      } finally {
        Thread.interrupted();
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void writingAfterShutdownOutput(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        OutputStream out = pair.client.getOutputStream();
        pair.client.shutdownOutput();
        var write = assertThrows(SocketException.class, () -> out.write(1));
        assertEquals("Broken pipe", write.getMessage());
        var urgent = assertThrows(IOException.class, () -> pair.client.sendUrgentData(1));
        assertEquals("Broken pipe", urgent.getMessage());
        pair.server.getOutputStream().write(5);
        assertEquals(5, pair.client.getInputStream().read());
        pair.client.close();
        assertEquals(
            "Socket closed",
            assertThrows(SocketException.class, () -> out.write(1)).getMessage());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void supportedOptions(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair();
          Socket jdks = new Socket();
          ServerSocket jdksListening = new ServerSocket(0)) {
        ServerSocket listening = listening();
        assertEquals(jdks.supportedOptions(), pair.client.supportedOptions());
        assertEquals(jdks.supportedOptions(), pair.server.supportedOptions());
        assertEquals(jdksListening.supportedOptions(), listening.supportedOptions());
        try (SocketChannel channel = SocketChannel.open()) {
          for (SocketOption<?> option : channel.supportedOptions()) {
            if (!jdks.supportedOptions().contains(option)) {
              var error = assertThrows(
                  UnsupportedOperationException.class, () -> pair.client.getOption(option));
              assertEquals("'" + option + "' not supported", error.getMessage());
            }
          }
        }
        SocketOption<Integer> tos = StandardSocketOptions.IP_TOS;
        assertEquals(0, listening.getOption(tos));
        listening.setOption(tos, 0x10);
        assertEquals(0x10, listening.getOption(tos));
        assertThrows(IllegalArgumentException.class, () -> listening.setOption(tos, 256));
        assertThrows(IllegalArgumentException.class, () -> listening.setOption(tos, null));
        try (Socket client = current.sockets.createSocket(LOOPBACK, listening.getLocalPort());
            Socket server = listening.accept()) {
          assertEquals(client.getLocalPort(), server.getPort());
          assertEquals(0x10, server.getTrafficClass());
        }
        listening.close();
        assertThrows(SocketException.class, () -> listening.getOption(tos));
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void urgentData(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        pair.server.setOOBInline(true);
        pair.client.sendUrgentData(9);
        assertEquals(9, pair.server.getInputStream().read());
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void interruption(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        var reader = new Thread[1];
        Future<Integer> read = start(() -> {
          reader[0] = Thread.currentThread();
          return pair.client.getInputStream().read();
        });
        Awaitility.await().until(() -> reader[0] != null);
        letItBlock();
        reader[0].interrupt();
        if (reader[0].isVirtual()) {
          assertEquals("Closed by interrupt", failure(read).getMessage());
          assertTrue(pair.client.isClosed());
        } else {
          pair.server.getOutputStream().write(1);
          assertEquals(1, read.get(), "an interrupt does not affect platform threads");
        }
      }
    });
  }

  @ParameterizedTest
  @MethodSource("settings")
  void interruptedBefore(Callable<Setting> setting) throws Exception {
    in(setting, () -> {
      try (Pair pair = pair()) {
        Future<String> seen = start(() -> {
          Thread.currentThread().interrupt();
          String outcome;
          try {
            pair.client.getInputStream().read();
            outcome = "read";
          } catch (SocketException e) {
            outcome = e.getMessage();
          }
          return outcome + " " + Thread.interrupted() + " "
              + Thread.currentThread().isVirtual();
        });
        if (current.threads.getClass().getSimpleName().startsWith("ThreadPerTask")) {
          assertEquals("Closed by interrupt true true", seen.get());
        } else {
          pair.server.getOutputStream().write(1);
          assertEquals("read true false", seen.get());
        }
      }
    });
  }

  private static Throwable failure(Future<?> future) {
    return assertThrows(java.util.concurrent.ExecutionException.class, future::get)
        .getCause();
  }

  /**
   * Gives another thread time to reach the call in which it blocks. If the thread does not reach it in time, the test
   * checks less, but still passes.
   */
  private static void letItBlock() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      Thread.yield();
    }
    TimeUnit.MILLISECONDS.sleep(20);
  }
}
