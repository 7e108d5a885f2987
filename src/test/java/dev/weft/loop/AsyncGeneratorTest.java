package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** Values that are produced one by one by code that may suspend, and how that code ends. */
class AsyncGeneratorTest {

  private final Order order = new Order();
  private final List<ExceptionContext> reports = new ArrayList<>();

  private Runner newRunner() {
    Runner runner = new Runner(Loops::newLoop);
    runner.getLoop().setExceptionHandler((loop, report) -> reports.add(report));
    return runner;
  }

  /** Yields 1, 2, 3 and so on, and notes its end. */
  private static AsyncGenerator<Integer> counting(Runnable atEnd) {
    return AsyncGenerator.of(out -> {
      try {
        for (int i = 1; ; i++) {
          out.yield(i);
        }
      } finally {
        atEnd.run();
      }
    });
  }

  @Test
  @DisplayName("the body runs only when a value is asked for, and may suspend")
  void onDemand() {
    Loops.run(() -> {
      var generator = AsyncGenerator.<String>of(out -> {
        order.expect(2);
        Task.sleep(Duration.ofSeconds(1));
        out.yield("a");
        order.expect(4);
        out.yield(null);
        order.expect(6);
      });
      Loops.turns(2);
      order.expect(1);
      assertEquals("a", generator.next());
      Loops.turns(2);
      order.expect(3);
      assertEquals(null, generator.next());
      order.expect(5);
      assertFalse(generator.hasNext());
      order.finish(7);
      assertThrows(NoSuchElementException.class, generator::next);
      assertFalse(generator.hasNext());
    });
  }

  @Test
  @DisplayName("a for loop takes all values; the loop does not list the body's task")
  void forLoop() {
    Loops.run(() -> {
      var seen = new ArrayList<Integer>();
      for (int value : AsyncGenerator.<Integer>of(out -> {
        assertEquals(1, EventLoop.getRunningLoop().allTasks().size());
        out.yield(1);
        out.yield(2);
      })) {
        seen.add(value);
      }
      assertEquals(List.of(1, 2), seen);
      Loops.turns(1);
      assertEquals(1, EventLoop.getRunningLoop().allTasks().size(), "the others are still listed");
    });
  }

  @Test
  @DisplayName("next throws the body's exception, the same object; the generator has then ended")
  void failure() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      var generator = AsyncGenerator.of(out -> {
        throw boom;
      });
      assertSame(boom, assertThrows(IOException.class, generator::next));
      assertFalse(generator.hasNext());
    });
  }

  @Test
  @DisplayName("cancelling the task that asks cancels the await of the body, which may handle it")
  void cancelled() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var generator = AsyncGenerator.<String>of(out -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        out.yield("swallowed");
        loop.createFuture().await();
      });
      Task<String> first = loop.createTask(generator::next);
      Loops.turns(3);
      first.cancel();
      assertEquals("swallowed", first.await());
      Task<String> second = loop.createTask(generator::next);
      Loops.turns(3);
      second.cancel();
      assertThrows(CancelledError.class, second::await);
      assertFalse(generator.hasNext());
      Task<Integer> unbegun =
          loop.createTask(() -> counting(order::expectUnreached).next());
      loop.callSoon(() -> loop.callSoon(unbegun::cancel)); // before the body's first step
      Loops.turns(1);
      unbegun.cancel();
      assertThrows(CancelledError.class, unbegun::await);
      Task<Integer> cancelsItself = loop.createTask(() -> {
        Task.current().orElseThrow().cancel("why");
        return counting(order::expectUnreached).next();
      });
      assertEquals(
          "why", assertThrows(CancelledError.class, cancelsItself::await).getMessage());
    });
  }

  @Test
  @DisplayName("two tasks cannot ask at the same time, and close fails while a task asks")
  void running() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> gate = loop.createFuture();
      var generator = AsyncGenerator.<String>of(out -> {
        gate.await();
        out.yield("x");
      });
      Task<String> first = loop.createTask(generator::next);
      Loops.turns(2);
      assertThrows(IllegalStateException.class, generator::next);
      assertThrows(IllegalStateException.class, generator::close);
      gate.setResult(null);
      assertEquals("x", first.await());
    });
  }

  @Test
  @DisplayName("close ends the body where it yielded, and waits for its finally blocks")
  void close() {
    Loops.run(() -> {
      var generator = AsyncGenerator.<Integer>of(out -> {
        try {
          out.yield(1);
          order.expectUnreached();
        } catch (GeneratorExit exit) {
          order.expect(1);
          throw exit;
        } finally {
          Task.sleep(Duration.ofSeconds(1));
          order.expect(2);
        }
      });
      generator.next();
      generator.close();
      order.finish(3);
      generator.close();
      assertFalse(generator.hasNext());
      var unused = counting(order::expectUnreached);
      unused.close();
      assertFalse(unused.hasNext());
    });
    order.checkFinished();
  }

  @Test
  @DisplayName("close throws the body's exception; a body that yields again gets an error")
  void closeFails() {
    Loops.run(() -> {
      var failing = counting(() -> {
        throw new IllegalArgumentException("boom");
      });
      failing.next();
      assertThrows(IllegalArgumentException.class, failing::close);
      var ignoring = AsyncGenerator.<Integer>of(out -> {
        assertThrows(GeneratorExit.class, () -> out.yield(1));
        out.yield(2);
      });
      ignoring.next();
      var error = assertThrows(IllegalStateException.class, ignoring::close);
      assertTrue(error.getMessage().contains("ignored GeneratorExit"), error.getMessage());
    });
  }

  @Test
  @DisplayName("a body that ignores its close goes on when asked, and cannot be closed again")
  void closeIgnored() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        var ignoring = AsyncGenerator.<Integer>of(out -> {
          assertThrows(GeneratorExit.class, () -> out.yield(1));
          out.yield(2);
          out.yield(3);
          out.yield(4);
        });
        ignoring.next();
        assertThrows(IllegalStateException.class, ignoring::close);
        assertThrows(NoSuchElementException.class, ignoring::close);
        assertEquals(3, ignoring.next());
        EventLoop.getRunningLoop().shutdownAsyncgens();
        assertEquals(1, reports.size(), reports::toString);
        assertInstanceOf(
            NoSuchElementException.class, reports.get(0).exception().orElseThrow());
        assertEquals(4, ignoring.next());
        assertFalse(ignoring.hasNext());
        ignoring.close();
      });
    }
  }

  @Test
  @DisplayName(
      "AG-1: shutdown closes all generators that have begun, concurrently, and reports failures")
  void shutdown() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        var failing = counting(() -> {
          throw new IllegalArgumentException("boom");
        });
        var slow = new ArrayList<AsyncGenerator<Integer>>();
        for (int i = 0; i < 2; i++) {
          slow.add(counting(() -> Task.sleep(Duration.ofSeconds(1))));
          slow.get(i).next();
        }
        failing.next();
        counting(order::expectUnreached); // not begun
        long before = loop.time();
        loop.shutdownAsyncgens();
        assertEquals(Duration.ofSeconds(1).toNanos(), loop.time() - before);
        assertEquals(1, reports.size(), reports::toString);
        assertSame(failing, reports.get(0).asMap().get(ExceptionContext.ASYNCGEN));
        assertEquals("boom", reports.get(0).exception().orElseThrow().getMessage());
        slow.forEach(generator -> assertFalse(generator.hasNext()));
      });
    }
  }

  @Test
  @DisplayName(
      "AG-1: cancelling a task that waits for the shutdown cancels the waits of the generators, and waits for them")
  void cancelledShutdown() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      counting(() -> {
            try {
              Task.sleep(Duration.ofDays(1));
            } catch (CancelledError cancelled) {
              order.expect(1);
              Task.sleep(Duration.ofSeconds(1));
              order.expect(2);
              throw cancelled;
            }
          })
          .next();
      Task<Void> shutdown = Loops.started(loop::shutdownAsyncgens);
      Loops.turns(2);
      shutdown.cancel("enough");
      assertEquals("enough", assertThrows(CancelledError.class, shutdown::await).getMessage());
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "AG-1: a cancelled shutdown throws the cancellation of the generator that was opened last, as gather does")
  void cancelledShutdownOfSeveral() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      counting(() -> Task.sleep(Duration.ofDays(1))).next(); // is cancelled
      counting(() -> {}).next(); // ends before
      Task<Void> shutdown = Loops.started(loop::shutdownAsyncgens);
      Loops.turns(5);
      shutdown.cancel("enough");
      assertNull(assertThrows(CancelledError.class, shutdown::await).getMessage());
    });
  }

  @Test
  @DisplayName(
      "AG-1: closing a runner closes generators, after cancelling tasks, before the executor")
  void runnerClose() {
    Runner runner = newRunner();
    var generator = new ArrayList<AsyncGenerator<Integer>>();
    runner.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      generator.add(counting(() -> {
        order.expect(2);
        assertEquals("x", loop.runInExecutor(() -> "x").await());
        order.expect(3);
      }));
      generator.get(0).next();
      loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } finally {
          order.expect(1);
        }
      });
      Loops.turns(1);
    });
    runner.close();
    order.finish(4);
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName("AG-1: a task of the loop closes a generator that is collected")
  void collected() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        var closed = new AtomicBoolean();
        counting(() -> closed.set(true)).next();
        awaitCollected(closed);
      });
    }
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName("AG-1: a task of the loop also closes a collected generator that ignored its close")
  void collectedAfterIgnoring() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        var closed = new AtomicBoolean();
        ignoreClose(closed);
        awaitCollected(closed);
      });
    }
    assertEquals(List.of(), reports);
  }

  private static void ignoreClose(AtomicBoolean closed) {
    var ignoring = AsyncGenerator.<Integer>of(out -> {
      assertThrows(GeneratorExit.class, () -> out.yield(1));
      try {
        out.yield(2);
      } finally {
        closed.set(true);
      }
    });
    ignoring.next();
    assertThrows(IllegalStateException.class, ignoring::close);
  }

  private static void awaitCollected(AtomicBoolean closed) {
    EventLoop.getRunningLoop()
        .runInExecutor(() -> {
          Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> {
            System.gc();
            return closed.get();
          });
          return null;
        })
        .await();
  }

  @Test
  @DisplayName(
      "AG-1: a loop that is closed with an open generator unwinds its body, without a report")
  void loopClosed() {
    EventLoop loop = Loops.newLoop();
    loop.setExceptionHandler((l, report) -> reports.add(report));
    var generator = counting(() -> order.expect(1));
    loop.runUntilComplete(() -> {
      generator.next();
    });
    loop.close();
    order.finish(2);
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName("AG-2: a generator that begins after shutdown causes a warning")
  void afterShutdown() {
    try (var log = LogCapture.start()) {
      Loops.run(() -> {
        EventLoop.getRunningLoop().shutdownAsyncgens();
        assertEquals(List.of(), log.events(Level.WARN));
        try (var late = counting(() -> {})) {
          assertEquals(1, late.next());
          late.next();
        }
        assertEquals(1, log.events(Level.WARN).size());
        assertTrue(log.events(Level.WARN).get(0).message().contains("shutdownAsyncgens"));
      });
    }
  }

  @Test
  @DisplayName("yield works in the body only, next in a task only, and both on one loop")
  void wrongPlaces() {
    var generator = AsyncGenerator.<AsyncGenerator.Yielder<?>>of(out -> {
      out.yield(out);
      out.yield(out);
    });
    assertThrows(IllegalStateException.class, generator::next);
    EventLoop loop = Loops.newLoop();
    loop.runUntilComplete(() -> {
      var out = generator.next();
      assertThrows(IllegalStateException.class, () -> out.yield(null));
    });
    Loops.run(() -> {
      assertThrows(IllegalStateException.class, generator::next);
      assertThrows(IllegalStateException.class, generator::close);
    });
    loop.runUntilComplete(generator::close);
    loop.close();
  }
}
