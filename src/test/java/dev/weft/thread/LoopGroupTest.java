package dev.weft.thread;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.stream.ClientHandler;
import dev.weft.testkit.Certificates;
import dev.weft.testkit.FakeNames;
import dev.weft.transport.BaseTransport;
import dev.weft.transport.Protocol;
import dev.weft.transport.ServerOptions;
import dev.weft.transport.Transport;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LoopGroupTest {

  private static final String HOST = "127.0.0.1";
  private static final String PREFIX = "grouped-";

  private final List<Socket> peers = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() throws IOException {
    for (Socket peer : peers) {
      peer.close();
    }
    await().until(() -> threads().isEmpty());
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(PREFIX))
        .sorted()
        .toList();
  }

  /** A protocol that sends the number of its loop, and closes the connection when the peer does. */
  private static final class Greeter implements Protocol {
    @Override
    public void connectionMade(BaseTransport base) {
      ((Transport) base).write(ByteBuffer.wrap(name().getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void dataReceived(ByteBuffer data) {}
  }

  private static String name() {
    return Integer.toHexString(System.identityHashCode(EventLoop.getRunningLoop())) + "\n";
  }

  private static final ClientHandler GREETING = (reader, writer) -> {
    writer.write(name());
    writer.drain();
    reader.read();
  };

  private Socket connect(GroupServer server) throws IOException {
    var peer = new Socket(HOST, server.port());
    peers.add(peer);
    return peer;
  }

  private static String line(Socket peer) throws IOException {
    var text = new StringBuilder();
    for (int c; (c = peer.getInputStream().read()) > '\n'; ) {
      text.append((char) c);
    }
    return text.toString();
  }

  /** The number of connections of each loop. */
  private Map<String, Long> spread(GroupServer server, int connections) throws IOException {
    var names = new ArrayList<String>();
    for (int i = 0; i < connections; i++) {
      names.add(line(connect(server)));
    }
    return names.stream()
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  @Test
  @DisplayName("the connections of a server with protocols go to the loops in turn")
  void handOver() throws Exception {
    try (var group = new LoopGroup(3, PREFIX)) {
      assertEquals(List.of("grouped-0", "grouped-1", "grouped-2"), threads());
      Map<String, Long> counts = spread(group.createServer(Greeter::new, HOST, 0), 9);
      assertEquals(List.of(3L, 3L, 3L), List.copyOf(counts.values()), counts::toString);
    }
  }

  @Test
  @DisplayName("the connections of a server with streams go to the loops in turn")
  void handOverStreams() throws Exception {
    try (var group = new LoopGroup(2, PREFIX)) {
      Map<String, Long> counts = spread(group.startServer(GREETING, HOST, 0), 6);
      assertEquals(List.of(3L, 3L), List.copyOf(counts.values()), counts::toString);
    }
  }

  @Test
  @DisplayName(
      "TLS-11, SRV-17: TLS connections go to the loops in turn; each loop does its own handshakes and closes")
  void handOverTls() throws Exception {
    var options = ServerOptions.defaults().withSsl(Certificates.server("server"));
    var group = new LoopGroup(2, PREFIX);
    GroupServer server = group.startServer(GREETING, HOST, 0, options);
    var names = new ArrayList<String>();
    for (int i = 0; i < 6; i++) {
      Socket peer = Certificates.client().getSocketFactory().createSocket(HOST, server.port());
      peers.add(peer);
      names.add(line(peer));
    }
    assertEquals(2, Set.copyOf(names).size(), names::toString);
    assertEquals(names.subList(0, 2), names.subList(4, 6));
    var clean = CompletableFuture.supplyAsync(() -> group.shutdown(Duration.ofMinutes(10)));
    await().until(() -> refused(server.port()));
    for (Socket peer : peers) {
      peer.close();
    }
    assertTrue(clean.join());
  }

  @Test
  @DisplayName("with reusePort each loop listens, and the system spreads the connections")
  void reusePort() throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"), "only Linux spreads connections evenly");
    var options = ServerOptions.defaults().withReusePort(true);
    try (var group = new LoopGroup(2, PREFIX)) {
      for (GroupServer server : List.of(
          group.createServer(Greeter::new, HOST, 0, options),
          group.startServer(GREETING, HOST, 0, options))) {
        for (int i = 0; i < 2; i++) {
          int each = i;
          var sockets = group
              .loops()
              .get(i)
              .runCoroutineThreadsafe(() -> server.servers().get(each).sockets().size());
          assertEquals(1, sockets.join());
        }
        // the probability that all 64 connections go to one of two loops is 10^-19
        assertEquals(2, spread(server, 64).size());
      }
    }
  }

  @Test
  @DisplayName(
      "reusePort with port 0 and several addresses is an error, because the loops would get different ports")
  void reusePortOfSeveralAddresses() throws Exception {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "the option is tested on Linux");
    String both = FakeNames.of("127.0.0.1", "::1");
    var options = ServerOptions.defaults().withReusePort(true);
    try (var group = new LoopGroup(2, PREFIX)) {
      var refused = assertThrows(
          IllegalArgumentException.class, () -> group.createServer(Greeter::new, both, 0, options));
      assertTrue(refused.getMessage().contains("port"), refused.getMessage());
      assertEquals(2, spread(group.createServer(Greeter::new, both, 0), 2).size());
    }
    try (var group = new LoopGroup(1, PREFIX)) {
      assertEquals(
          1, spread(group.createServer(Greeter::new, both, 0, options), 2).size());
    }
  }

  @Test
  @DisplayName("SRV-17: shutdown lets open connections end by themselves")
  void graceful() throws Exception {
    var group = new LoopGroup(2, PREFIX);
    GroupServer server = group.startServer(GREETING, HOST, 0);
    spread(server, 4);
    var clean = CompletableFuture.supplyAsync(() -> group.shutdown(Duration.ofMinutes(10)));
    await().until(() -> refused(server.port()));
    assertEquals(2, threads().size()); // the loops wait for the connections
    for (Socket peer : peers) {
      peer.shutdownOutput();
      assertEquals(-1, peer.getInputStream().read());
    }
    assertTrue(clean.join());
  }

  private static boolean refused(int port) throws IOException {
    try {
      new Socket(HOST, port).close();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  @Test
  @DisplayName(
      "SRV-17: shutdown aborts the remaining connections on all loops when the grace is over")
  void overdue() throws Exception {
    var group = new LoopGroup(2, PREFIX);
    GroupServer first = group.createServer(Greeter::new, HOST, 0);
    GroupServer second = group.createServer(Greeter::new, HOST, 0);
    spread(first, 2);
    spread(second, 2);
    assertFalse(group.shutdown(Duration.ofMillis(10)));
    for (Socket peer : peers) {
      assertEquals(-1, readOrReset(peer));
    }
    assertTrue(group.shutdown(Duration.ZERO)); // a second shutdown finds no connections
    group.close();
    assertThrows(IllegalStateException.class, () -> group.submit(() -> 1));
    assertThrows(IllegalStateException.class, () -> group.createServer(Greeter::new, HOST, 0));
  }

  private static int readOrReset(Socket peer) {
    try {
      return peer.getInputStream().read();
    } catch (IOException reset) {
      return -1;
    }
  }

  @Test
  @DisplayName("the shutdown of a server does not affect other servers and the loops")
  void oneServer() throws Exception {
    try (var group = new LoopGroup(2, PREFIX)) {
      GroupServer first = group.createServer(Greeter::new, HOST, 0);
      GroupServer second = group.createServer(Greeter::new, HOST, 0);
      spread(first, 2);
      assertFalse(first.shutdown(Duration.ZERO));
      assertTrue(refused(first.port()));
      assertEquals(2, spread(second, 2).size());
      second.close();
      assertTrue(refused(second.port()));
      assertEquals(2, threads().size());
    }
  }

  @Test
  @DisplayName("an address that cannot be bound leaves no server, and the group is usable")
  void bindError() throws Exception {
    try (var group = new LoopGroup(2, PREFIX);
        var taken = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      int port = taken.getLocalPort();
      assertThrows(BindException.class, () -> group.createServer(Greeter::new, HOST, port));
      assertEquals(2, spread(group.createServer(Greeter::new, HOST, 0), 2).size());
    }
  }

  @Test
  @DisplayName("if a loop cannot be created, the loops before it end")
  void factoryError() {
    var made = new ArrayList<EventLoop>();
    var failure = new IllegalStateException("on purpose");
    var thrown = assertThrows(
        IllegalStateException.class,
        () -> new LoopGroup(3, PREFIX, () -> {
          if (made.size() == 2) {
            throw failure;
          }
          made.add(EventLoop.newEventLoop());
          return made.get(made.size() - 1);
        }));
    assertSame(failure, thrown);
    assertTrue(made.stream().allMatch(EventLoop::isClosed));
  }

  @Test
  @DisplayName(
      "a loop that fails does not prevent the others from ending; the failure is thrown once")
  void failingLoop() {
    var group = new LoopGroup(3, PREFIX);
    group.loops().get(1).callSoonThreadsafe(() -> {
      throw new KeyboardInterrupt();
    });
    await().until(() -> threads().size() == 2);
    var thrown = assertThrows(IllegalStateException.class, group::close);
    assertTrue(thrown.getCause() instanceof KeyboardInterrupt, thrown::toString);
    assertTrue(group.loops().stream().allMatch(EventLoop::isClosed));
    group.close();
  }

  @Test
  @DisplayName("coroutines go to the loops in turn; close cancels those that still run")
  void submit() throws Exception {
    var group = new LoopGroup(2, PREFIX);
    var loops = new ArrayList<EventLoop>();
    for (int i = 0; i < 4; i++) {
      loops.add(group.submit(EventLoop::getRunningLoop).join());
    }
    assertEquals(group.loops(), loops.subList(0, 2));
    assertEquals(group.loops(), loops.subList(2, 4));
    var begun = new CountDownLatch(2);
    var cancelled = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      group.submit(() -> {
        begun.countDown();
        try {
          Task.sleep(Duration.ofDays(1));
        } catch (CancelledError e) {
          cancelled.incrementAndGet();
          throw e;
        }
        return null;
      });
    }
    begun.await();
    group.close();
    assertEquals(2, cancelled.get());
  }

  @Test
  @DisplayName(
      "bad arguments are errors, and so is a call on a loop's own thread that would wait for that loop")
  void refused() throws Exception {
    assertThrows(IllegalArgumentException.class, () -> new LoopGroup(0));
    assertThrows(NullPointerException.class, () -> new LoopGroup(1, null));
    try (var group = new LoopGroup(1, PREFIX)) {
      assertThrows(IllegalArgumentException.class, () -> group.shutdown(Duration.ofNanos(-1)));
      assertThrows(NullPointerException.class, () -> group.createServer(null, HOST, 0));
      assertThrows(NullPointerException.class, () -> group.startServer(null, HOST, 0));
      group
          .submit(() -> {
            assertThrows(IllegalStateException.class, group::close);
            return assertThrows(
                IllegalStateException.class, () -> group.createServer(Greeter::new, HOST, 0));
          })
          .join();
      assertEquals(1, spread(group.createServer(Greeter::new, HOST, 0), 1).size());
    }
  }

  @Test
  @DisplayName("a group forgets servers that are shut down")
  void forgetsServersThatAreShutDown() throws Exception {
    try (var group = new LoopGroup(2, PREFIX)) {
      var server = new WeakReference<>(group.startServer(GREETING, HOST, 0));
      line(connect(server.get()));
      server.get().shutdown(Duration.ZERO);
      assertCollected(server);
    }
  }

  @Test
  @DisplayName(
      "a group forgets a closed server when its last connection has ended; until then its grace applies")
  void forgetsServersThatAreClosed() throws Exception {
    try (var group = new LoopGroup(2, PREFIX)) {
      var server = new WeakReference<>(group.startServer(GREETING, HOST, 0));
      Socket peer = connect(server.get());
      line(peer);
      server.get().close();
      var other = group.startServer(GREETING, HOST, 0);
      Socket open = connect(other);
      line(open);
      other.close();
      peer.shutdownOutput();
      assertEquals(-1, peer.getInputStream().read());
      assertCollected(server);
      assertFalse(group.shutdown(Duration.ZERO), "a connection of a closed server was open");
    }
  }

  @Test
  @DisplayName(
      "a loop's thread forgets submissions that have ended; the others fail when the loop ends")
  void forgetsWhatWasSubmitted() {
    var thread = LoopThread.start(EventLoop.newEventLoop(), PREFIX + "one");
    try {
      var result = new WeakReference<>(thread.submit(() -> 1));
      assertEquals(1, result.get().join());
      assertCollected(result);
    } finally {
      thread.stop();
      thread.join();
    }
    var late =
        assertThrows(CompletionException.class, () -> thread.submit(() -> 1).join());
    assertInstanceOf(IllegalStateException.class, late.getCause());
  }

  private static void assertCollected(WeakReference<?> reference) {
    await().until(() -> {
      System.gc();
      return reference.get() == null;
    });
  }
}
