package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** Running coroutines one after the other, and the cleanup afterwards. */
class RunnerTest {

  private final Order order = new Order();
  private final AtomicInteger loops = new AtomicInteger();

  private Runner newRunner() {
    return new Runner(() -> {
      loops.incrementAndGet();
      return Loops.newLoop();
    });
  }

  @Test
  @DisplayName(
      "RUN-1: run fails in a task, a callback or a virtual thread on a loop, before it creates anything")
  void onALoop() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertRefused();
      Future<Void> called = loop.createFuture();
      loop.callSoon(() -> {
        assertRefused();
        called.setResult(null);
      });
      called.await();
      Thread foreign = Thread.ofVirtual().start(() -> {
        assertRefused();
        order.expect(1);
      });
      foreign.join();
    });
    order.finish(2);
  }

  @SuppressWarnings("resource") // has nothing to close, and close() would fail too
  private void assertRefused() {
    Runner runner = newRunner();
    var error =
        assertThrows(IllegalStateException.class, () -> runner.run(() -> order.expectUnreached()));
    assertTrue(error.getMessage().contains("running event loop"), error.getMessage());
    assertEquals(0, loops.get());
  }

  @Test
  @DisplayName("close() fails on a loop, and cancels nothing")
  void closeOnALoop() {
    try (Runner runner = newRunner()) {
      runner.run(() -> {
        assertThrows(IllegalStateException.class, runner::close);
        assertEquals(0, Task.current().orElseThrow().cancelling());
        Loops.turns(1);
      });
      assertEquals("x", runner.run(() -> "x"), "still open");
    }
  }

  @Test
  @DisplayName("RUN-2: the loop is created once, at first use")
  void lazyLoop() {
    try (Runner runner = newRunner()) {
      assertEquals(0, loops.get());
      EventLoop first = runner.run(EventLoop::getRunningLoop);
      EventLoop second = runner.run(EventLoop::getRunningLoop);
      assertSame(first, second);
      assertSame(first, runner.getLoop());
      assertEquals(1, loops.get());
    }
    newRunner().close();
    assertEquals(1, loops.get(), "closing an unused runner makes no loop");
  }

  @Test
  @DisplayName("RUN-2: a closed runner stays closed; a second close has no effect")
  void closed() {
    Runner runner = newRunner();
    EventLoop loop = runner.getLoop();
    runner.close();
    runner.close();
    assertTrue(loop.isClosed());
    assertThrows(IllegalStateException.class, () -> runner.run(() -> order.expectUnreached()));
    assertThrows(IllegalStateException.class, runner::getLoop);
  }

  @Test
  @DisplayName("CTX-5: all runs have one context, a copy of the caller's, or the given one")
  void context() {
    ContextVar<String> variable = new ContextVar<>("variable", "unset");
    var token = variable.set("caller's");
    try (Runner runner = newRunner()) {
      assertEquals("caller's", runner.run(() -> {
        String before = variable.get();
        variable.set("first run's");
        return before;
      }));
      assertEquals("first run's", runner.run(() -> variable.get()));
      assertEquals("unset", runner.runIn(new Context(), () -> variable.get()));
      assertEquals("caller's", variable.get());
    } finally {
      variable.reset(token);
    }
  }

  @Test
  @DisplayName("RUN-3: null is an error with the parameter's name, and no loop is created")
  void nulls() {
    try (Runner runner = newRunner()) {
      ThrowingCallable<String, RuntimeException> none = null;
      var error = assertThrows(NullPointerException.class, () -> runner.run(none));
      assertEquals("coroutine", error.getMessage());
      error = assertThrows(NullPointerException.class, () -> runner.runIn(null, () -> "x"));
      assertEquals("context", error.getMessage());
      assertEquals(0, loops.get());
    }
  }

  @Test
  @DisplayName("run() throws the coroutine's failure unchanged, and the runner can go on")
  void failure() {
    try (Runner runner = newRunner()) {
      var boom = new IOException("boom");
      ThrowingRunnable<?> failing = () -> {
        throw boom;
      };
      assertSame(boom, assertThrows(IOException.class, () -> runner.run(failing)));
      assertEquals("x", runner.run(() -> "x"));
    }
  }

  @Test
  @DisplayName(
      "RUN-4: close cancels pending tasks and waits for them, then shuts the executor down, then closes the loop")
  void closeOrder() {
    Runner runner = newRunner();
    EventLoop loop = runner.getLoop();
    runner.run(() -> {
      loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } finally {
          order.expect(2);
          loop.runInExecutor(() -> {
                order.expect(3); // the executor still works
                return null;
              })
              .await();
          assertFalse(loop.isClosed());
          order.expect(4);
        }
      });
      Loops.turns(1);
    });
    order.expect(1);
    runner.close();
    order.finish(5);
    assertTrue(loop.isClosed());
  }

  @Test
  @DisplayName(
      "RUN-4: a task that a cancelled task's callback creates begins before it is cancelled itself")
  void callbackAtClose() {
    Runner runner = newRunner();
    runner.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> left = loop.createTask(() -> Loops.turns(100));
      left.addDoneCallback(done -> loop.createTask(() -> {
        order.expect(1);
        assertThrows(CancelledError.class, loop.createFuture()::await);
        order.expect(2);
      }));
      Loops.turns(1);
    });
    runner.close();
    order.finish(3);
  }

  @Test
  @DisplayName("RUN-4: a task that fails while it is being cancelled is reported")
  void failureAtClose() {
    var reports = new ArrayList<ExceptionContext>();
    var boom = new IOException("boom");
    Runner runner = newRunner();
    runner.getLoop().setExceptionHandler((l, record) -> reports.add(record));
    Task<Void> failing = runner.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } catch (CancelledError cancelled) {
          throw boom;
        }
      });
      loop.createTask(() -> Loops.turns(100)); // cancelled without a report
      Loops.turns(1);
      return task;
    });
    runner.close();
    assertEquals(
        List.of("unhandled exception during run() shutdown"),
        reports.stream().map(ExceptionContext::message).toList());
    assertSame(boom, reports.get(0).exception().orElseThrow());
    assertSame(failing, reports.get(0).task().orElseThrow());
  }

  @Test
  @DisplayName("RUN-4: the loop is closed even if the cleanup throws")
  void closedInAnyCase() {
    Runner runner = newRunner();
    EventLoop loop = runner.getLoop();
    loop.setExceptionHandler((l, record) -> {}); // no code retrieves the task's failure
    runner.run(() -> {
      loop.createTask(() -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        throw new KeyboardInterrupt();
      });
      Loops.turns(1);
    });
    assertThrows(KeyboardInterrupt.class, runner::close);
    assertTrue(loop.isClosed());
  }

  @Test
  @DisplayName("RUN-4: an exception from closing the loop does not hide one from the cleanup")
  void failuresAtCloseTogether() {
    Runner runner = newRunner();
    runner
        .getLoop()
        .setExceptionHandler((l, record) -> {}); // no code retrieves the tasks' failures
    var first = new KeyboardInterrupt();
    var second = new KeyboardInterrupt();
    runner.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.createTask(() -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        assertThrows(CancelledError.class, loop.createFuture()::await); // as the loop is closed
        throw second;
      });
      loop.createTask(() -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        throw first;
      });
      Loops.turns(1);
    });
    assertSame(first, assertThrows(KeyboardInterrupt.class, runner::close));
    assertEquals(List.of(second), List.of(first.getSuppressed()));
  }

  @Test
  @DisplayName("RUN-4: an exception that several tasks throw during the close is thrown unchanged")
  void oneFailureAtCloseTwice() {
    Runner runner = newRunner();
    var fatal = new KeyboardInterrupt();
    runner.run(() -> throwAtClose(fatal));
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, runner::close));
    assertEquals(List.of(), List.of(fatal.getSuppressed()));
  }

  @Test
  @DisplayName(
      "RUN-4: close does not throw again what run has thrown, because a try statement would fail")
  void thrownByRunAlready() {
    var fatal = new KeyboardInterrupt();
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, () -> {
      try (Runner runner = newRunner()) {
        runner.run(() -> {
          throwAtClose(fatal);
          throw fatal;
        });
      }
    }));
    assertEquals(List.of(), List.of(fatal.getSuppressed()));
  }

  /** One task throws it when it is cancelled, another when the loop is closed. */
  private static void throwAtClose(KeyboardInterrupt fatal) {
    EventLoop loop = EventLoop.getRunningLoop();
    loop.setExceptionHandler((l, record) -> {}); // no code retrieves the tasks' failures
    for (int cancellations = 2; cancellations > 0; cancellations--) {
      int count = cancellations;
      loop.createTask(() -> {
        for (int i = 0; i < count; i++) {
          assertThrows(CancelledError.class, loop.createFuture()::await);
        }
        throw fatal;
      });
    }
    Loops.turns(1);
  }

  @Test
  @DisplayName("RUN-5: tasks that cancelled tasks create are cancelled and awaited too")
  void spawnedAtClose() {
    Runner runner = newRunner();
    runner.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } finally {
          order.expect(1);
          loop.createTask(() -> {
            try {
              loop.createFuture().await();
            } finally {
              Loops.turns(1);
              order.expect(2);
            }
          });
          Loops.turns(1);
        }
      });
      Loops.turns(1);
    });
    runner.close();
    order.finish(3);
  }

  @Test
  @DisplayName("RUN-10: a loop is running only inside run()")
  void noLoopOutside() {
    try (Runner runner = newRunner()) {
      assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
      assertSame(runner.getLoop(), runner.run(EventLoop::getRunningLoop));
      assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
    }
  }

  @Test
  @DisplayName("on a virtual thread, run() carries the loop on a platform thread and waits for it")
  void onAVirtualThread() throws InterruptedException {
    Thread caller = Thread.ofVirtual().start(() -> {
      try (Runner runner = newRunner()) {
        Thread runnersThread = Thread.currentThread();
        assertEquals("x", runner.run(() -> {
          Loops.turns(1);
          assertNotEquals(runnersThread, Thread.currentThread());
          return "x";
        }));
        assertThrows(
            IOException.class,
            () -> runner.run((ThrowingRunnable<?>) () -> {
              throw new IOException("boom");
            }));
        order.expect(1);
      }
      order.finish(2);
    });
    caller.join();
    order.checkFinished();
  }

  @Test
  @DisplayName("After a failure of the JVM the close ends, also with a task that does not end")
  void closingHasAnEnd() {
    var fatal = new OutOfMemoryError("made up");
    var runner = new Runner(Loops::newLoop);
    assertSame(
        fatal,
        assertThrows(
            OutOfMemoryError.class,
            () -> runner.run(() -> {
              EventLoop loop = EventLoop.getRunningLoop();
              loop.createTask(() -> {
                while (true) {
                  try {
                    loop.createFuture().await();
                  } catch (CancelledError ignored) {
                    // on purpose
                  }
                }
              });
              Loops.turns(1);
              throw fatal;
            })));
    EventLoop loop = runner.getLoop();
    try (var log = LogCapture.start()) {
      var gaveUp = assertThrows(IllegalStateException.class, runner::close);
      assertSame(fatal, gaveUp.getCause());
      assertSame(fatal, log.events(Level.ERROR).get(0).throwable().orElseThrow(), "shown first");
    }
    assertTrue(loop.isClosed());
  }
}
