package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** Which errors the exception handler gets, and what becomes of its own errors. */
class ExceptionHandlerTest {

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();
  private final LogCapture log = LogCapture.start();

  @AfterEach
  void close() {
    loop.close();
    log.close();
  }

  private void runOneTurn() {
    loop.stop();
    loop.runForever();
  }

  private LogCapture.Event onlyError() {
    List<LogCapture.Event> errors = log.events(Level.ERROR);
    assertEquals(1, errors.size(), errors::toString);
    return errors.get(0);
  }

  @Test
  @DisplayName(
      "EXC-1: the handler gets failures of callbacks, unretrieved tasks, generators and tasks pending at close")
  void occasions() {
    var messages = new ArrayList<String>();
    ExceptionHandler handler = (where, record) -> messages.add(record.message());
    var generator = AsyncGenerator.<String>of(out -> {
      try {
        out.yield("x");
      } catch (GeneratorExit closed) {
        throw new IOException("of the generator");
      }
    });
    try (Runner runner = new Runner(Loops::newLoop)) {
      EventLoop running = runner.getLoop();
      running.setExceptionHandler(handler);
      runner.run(() -> {
        running.callSoon(() -> {
          throw new IllegalStateException("of the callback");
        });
        running.createTask(() -> {
          assertThrows(CancelledError.class, running.createFuture()::await);
          throw new IOException("of the task");
        });
        generator.next();
      });
    }
    EventLoop closing = Loops.newLoop();
    closing.setExceptionHandler(handler);
    closing.createTask(() -> closing.createFuture().await());
    closing.close();
    assertTrue(messages.get(0).startsWith("Exception in callback "), messages::toString);
    assertEquals(
        List.of(
            "unhandled exception during run() shutdown",
            "an error occurred during closing of an asynchronous generator",
            "Task was destroyed but it is pending!"),
        messages.subList(1, messages.size()));
  }

  @Test
  @DisplayName(
      "EXC-2: the default is an ERROR: the message, then the other keys in order, then the stack trace")
  void defaultHandler() {
    var failure = new IllegalStateException("x");
    loop.callExceptionHandler(ExceptionContext.of("it happened")
        .withException(failure)
        .with("zebra", 1)
        .with("apple", 2)
        .with("mango", 3));
    LogCapture.Event error = onlyError();
    String line = System.lineSeparator();
    assertEquals(
        "it happened" + line + "apple: 2" + line + "mango: 3" + line + "zebra: 1", error.message());
    assertSame(failure, error.throwable().orElseThrow());
  }

  @Test
  @DisplayName("EXC-2: a value with braces is logged unchanged")
  void bracesAreNoPlaceholders() {
    loop.callExceptionHandler(ExceptionContext.of("a {} b").with("c", "{}"));
    assertEquals("a {} b" + System.lineSeparator() + "c: {}", onlyError().message());
  }

  @Test
  @DisplayName("EXC-6: a handler replaces the default one until it is reset; null is an error")
  void replaceAndReset() {
    assertEquals(Optional.empty(), loop.getExceptionHandler());
    var seen = new ArrayList<ExceptionContext>();
    ExceptionHandler handler = (where, record) -> {
      assertSame(loop, where);
      seen.add(record);
    };
    loop.setExceptionHandler(handler);
    assertSame(handler, loop.getExceptionHandler().orElseThrow());
    var e = assertThrows(NullPointerException.class, () -> loop.setExceptionHandler(null));
    assertEquals("handler", e.getMessage());
    var record = ExceptionContext.of("m");
    loop.callExceptionHandler(record);
    assertEquals(List.of(record), seen);
    assertTrue(log.events(Level.ERROR).isEmpty());
    loop.resetExceptionHandler();
    assertEquals(Optional.empty(), loop.getExceptionHandler());
    loop.callExceptionHandler(record);
    assertEquals(1, seen.size());
    assertEquals("m", onlyError().message());
  }

  @Test
  @DisplayName(
      "EXC-3: a handler that throws is reported by the default one, with the record that it got")
  void handlerThrows() {
    var failure = new IllegalStateException("in the handler");
    loop.setExceptionHandler((where, record) -> {
      throw failure;
    });
    loop.callSoon(() -> {
      throw new IllegalArgumentException("in the callback");
    });
    loop.callSoon(() -> order.expect(1));
    runOneTurn();
    order.finish(2);
    LogCapture.Event error = onlyError();
    assertTrue(error.message().startsWith("Unhandled error in exception handler"), error.message());
    assertTrue(error.message().contains("context: "), error.message());
    assertTrue(error.message().contains("in the callback"), error.message());
    assertSame(failure, error.throwable().orElseThrow());
  }

  @Test
  @DisplayName("EXC-3: a checked exception from the handler is treated in the same way")
  void handlerThrowsChecked() {
    var failure = new java.io.IOException("checked");
    loop.setExceptionHandler((where, record) -> {
      throw Throwables.rethrow(failure);
    });
    loop.callExceptionHandler(ExceptionContext.of("m"));
    assertSame(failure, onlyError().throwable().orElseThrow());
  }

  @Test
  @DisplayName("EXC-3: if the default handler throws too, the loop goes on and a log line remains")
  void defaultHandlerThrows() {
    var failure = new IllegalStateException("toString");
    var unprintable = new Object() {
      @Override
      public String toString() {
        throw failure;
      }
    };
    loop.callSoon(
        () -> loop.callExceptionHandler(ExceptionContext.of("m").with("key", unprintable)));
    loop.callSoon(() -> order.expect(1));
    runOneTurn();
    order.finish(2);
    LogCapture.Event error = onlyError();
    assertTrue(error.message().contains("default exception handler"), error.message());
    assertSame(failure, error.throwable().orElseThrow());
  }

  @Test
  @DisplayName("EXC-4: the handler runs in the context of the task, else of the handle")
  void runsInTheContext() {
    ContextVar<String> variable = new ContextVar<>("variable", "unset");
    var seen = new ArrayList<String>();
    loop.setExceptionHandler((where, record) -> seen.add(variable.get()));
    loop.callSoon(() -> {
      variable.set("callback");
      throw new IllegalStateException();
    });
    Task<Void> task = loop.createTask(() -> {
      variable.set("task");
      Task.sleep(Duration.ofSeconds(1));
    });
    runOneTurn();
    loop.callExceptionHandler(ExceptionContext.of("m").with(ExceptionContext.TASK, task));
    loop.callExceptionHandler(ExceptionContext.of("m").with(ExceptionContext.FUTURE, task));
    loop.callExceptionHandler(ExceptionContext.of("m"));
    assertEquals(List.of("callback", "task", "task", "unset"), seen);
    task.cancel();
    runOneTurn();
  }

  @Test
  @DisplayName("EXC-5: a fatal exception of the handler leaves the loop, which can run again")
  void fatalFromTheHandler() {
    var fatal = new KeyboardInterrupt();
    loop.setExceptionHandler((where, record) -> {
      throw fatal;
    });
    loop.callSoon(() -> {
      throw new IllegalStateException();
    });
    loop.callSoon(() -> order.expect(2));
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, loop::runForever));
    order.expect(1);
    runOneTurn();
    order.finish(3);
  }

  @Test
  @DisplayName("EXC-5: a fatal exception of the handler reaches the caller of callExceptionHandler")
  void fatalToTheCaller() {
    var fatal = new OutOfMemoryError("not a real one");
    loop.setExceptionHandler((where, record) -> {
      throw fatal;
    });
    assertSame(
        fatal,
        assertThrows(
            OutOfMemoryError.class, () -> loop.callExceptionHandler(ExceptionContext.of("m"))));
  }

  @Test
  @DisplayName(
      "J6: handlers of callback failures run on a virtual thread of the loop, never on its carrier")
  void handlersRunOnTheDriver() {
    var threads = new ArrayList<Thread>();
    loop.setExceptionHandler((where, record) -> threads.add(Thread.currentThread()));
    loop.callSoon(() -> {
      throw new IllegalStateException();
    });
    runOneTurn();
    assertEquals(1, threads.size());
    assertTrue(threads.get(0).isVirtual());
  }

  @Test
  @DisplayName("EXC-8: a failure that the garbage collector finds is reported on the loop")
  void reportedOnTheLoop() {
    var seen = new CopyOnWriteArrayList<String>();
    try (EventLoop real = EventLoop.newEventLoop()) {
      real.setExceptionHandler((where, record) ->
          seen.add(record.message() + " " + (real == EventLoop.getRunningLoop())));
      var gone = failUnseen(real);
      real.runUntilComplete(() -> {
        while (seen.isEmpty()) {
          System.gc();
          Task.sleep(Duration.ofMillis(5));
        }
      });
      assertEquals(null, gone.get());
    }
    assertEquals(List.of("Future exception was never retrieved true"), seen);
  }

  @Test
  @DisplayName(
      "EXC-8: a failure that the garbage collector finds while the loop is stopped is reported at close")
  void reportedAtClose() throws Exception {
    var seen = new CopyOnWriteArrayList<Throwable>();
    EventLoop real = EventLoop.newEventLoop();
    real.setExceptionHandler((where, record) -> seen.add(record.exception().orElseThrow()));
    var gone = failUnseen(real);
    await().until(() -> {
      System.gc();
      return gone.get() == null;
    });
    UnretrievedFailureTest.awaitCollected();
    real.close();
    assertEquals(1, seen.size(), seen::toString);
    assertFalse(real.isRunning());
  }

  private static WeakReference<Future<Void>> failUnseen(EventLoop loop) {
    Future<Void> future = loop.createFuture();
    future.setException(new IllegalStateException("unseen"));
    return new WeakReference<>(future);
  }
}
