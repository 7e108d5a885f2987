package dev.weft.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Descriptors;
import dev.weft.testkit.FakeNames;
import dev.weft.testkit.Loops;
import dev.weft.transport.ConnectionOptions;
import dev.weft.transport.ExtraInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Races of connection attempts. Time is virtual: it passes when there is nothing to do. An address is silent when its
 * queue of connections is full: Linux then leaves an attempt without an answer, for at least a second.
 */
@EnabledOnOs(OS.LINUX)
class HappyEyeballsTest {

  private static final Duration DELAY = Duration.ofMillis(250);
  private static final ConnectionOptions EYEBALLS =
      ConnectionOptions.defaults().withHappyEyeballsDelay(DELAY);

  private final SelectorEventLoop loop = (SelectorEventLoop) Loops.newLoop();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private int port;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
    loop.close();
  }

  private void run(ThrowingRunnable<?> test) {
    loop.runUntilComplete(test);
  }

  private ServerSocket listen(String address, int backlog) throws IOException {
    var listening = new ServerSocket(port, backlog, InetAddress.getByName(address));
    opened.add(listening);
    port = listening.getLocalPort();
    return listening;
  }

  /** A listener that gives no answer until two connections have been taken. */
  private ServerSocket silent(String address) throws IOException {
    ServerSocket listening = listen(address, 1);
    for (int i = 0; i < 2; i++) {
      opened.add(new Socket(address, port));
    }
    return listening;
  }

  private Recorder connect(ConnectionOptions options, String... addresses) throws IOException {
    String host = addresses.length == 1 ? addresses[0] : FakeNames.of(addresses);
    return loop.createConnection(() -> new Recorder(loop), host, port, options).protocol();
  }

  private static String peerOf(Recorder protocol) {
    var peer = (InetSocketAddress) protocol.transport.getExtraInfo(ExtraInfo.PEERNAME);
    return peer.getHostString();
  }

  private void end(Recorder protocol) {
    protocol.transport.abort();
    protocol.lost.await();
  }

  private static void assertNobodyCame(ServerSocket listening) throws IOException {
    listening.setSoTimeout(1);
    assertThrows(SocketTimeoutException.class, listening::accept);
  }

  /** A task that connects and has begun its first attempt; no time has passed. */
  private Task<Recorder> connecting(ConnectionOptions options, String... addresses) {
    int before = Descriptors.sockets();
    var task = loop.createTask(() -> connect(options, addresses));
    awaitSockets(before + 1);
    return task;
  }

  /** Keeps time from passing while there is nothing to do. */
  private static void awaitSockets(int count) {
    while (Descriptors.sockets() != count) {
      Loops.turns(1);
    }
  }

  /** Keeps time from passing while there is nothing to do. */
  private static <T> T atOnce(Task<T> task) {
    while (!task.done()) {
      Loops.turns(1);
    }
    return task.await();
  }

  @Test
  @DisplayName(
      "CONN-7: while an address does not answer, another is tried beside it after the delay")
  void afterTheDelay() {
    run(() -> {
      silent("127.0.0.2");
      silent("127.0.0.3");
      listen("127.0.0.4", 5);
      ServerSocket unneeded = listen("127.0.0.5", 5);
      int before = Descriptors.sockets();
      var connecting = connecting(EYEBALLS, "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5");
      for (int attempts = 1; attempts <= 2; attempts++) {
        Task.sleep(DELAY.minusNanos(1));
        Loops.turns(5);
        assertEquals(before + attempts, Descriptors.sockets());
        Task.sleep(Duration.ofNanos(1));
        if (attempts == 1) {
          awaitSockets(before + 2);
        }
      }
      Recorder winner = atOnce(connecting);
      assertEquals("127.0.0.4", peerOf(winner));
      assertEquals(DELAY.multipliedBy(2).toNanos(), loop.time());
      awaitSockets(before + 1); // the sockets of the losers are closed
      Task.sleep(DELAY.multipliedBy(2)); // no timer remains that would start another
      assertNobodyCame(unneeded);
      end(winner);
    });
  }

  @Test
  @DisplayName("CONN-7: after an address refuses, the next is tried at once")
  void afterFailure() {
    run(() -> {
      listen("127.0.0.4", 5);
      int before = Descriptors.sockets();
      Recorder winner =
          atOnce(loop.createTask(() -> connect(EYEBALLS, "127.0.0.2", "127.0.0.3", "127.0.0.4")));
      assertEquals("127.0.0.4", peerOf(winner));
      assertEquals(0, loop.time());
      assertEquals(before + 1, Descriptors.sockets());
      end(winner);
    });
  }

  @Test
  @DisplayName(
      "CONN-7: the next is tried at once also if the latest refuses while an earlier one has no answer")
  void afterLaterFailure() {
    run(() -> {
      silent("127.0.0.2");
      listen("127.0.0.4", 5);
      var connecting = connecting(EYEBALLS, "127.0.0.2", "127.0.0.3", "127.0.0.4");
      Task.sleep(DELAY);
      Recorder winner = atOnce(connecting);
      assertEquals("127.0.0.4", peerOf(winner));
      assertEquals(DELAY.toNanos(), loop.time());
      end(winner);
    });
  }

  @Test
  @DisplayName("CONN-7: the failure of the last one is not the end while another has no answer yet")
  void lateWinner() {
    run(() -> {
      ServerSocket late = silent("127.0.0.2");
      var connecting = connecting(EYEBALLS, "127.0.0.2", "127.0.0.3");
      Task.sleep(DELAY);
      Loops.turns(5); // in which the other one refuses
      assertFalse(connecting.done());
      opened.add(late.accept()); // from now on it answers, when it is asked again
      Recorder winner = connecting.await();
      assertEquals("127.0.0.2", peerOf(winner));
      end(winner);
    });
  }

  @Test
  @DisplayName("CONN-4, CONN-6: if all refuse, the errors are in the order of the attempts")
  void allRefused() {
    run(() -> {
      port = Peer.refusingPort();
      int before = Descriptors.sockets();
      var options = EYEBALLS.withAllErrors(true);
      String[] addresses = {"127.0.0.2", "127.0.0.3", "::1"};
      var alternating = assertThrows(ExceptionGroup.class, () -> connect(options, addresses));
      assertTried(alternating, "127.0.0.2", "0:1]", "127.0.0.3");
      var asResolved =
          assertThrows(ExceptionGroup.class, () -> connect(options.withInterleave(0), addresses));
      assertTried(asResolved, "127.0.0.2", "127.0.0.3", "0:1]");
      var withoutDelay = ConnectionOptions.defaults().withAllErrors(true);
      var onlyAfterFailure =
          assertThrows(ExceptionGroup.class, () -> connect(withoutDelay, addresses));
      assertTried(onlyAfterFailure, "127.0.0.2", "127.0.0.3", "0:1]");
      assertEquals(before, Descriptors.sockets());
      assertThrows(ConnectException.class, () -> connect(EYEBALLS, "127.0.0.2"));
    });
  }

  private static void assertTried(ExceptionGroup group, String... addresses) {
    assertEquals(addresses.length, group.exceptions().size());
    for (int i = 0; i < addresses.length; i++) {
      String message = group.exceptions().get(i).getMessage();
      assertTrue(message.contains(addresses[i]), message);
    }
  }

  @Test
  @DisplayName("CONN-3: without a delay no address is tried beside one that does not answer")
  void withoutDelay() {
    run(() -> {
      silent("127.0.0.2");
      ServerSocket unneeded = listen("127.0.0.3", 5);
      var connecting = connecting(ConnectionOptions.defaults(), "127.0.0.2", "127.0.0.3");
      Task.sleep(Duration.ofDays(1));
      connecting.cancel();
      assertThrows(CancelledError.class, connecting::await);
      assertNobodyCame(unneeded);
    });
  }

  @Test
  @DisplayName("CONN-7: cancelling the caller ends all attempts before it returns, and starts none")
  void cancelled() {
    run(() -> {
      silent("127.0.0.2");
      silent("127.0.0.3");
      ServerSocket unneeded = listen("127.0.0.4", 5);
      int before = Descriptors.sockets();
      var connecting = connecting(EYEBALLS, "127.0.0.2", "127.0.0.3", "127.0.0.4");
      Task.sleep(DELAY);
      awaitSockets(before + 2);
      connecting.cancel();
      assertThrows(CancelledError.class, connecting::await);
      Loops.turns(1); // in which the selector releases closed channels
      assertEquals(before, Descriptors.sockets());
      Task.sleep(DELAY);
      assertNobodyCame(unneeded);
    });
  }

  @Test
  @DisplayName(
      "CONN-9: cancelled in the turn in which an attempt won, that connection is closed too")
  void cancelledWhenWon() {
    run(() -> {
      ServerSocket listening = listen("127.0.0.2", 5);
      int before = Descriptors.sockets();
      var connecting = Loops.started(() -> connect(EYEBALLS, "127.0.0.2"));
      loop.callLater(Duration.ZERO, connecting::cancel); // runs after the events of the poll
      assertThrows(CancelledError.class, connecting::await);
      Loops.turns(1);
      assertEquals(before, Descriptors.sockets());
      try (Socket abandoned = listening.accept()) {
        assertEquals(-1, abandoned.getInputStream().read());
      }
    });
  }

  @Test
  @DisplayName("CONN-8: of two attempts that succeed together one wins, and the other is closed")
  void together() {
    run(() -> {
      ServerSocket first = silent("127.0.0.2");
      ServerSocket second = silent("127.0.0.3");
      int before = Descriptors.sockets();
      var connecting = connecting(EYEBALLS, "127.0.0.2", "127.0.0.3");
      Task.sleep(DELAY);
      awaitSockets(before + 2);
      var peers = List.of(third(first), third(second));
      while (!peers.stream().allMatch(CompletableFuture::isDone)) {
        Thread.onSpinWait(); // the loop does not turn until both are connected, so one poll finds
        // both
      }
      peers.forEach(peer -> opened.add(peer.join()));
      Recorder winner = connecting.await();
      int won = peerOf(winner).equals("127.0.0.2") ? 0 : 1;
      assertEquals(-1, peers.get(1 - won).join().getInputStream().read());
      winner.transport.write(ByteBuffer.wrap(new byte[] {1}));
      assertEquals(1, peers.get(won).join().getInputStream().read());
      end(winner);
    });
  }

  private CompletableFuture<Socket> third(ServerSocket listening) throws IOException {
    opened.add(listening.accept());
    opened.add(listening.accept());
    return CompletableFuture.supplyAsync(() -> {
      try {
        return listening.accept();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @Test
  @DisplayName("CONN-6: families alternate, after the requested number of addresses of the first")
  void interleaving() {
    List<InetSocketAddress> resolved = at("10.0.0.1", "10.0.0.2", "10.0.0.3", "::1", "::2");
    assertEquals(resolved, Connector.interleaved(resolved, 0));
    assertEquals(
        at("10.0.0.1", "::1", "10.0.0.2", "::2", "10.0.0.3"), Connector.interleaved(resolved, 1));
    assertEquals(
        at("10.0.0.1", "10.0.0.2", "::1", "10.0.0.3", "::2"), Connector.interleaved(resolved, 2));
    assertEquals(resolved, Connector.interleaved(resolved, 4));
    assertEquals(
        at("10.0.0.1", "10.0.0.2", "10.0.0.3", "::1", "::2"), Connector.interleaved(resolved, 9));
    List<InetSocketAddress> six = at("::1", "::2", "::3", "10.0.0.1");
    assertEquals(at("::1", "10.0.0.1", "::2", "::3"), Connector.interleaved(six, 1));
    List<InetSocketAddress> one = at("10.0.0.1");
    assertEquals(one, Connector.interleaved(one, 1));
  }

  private static List<InetSocketAddress> at(String... literals) {
    return Stream.of(literals)
        .map(literal -> new InetSocketAddress(literal, 80))
        .toList();
  }

  @Test
  @DisplayName(
      "CONN-12: a negative delay or count is an error with the parameter's name; a delay of zero is valid")
  void badOptions() {
    var defaults = ConnectionOptions.defaults();
    var delay = assertThrows(
        IllegalArgumentException.class,
        () -> defaults.withHappyEyeballsDelay(Duration.ofNanos(-1)));
    assertTrue(delay.getMessage().contains("happyEyeballsDelay"), delay.getMessage());
    var count = assertThrows(IllegalArgumentException.class, () -> defaults.withInterleave(-1));
    assertTrue(count.getMessage().contains("interleave"), count.getMessage());
    assertThrows(NullPointerException.class, () -> defaults.withHappyEyeballsDelay(null));
    run(() -> {
      silent("127.0.0.2");
      listen("127.0.0.3", 5);
      var none = defaults.withHappyEyeballsDelay(Duration.ZERO);
      Recorder winner = atOnce(loop.createTask(() -> connect(none, "127.0.0.2", "127.0.0.3")));
      assertEquals("127.0.0.3", peerOf(winner));
      assertEquals(0, loop.time());
      end(winner);
    });
  }
}
