package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Order;
import dev.weft.testkit.RealSignals;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to this process that loops handle; RunnerSigintTest shows their effect on a run. */
class SignalHandlerTest {

  private static final String USR1 = "SIGUSR1";

  private final Order order = new Order();
  private final EventLoop loop = EventLoop.newEventLoop();
  private final EventLoop other = EventLoop.newEventLoop();

  /** What the program's own handler of USR1 received; without that handler USR1 would end the process. */
  private final LinkedBlockingQueue<String> program = new LinkedBlockingQueue<>();

  private Object before;

  @BeforeEach
  void handleByProgram() {
    before = RealSignals.handle("USR1", RealSignals.handler(() -> program.add("USR1")));
  }

  @AfterEach
  void close() {
    loop.close();
    other.close();
    RealSignals.handle("USR1", before);
  }

  private void assertProgramGets() throws InterruptedException {
    RealSignals.raise("USR1");
    assertEquals("USR1", program.take());
  }

  /** Raises a signal and waits until every loop has it, in the loops' order. */
  private void raiseAndWaitFor(CountDownLatch last) {
    RealSignals.raise("USR1");
    try {
      last.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("SIG-1: a signal wakes a waiting loop, and its handler runs on the loop")
  void wakes() {
    loop.runUntilComplete(() -> {
      Future<EventLoop> got = loop.createFuture();
      loop.addSignalHandler(USR1, () -> got.setResult(EventLoop.getRunningLoop()));
      Thread.ofPlatform().start(() -> RealSignals.raise("USR1"));
      assertSame(loop, got.await());
    });
    assertTrue(program.isEmpty());
  }

  @Test
  @DisplayName(
      "SIG-1, SIG-2: a handler is a callback in the order of all others, in any loop's thread")
  void order() throws InterruptedException {
    var told = new CountDownLatch(1);
    loop.addSignalHandler(USR1, () -> order.expect(3));
    other.addSignalHandler(USR1, told::countDown); // gets it after the first loop
    Thread thread = Thread.ofPlatform().start(other::runForever);
    loop.callSoon(() -> {
      raiseAndWaitFor(told);
      order.expect(1); // not yet, although the signal has arrived
      loop.callSoon(() -> {
        order.expect(4);
        loop.stop();
      });
    });
    loop.callSoon(() -> order.expect(2));
    loop.runForever();
    order.finish(5);
    other.callSoonThreadsafe(other::stop);
    thread.join();
  }

  @Test
  @DisplayName(
      "SIG-1: each signal that arrives while the loop does not run is handled in the next run")
  void whileStopped() throws InterruptedException {
    var told = new CountDownLatch(2);
    var handled = new int[1];
    loop.addSignalHandler(USR1, () -> handled[0]++);
    other.addSignalHandler(USR1, told::countDown);
    Thread thread = Thread.ofPlatform().start(other::runForever);
    RealSignals.raise("USR1");
    while (told.getCount() == 2) {
      Thread.onSpinWait(); // the system may merge signals, but not this one with the next
    }
    raiseAndWaitFor(told);
    assertEquals(0, handled[0]);
    loop.stop();
    loop.runForever();
    assertEquals(2, handled[0]);
    other.callSoonThreadsafe(other::stop);
    thread.join();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KILL", "STOP", "QUIT", "SEGV", "FPE", "ILL", "BUS", "TRAP", "USR2", "SIGKILL", "NONE",
        "SIG", "", "int"
      })
  @DisplayName(
      "SIG-3: a signal that is unknown or cannot be handled is an error before anything happens")
  void refused(String signal) {
    var error = assertThrows(
        IllegalArgumentException.class,
        () -> loop.addSignalHandler(signal, order::expectUnreached));
    assertTrue(error.getMessage().startsWith("signal: "), error::getMessage);
    assertTrue(error.getMessage().contains(signal), error::getMessage);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 9, 11, 12, 19, 32, 34, 64, 65, 1000})
  @DisplayName(
      "SIG-3: a number that is unknown, without a name or cannot be handled is an error too")
  void refusedByNumber(int signal) {
    assertThrows(
        IllegalArgumentException.class,
        () -> loop.addSignalHandler(signal, order::expectUnreached));
  }

  @Test
  @DisplayName("SIG-3: bad arguments, wrong threads and closed loops leave the handler as it was")
  void badInput() throws InterruptedException {
    assertEquals(
        "signal",
        assertThrows(NullPointerException.class, () -> loop.addSignalHandler(null, () -> {}))
            .getMessage());
    assertEquals(
        "callback",
        assertThrows(NullPointerException.class, () -> loop.addSignalHandler(USR1, null))
            .getMessage());
    assertThrows(NullPointerException.class, () -> loop.removeSignalHandler(null));
    assertThrows(IllegalArgumentException.class, () -> loop.removeSignalHandler("NONE"));
    loop.runUntilComplete(() -> loop.runInExecutor(() -> {
          assertThrows(
              IllegalStateException.class,
              () -> loop.addSignalHandler(USR1, order::expectUnreached));
          assertThrows(IllegalStateException.class, () -> loop.removeSignalHandler(USR1));
          return null;
        })
        .await());
    assertProgramGets();
    loop.close();
    assertThrows(
        IllegalStateException.class, () -> loop.addSignalHandler(USR1, order::expectUnreached));
    assertFalse(loop.removeSignalHandler(USR1));
    assertProgramGets();
  }

  @Test
  @DisplayName(
      "SIG-4: adding again replaces the loop's handler; removing does not bring the first back")
  void replaces() throws InterruptedException {
    loop.runUntilComplete(() -> {
      loop.addSignalHandler(USR1, order::expectUnreached);
      Future<Void> got = loop.createFuture();
      loop.addSignalHandler("USR1", () -> got.setResult(null));
      RealSignals.raise("USR1");
      got.await();
      assertTrue(loop.removeSignalHandler(10)); // the same by its number
    });
    assertProgramGets();
  }

  @Test
  @DisplayName("SIG-4: a handler runs in a copy of the context at the time of adding")
  void context() {
    ContextVar<String> variable = new ContextVar<>("variable");
    var seen = new ArrayList<String>();
    loop.runUntilComplete(() -> {
      Queue queue = new Queue(loop);
      variable.set("added");
      loop.addSignalHandler(10, () -> {
        seen.add(variable.get());
        variable.set("handled");
        queue.put();
      });
      variable.set("later");
      RealSignals.raise("USR1");
      queue.take();
      RealSignals.raise("USR1");
      queue.take();
      seen.add(variable.get());
    });
    assertEquals(List.of("added", "handled", "later"), seen);
  }

  /** Counts the calls of handlers, for a task that waits for them. */
  private static final class Queue {
    private final EventLoop loop;
    private Future<Void> next;

    Queue(EventLoop loop) {
      this.loop = loop;
      this.next = loop.createFuture();
    }

    void put() {
      next.setResult(null);
    }

    void take() {
      next.await();
      next = loop.createFuture();
    }
  }

  @Test
  @DisplayName("a handler's failure goes to the exception handler, and the handler stays")
  void failure() {
    var boom = new IllegalStateException("boom");
    loop.runUntilComplete(() -> {
      Queue queue = new Queue(loop);
      loop.setExceptionHandler((where, report) -> {
        assertSame(boom, report.exception().orElseThrow());
        queue.put();
      });
      loop.addSignalHandler(USR1, () -> {
        throw boom;
      });
      for (int i = 0; i < 2; i++) {
        RealSignals.raise("USR1");
        queue.take();
      }
    });
  }

  @Test
  @DisplayName("SIG-5: remove returns whether there was a handler; the earlier handling returns")
  void removes() throws InterruptedException {
    assertFalse(loop.removeSignalHandler(USR1));
    loop.addSignalHandler(USR1, order::expectUnreached);
    other.addSignalHandler(USR1, order::expectUnreached);
    assertTrue(loop.removeSignalHandler(USR1));
    assertFalse(loop.removeSignalHandler(USR1));
    assertTrue(other.removeSignalHandler(USR1));
    assertProgramGets();
    assertTrue(program.isEmpty());
  }

  @Test
  @DisplayName("SIG-5: a handler that the program has installed meanwhile stays")
  void programsHandlerStays() throws InterruptedException {
    loop.addSignalHandler(USR1, order::expectUnreached);
    RealSignals.handle("USR1", RealSignals.handler(() -> program.add("newer")));
    assertTrue(loop.removeSignalHandler(USR1));
    RealSignals.raise("USR1");
    assertEquals("newer", program.take());
  }

  @Test
  @DisplayName("SIG-7: close removes all handlers")
  void closes() throws InterruptedException {
    loop.addSignalHandler(USR1, order::expectUnreached);
    loop.addSignalHandler("WINCH", order::expectUnreached);
    other.addSignalHandler("WINCH", order::expectUnreached);
    loop.close();
    assertProgramGets();
    assertTrue(other.removeSignalHandler("WINCH"));
  }

  @Test
  @DisplayName(
      "SIG-7: a closing loop removes its handlers before it unwinds its tasks, which cannot add any")
  void whileClosing() {
    loop.addSignalHandler(USR1, order::expectUnreached);
    loop.setExceptionHandler((where, report) -> {});
    loop.createTask(() -> {
      try {
        loop.createFuture().await();
      } finally {
        RealSignals.raise("USR1");
        while (program.isEmpty()) {
          Thread.onSpinWait(); // an unwound task must not wait
        }
        assertFalse(loop.removeSignalHandler(USR1));
        assertThrows(
            IllegalStateException.class, () -> loop.addSignalHandler(USR1, order::expectUnreached));
        order.expect(1);
      }
    });
    loop.stop();
    loop.runForever();
    loop.close();
    order.finish(2);
  }

  @Test
  @DisplayName("SIG-5, RUN-8: a run gets the signal while no loop has a handler")
  void aLoopComesBeforeARun() throws InterruptedException {
    var run = new LinkedBlockingQueue<String>();
    var signal = ProcessSignal.of("WINCH"); // ignored by default
    Signals.Taken taken = signal.takeDefault(() -> run.add("run")).orElseThrow();
    var told = new CountDownLatch(1);
    other.addSignalHandler("WINCH", () -> {
      told.countDown();
      other.stop();
    });
    RealSignals.raise("WINCH");
    other.runForever();
    told.await();
    assertTrue(run.isEmpty());
    assertTrue(other.removeSignalHandler("WINCH"));
    RealSignals.raise("WINCH");
    assertEquals("run", run.take());
    other.addSignalHandler("WINCH", order::expectUnreached);
    taken.giveBack();
    taken.giveBack();
    assertTrue(other.removeSignalHandler("WINCH"));
    assertNothingHandles("WINCH");
  }

  @Test
  @DisplayName(
      "RUN-8: a run that begins while a loop has a handler gets the signal after that handler is removed")
  void aRunBehindALoop() throws InterruptedException {
    var run = new LinkedBlockingQueue<String>();
    var signal = ProcessSignal.of("WINCH");
    loop.addSignalHandler("WINCH", order::expectUnreached);
    Signals.Taken taken = signal.takeDefault(() -> run.add("run")).orElseThrow();
    assertTrue(loop.removeSignalHandler("WINCH"));
    RealSignals.raise("WINCH");
    assertEquals("run", run.take());
    taken.giveBack();
    assertNothingHandles("WINCH");
  }

  @Test
  @DisplayName(
      "RUN-8: a run does not take a signal that the program handles, also behind a loop's handler")
  void programBeforeRun() throws InterruptedException {
    var signal = ProcessSignal.of("USR1");
    assertTrue(signal.takeDefault(order::expectUnreached).isEmpty());
    assertProgramGets();
    loop.addSignalHandler(USR1, order::expectUnreached);
    assertTrue(signal.takeDefault(order::expectUnreached).isEmpty());
    assertTrue(loop.removeSignalHandler(USR1));
    assertProgramGets();
  }

  private static void assertNothingHandles(String signal) {
    Object ours = RealSignals.handler(() -> {});
    Object found = RealSignals.handle(signal, ours);
    RealSignals.handle(signal, found);
    assertTrue(found.getClass().getName().startsWith("sun.misc."), found::toString);
  }
}
