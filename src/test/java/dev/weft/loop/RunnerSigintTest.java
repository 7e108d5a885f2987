package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** SIGINT and SIGTERM while a runner runs; the real signals are in SignalIT. */
class RunnerSigintTest {

  /** Delivers signals when the test says so. */
  private static final class Keyboard implements Signals {
    private final List<String> log = new ArrayList<>();
    private final Map<String, Runnable> handlers = new HashMap<>();

    @Override
    public Optional<Taken> takeDefault(String signal, Runnable handler) {
      handlers.put(signal, handler);
      log.add("take " + signal);
      return Optional.of(new Taken() {
        @Override
        public void giveBack() {
          if (handlers.remove(signal) != null) {
            log.add("give back " + signal);
          }
        }

        @Override
        public void raise() {
          giveBack();
          log.add("raise " + signal);
        }
      });
    }

    void press() {
      send("INT");
    }

    void send(String signal) {
      handlers.get(signal).run();
    }
  }

  private static final List<String> TAKEN = List.of("take INT", "take TERM");
  private static final List<String> GIVEN_BACK =
      List.of("take INT", "take TERM", "give back INT", "give back TERM");

  private final Order order = new Order();
  private final Keyboard keyboard = new Keyboard();

  private Runner newRunner() {
    return new Runner(Loops::newLoop, Optional.empty(), keyboard);
  }

  private static void sleepForEver() {
    EventLoop.getRunningLoop().createFuture().await();
  }

  @Test
  @DisplayName(
      "RUN-6: Ctrl-C cancels the main task; run throws KeyboardInterrupt with the interrupted place as its cause")
  void first() {
    try (Runner runner = newRunner()) {
      var error = assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.press();
            order.expect(1); // the task is cancelled where it waits, not here
            try {
              sleepForEver();
            } finally {
              order.expect(2);
            }
          }));
      assertInstanceOf(CancelledError.class, error.getCause());
      order.finish(3);
    }
  }

  @Test
  @DisplayName("RUN-6: Ctrl-C wakes a loop that waits")
  void wakes() throws InterruptedException {
    try (Runner runner = new Runner(EventLoop::newEventLoop, Optional.empty(), keyboard)) {
      var pressing = new Thread[1];
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            pressing[0] = Thread.ofPlatform().start(keyboard::press);
            sleepForEver();
          }));
      pressing[0].join();
    }
  }

  @Test
  @DisplayName("RUN-6: if the coroutine swallows the cancellation, its result stands")
  void swallowed() {
    try (Runner runner = newRunner()) {
      assertEquals("result", runner.run(() -> {
        keyboard.press();
        assertThrows(CancelledError.class, RunnerSigintTest::sleepForEver);
        return "result";
      }));
    }
  }

  @Test
  @DisplayName("RUN-6: if the coroutine fails otherwise, run throws that failure")
  void anotherFailure() {
    var boom = new IOException("boom");
    try (Runner runner = newRunner()) {
      ThrowingRunnable<?> failing = () -> {
        keyboard.press();
        assertThrows(CancelledError.class, RunnerSigintTest::sleepForEver);
        throw boom;
      };
      assertSame(boom, assertThrows(IOException.class, () -> runner.run(failing)));
    }
  }

  @Test
  @DisplayName("RUN-9: a main task that other code has also cancelled ends with CancelledError")
  void cancelledByOthersToo() {
    try (Runner runner = newRunner()) {
      assertThrows(
          CancelledError.class,
          () -> runner.run(() -> {
            keyboard.press();
            Task.current().orElseThrow().cancel();
            sleepForEver();
          }));
      assertThrows(
          CancelledError.class,
          () -> runner.run(() -> {
            Task.current().orElseThrow().cancel(); // without any Ctrl-C
            sleepForEver();
          }));
    }
  }

  @Test
  @DisplayName("RUN-7: a second Ctrl-C throws out of run at once; the task is cancelled at close")
  void second() {
    Runner runner = newRunner();
    assertThrows(
        KeyboardInterrupt.class,
        () -> runner.run(() -> {
          keyboard.press();
          assertThrows(CancelledError.class, RunnerSigintTest::sleepForEver);
          order.expect(1);
          keyboard.press();
          order.expect(2);
          assertEquals(GIVEN_BACK, keyboard.log, "a third one ends the process");
          assertThrows(CancelledError.class, RunnerSigintTest::sleepForEver);
          order.expect(4);
        }));
    order.expect(3);
    runner.close();
    order.finish(5);
    assertEquals(GIVEN_BACK, keyboard.log);
  }

  @Test
  @DisplayName(
      "RUN-7: a second Ctrl-C while the loop is blocked ends the process and prints where it is")
  void blocked() {
    try (Runner runner = newRunner();
        var log = LogCapture.start()) {
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.press();
            assertEquals(TAKEN, keyboard.log);
            keyboard.press();
            assertEquals("raise INT", keyboard.log.get(keyboard.log.size() - 1));
            sleepForEver();
          }));
      String message = log.events(Level.ERROR).get(0).message();
      assertTrue(message.contains("Task-"), message);
      assertTrue(message.contains(RunnerSigintTest.class.getName() + ".lambda"), message);
    }
  }

  @Test
  @DisplayName("SIGTERM has the effect of SIGINT, with its own exit code")
  void sigterm() {
    try (Runner runner = newRunner()) {
      var error = assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.send("TERM");
            sleepForEver();
          }));
      assertEquals("SIGTERM", error.getMessage());
      assertEquals(143, error.exitCode());
      error = assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.press();
            sleepForEver();
          }));
      assertEquals("SIGINT", error.getMessage());
      assertEquals(130, error.exitCode());
    }
  }

  @Test
  @DisplayName(
      "RUN-7: a SIGTERM after a SIGINT counts as the second signal and determines the exit code")
  void secondIsAnother() {
    try (Runner runner = newRunner()) {
      var error = assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.press();
            assertThrows(CancelledError.class, RunnerSigintTest::sleepForEver);
            keyboard.send("TERM");
            assertEquals(GIVEN_BACK, keyboard.log);
            sleepForEver();
          }));
      assertEquals(143, error.exitCode());
    }
  }

  @Test
  @DisplayName("RUN-8: a runner takes SIGINT only during a run")
  void duringRunOnly() {
    try (Runner runner = newRunner()) {
      runner.getLoop();
      assertEquals(List.of(), keyboard.log);
      runner.run(() -> assertEquals(TAKEN, keyboard.log));
      assertEquals(GIVEN_BACK, keyboard.log);
      assertThrows(
          IOException.class,
          () -> runner.run((ThrowingRunnable<?>) () -> {
            throw new IOException();
          }));
    }
    var twice = new ArrayList<>(GIVEN_BACK);
    twice.addAll(GIVEN_BACK);
    assertEquals(twice, keyboard.log);
  }

  @Test
  @DisplayName("RUN-8: where signals are not available, a runner runs without them")
  void noSignals() {
    try (Runner runner =
        new Runner(Loops::newLoop, Optional.empty(), (signal, handler) -> Optional.empty())) {
      assertEquals("x", runner.run(() -> "x"));
    }
  }

  @Test
  @DisplayName("RUN-8: only the program's main thread may take SIGINT")
  void mainThreadOnly() {
    var main = new ThreadGroup("main");
    assertTrue(ProcessSignals.isMain(new Thread(main, () -> {}, "main")));
    assertFalse(ProcessSignals.isMain(new Thread(main, () -> {}, "worker")));
    assertFalse(ProcessSignals.isMain(new Thread(new ThreadGroup("g"), () -> {}, "main")));
    assertFalse(ProcessSignals.isMain(Thread.ofVirtual().name("main").unstarted(() -> {})));
  }

  @Test
  @DisplayName(
      "a Ctrl-C that arrives when the coroutine has ended is neither lost nor left to the next run")
  void asItEnds() {
    try (Runner runner = newRunner()) {
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            // behind the callback that stops the loop, so it is too late for this run
            Task.current().orElseThrow().addDoneCallback(done -> keyboard.press());
            return "lost";
          }));
      assertEquals("x", runner.run(() -> "x"));
    }
  }

  // ---- a stop that takes long

  /**
   * A lock whose owner, another thread, releases it when the log has a warning with all of {@code texts}. Returns the
   * warning.
   */
  private static FutureTask<String> holdUntilTold(
      ReentrantLock lock, LogCapture log, String... texts) throws InterruptedException {
    var held = new CountDownLatch(1);
    var told = new FutureTask<>(() -> {
      lock.lock();
      held.countDown();
      try {
        return awaitTold(log, texts);
      } finally {
        lock.unlock();
      }
    });
    Thread.ofPlatform().start(told);
    held.await();
    return told;
  }

  private static String awaitTold(LogCapture log, String... texts) throws InterruptedException {
    for (int i = 0; i < 2_000; i++) {
      for (LogCapture.Event event : log.events(Level.WARN)) {
        if (Stream.of(texts).allMatch(event.message()::contains)) {
          return event.message();
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError(log.events().toString());
  }

  @Test
  @DisplayName(
      "a main task that does not end is reported after the first signal, with its stack and the effect of the next signal")
  void stuckMain() throws Exception {
    var lock = new ReentrantLock();
    try (Runner runner = newRunner();
        var log = LogCapture.start()) {
      var told = holdUntilTold(
          lock, log, "SIGTERM: ", "stuckMain", "A second SIGINT or SIGTERM ends the run");
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.send("TERM");
            lock.lock(); // ignores interrupts
            lock.unlock();
            sleepForEver();
          }));
      told.get();
      assertEquals(1, log.events(Level.WARN).size());
    }
  }

  @Test
  @DisplayName("after a second signal, the tasks that keep the runner from closing are reported")
  void stuckTwice() throws Exception {
    var lock = new ReentrantLock();
    try (var log = LogCapture.start()) {
      Runner runner = newRunner();
      var told = holdUntilTold(
          lock, log, "SIGINT: ", "stuckTwice", "Another SIGINT or SIGTERM ends the process");
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.press();
            assertThrows(CancelledError.class, RunnerSigintTest::sleepForEver);
            keyboard.press();
            lock.lock();
            lock.unlock();
          }));
      runner.close();
      told.get();
    }
  }

  @Test
  @DisplayName("a task other than the main one that keeps the runner from closing is reported")
  void stuckOther() throws Exception {
    var lock = new ReentrantLock();
    try (var log = LogCapture.start()) {
      Runner runner = newRunner();
      var told = holdUntilTold(
          lock,
          log,
          "SIGINT: ",
          "stuck one",
          "stuckOther",
          "A second SIGINT or SIGTERM ends the process");
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            EventLoop.getRunningLoop()
                .createTask(
                    () -> {
                      lock.lock();
                      lock.unlock();
                      return null;
                    },
                    TaskOptions.defaults().withName("stuck one"));
            Task.sleep(Duration.ZERO);
            keyboard.press();
            sleepForEver();
          }));
      runner.close();
      told.get();
    }
  }

  @Test
  @DisplayName(
      "code that blocks the loop, which then cannot react to the first signal, is reported after it")
  void stuckLoop() {
    try (Runner runner = newRunner();
        var log = LogCapture.start()) {
      assertThrows(
          KeyboardInterrupt.class,
          () -> runner.run(() -> {
            keyboard.press();
            while (log.events(Level.WARN).isEmpty()) {
              Thread.onSpinWait();
            }
            sleepForEver();
          }));
      String told = log.events(Level.WARN).get(0).message();
      assertTrue(told.contains("A second SIGINT or SIGTERM ends the process"), told);
      assertTrue(told.contains("its event loop: "), told);
      assertTrue(told.contains("RunnerSigintTest.lambda"), told);
    }
  }

  @Test
  @DisplayName("isBySignalAlone is false if a failure came with the signal")
  void alone() {
    var interrupt = new KeyboardInterrupt("SIGTERM", 143);
    assertTrue(interrupt.isBySignalAlone());
    interrupt.initCause(new CancelledError());
    assertTrue(interrupt.isBySignalAlone());
    interrupt.addSuppressed(new IOException());
    assertFalse(interrupt.isBySignalAlone());
    var failed = new KeyboardInterrupt("SIGTERM", 143);
    failed.initCause(new IOException());
    assertFalse(failed.isBySignalAlone());
    var failedToo = new KeyboardInterrupt("SIGTERM", 143);
    failedToo.initCause(new CancelledError());
    failedToo.getCause().addSuppressed(new IOException());
    assertFalse(failedToo.isBySignalAlone());
    assertFalse(new KeyboardInterrupt().isBySignalAlone(), "thrown by the program");
  }
}
