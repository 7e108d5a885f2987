package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.task.AsCompleted;
import dev.weft.testkit.FakeNames;
import dev.weft.testkit.Loops;
import dev.weft.transport.DatagramOptions;
import dev.weft.transport.DatagramProtocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A trace names the caller, also for code that has failed elsewhere. */
class AwaitedAtTest {

  private final IOException failure = new IOException("elsewhere");

  private Future<Void> failing() {
    return EventLoop.getRunningLoop().runInExecutor(() -> {
      throw failure;
    });
  }

  private static List<AwaitedAt> notes(Throwable failure) {
    return Arrays.stream(failure.getSuppressed())
        .filter(AwaitedAt.class::isInstance)
        .map(AwaitedAt.class::cast)
        .toList();
  }

  /** The caller, whose name is expected in the trace of the exception of {@code call}. */
  private static Throwable callHere(Executable call) {
    return assertThrows(Throwable.class, call);
  }

  private static boolean isCallers(StackTraceElement frame) {
    return frame.getClassName().equals(AwaitedAtTest.class.getName())
        && frame.getMethodName().equals("callHere");
  }

  private static void assertNamesCaller(Executable call) {
    Throwable thrown = callHere(call);
    assertTrue(
        Stream.concat(Stream.of(thrown), notes(thrown).stream())
            .flatMap(each -> Arrays.stream(each.getStackTrace()))
            .anyMatch(AwaitedAtTest::isCallers),
        () -> "no caller in " + thrown + Arrays.toString(thrown.getStackTrace()));
    assertTrue(notes(thrown).size() <= 1, () -> "one hop: " + notes(thrown));
  }

  @Test
  @DisplayName("await of a future, a task, a stage, and their combinations")
  void awaits() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      ThrowingCallable<Void, ?> fails = () -> {
        throw new IOException("in a task");
      };
      var limit = Duration.ofSeconds(1);
      assertNamesCaller(() -> Asyncio.await(failing()));
      assertNamesCaller(() -> Asyncio.await(loop.createTask(fails)));
      assertNamesCaller(() -> Asyncio.waitFor(loop.createTask(fails), limit));
      assertNamesCaller(() -> Asyncio.waitFor(fails::call, limit));
      assertNamesCaller(
          () -> Asyncio.timeout(limit, scope -> loop.createTask(fails).await()));
      assertNamesCaller(() -> Asyncio.await(Asyncio.gather(fails, fails)));
      assertNamesCaller(() -> Asyncio.await(Asyncio.shield(loop.createTask(fails))));
      assertNamesCaller(() ->
          AsCompleted.results(List.of(loop.createTask(fails)), Optional.empty()).next());
      assertNamesCaller(() -> Asyncio.toThread(() -> {
        throw new IOException("in a thread");
      }));
      assertNamesCaller(
          () -> Asyncio.await(CompletableFuture.failedFuture(new IOException("of a stage"))));
      assertNamesCaller(() -> Asyncio.waitFor(loop.createFuture(), Duration.ofMillis(1)));
      assertNamesCaller(() -> Asyncio.waitFor(loop.createFuture(), Duration.ZERO));
    });
  }

  @Test
  @DisplayName("connecting, resolving names, binding and starting programs")
  void inputAndOutput() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        EventLoop loop = EventLoop.newEventLoop()) {
      int port = taken.getLocalPort();
      String unknown = FakeNames.invent(() -> {
        throw new UnknownHostException("nobody");
      });
      var named = InetSocketAddress.createUnresolved(unknown, 1);
      loop.runUntilComplete(() -> {
        assertNamesCaller(() -> Asyncio.openConnection("127.0.0.1", 1));
        assertNamesCaller(() -> Asyncio.openConnection(unknown, 1));
        assertNamesCaller(() -> Asyncio.openUnixConnection(Path.of("/nowhere/at/all")));
        assertNamesCaller(() -> Asyncio.startServer((reader, writer) -> {}, "127.0.0.1", port));
        assertNamesCaller(() -> Asyncio.startServer((reader, writer) -> {}, unknown, 0));
        assertNamesCaller(() -> loop.createDatagramEndpoint(
            () -> new DatagramProtocol() {}, DatagramOptions.defaults().withLocalAddr(named)));
        assertNamesCaller(() -> loop.getaddrinfo(unknown, 1));
        assertNamesCaller(() -> Asyncio.createSubprocessExec("/nowhere/at/all"));
      });
    }
  }

  @Test
  @DisplayName(
      "each hop notes its task, in order, in the exception that was thrown, with its own frames only")
  void hops() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> first = loop.createTask(() -> failing().await());
      Task<Void> second = loop.createTask(first::await, TaskOptions.defaults().withName("second"));
      assertSame(failure, callHere(second::await));
      String main = Task.current().orElseThrow().getName();
      assertEquals(
          List.of("awaited in " + first.getName(), "awaited in second", "awaited in " + main),
          notes(failure).stream().map(Throwable::getMessage).toList());
      for (AwaitedAt note : notes(failure)) {
        for (StackTraceElement frame : note.getStackTrace()) {
          assertFalse(frame.toString().contains("weft.loop.Future"), frame::toString);
          assertFalse(frame.toString().contains("weft.loop.Coroutine"), frame::toString);
          assertFalse(frame.toString().contains("VirtualThread"), frame::toString);
        }
      }
    });
  }

  @Test
  @DisplayName("an exception that is awaited repeatedly has eight notes, the first ones")
  void bounded() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> shared = loop.createFuture();
      var tasks = new ArrayList<Task<Void>>();
      for (int i = 0; i < 100; i++) {
        tasks.add(loop.createTask(shared::await, TaskOptions.defaults().withName("t" + i)));
      }
      Loops.turns(1); // they wait
      shared.setException(failure);
      tasks.forEach(task -> assertSame(failure, assertThrows(IOException.class, task::await)));
      assertEquals(AwaitedAt.MOST, notes(failure).size());
      assertEquals(AwaitedAt.MOST, failure.getSuppressed().length);
      assertEquals("awaited in t0", notes(failure).get(0).getMessage());
    });
  }

  @Test
  @DisplayName(
      "nothing is noted in exceptions without notes, in cancellations, and in errors that end the loop")
  void without() {
    class Plain extends Exception {
      private static final long serialVersionUID = 1L;

      Plain() {
        super("plain", null, false, false);
      }
    }
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var plain = new Plain();
      Future<Void> failed = loop.createFuture();
      failed.setException(plain);
      assertSame(plain, assertThrows(Plain.class, failed::await));
      assertEquals(0, plain.getSuppressed().length);
      Future<Void> cancelled = loop.createFuture();
      cancelled.cancel();
      assertEquals(0, assertThrows(CancelledError.class, cancelled::await).getSuppressed().length);
      var fatal = new KeyboardInterrupt();
      Future<Void> ended = loop.createFuture();
      ended.setException(fatal);
      assertSame(fatal, assertThrows(KeyboardInterrupt.class, ended::await));
      assertEquals(0, fatal.getSuppressed().length);
    });
    AwaitedAt.note(failure); // outside a task
    assertEquals(0, failure.getSuppressed().length);
  }
}
