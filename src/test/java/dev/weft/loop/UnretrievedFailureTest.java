package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.task.Gather;
import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** FUT-9: a failure that no code has looked at is reported once. */
class UnretrievedFailureTest {

  private final IOException failure = new IOException("nobody looks");
  private final List<ExceptionContext> reports = new CopyOnWriteArrayList<>();
  private final EventLoop loop = Loops.newLoop();

  @BeforeEach
  void capture() {
    loop.setExceptionHandler((l, record) -> reports.add(record));
  }

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName("FUT-9: a failure is reported when the loop is closed, for a future and for a task")
  void atClose() {
    Future<String> future = loop.createFuture();
    loop.runUntilComplete(() -> {
      future.setException(failure);
      loop.createTask(() -> {
        throw failure;
      });
      Loops.turns(2);
    });
    assertEquals(List.of(), reports, "code may still retrieve it");
    loop.close();

    assertEquals(
        List.of("Future exception was never retrieved", "Task exception was never retrieved"),
        reports.stream().map(ExceptionContext::message).toList());
    reports.forEach(report -> assertSame(failure, report.exception().orElseThrow()));
  }

  @Test
  @DisplayName("FUT-9: the report of a task's failure names the task, also in the log")
  void namesTheTask() {
    try (var log = LogCapture.start()) {
      loop.resetExceptionHandler();
      String name = loop.runUntilComplete(() -> {
        Task<Void> task = loop.createTask(() -> {
          throw failure;
        });
        Loops.turns(1);
        return task.getName();
      });
      loop.createFuture().setException(failure);
      loop.close();
      List<String> told =
          log.events(Level.ERROR).stream().map(LogCapture.Event::message).toList();
      String line = System.lineSeparator();
      assertEquals(
          List.of(
              "Task exception was never retrieved" + line + "task_name: " + name,
              "Future exception was never retrieved"),
          told);
    }
  }

  @Test
  @DisplayName("FUT-9: a failure is reported to the log if there is no handler")
  void toTheLog() {
    try (var log = LogCapture.start()) {
      try (EventLoop plain = Loops.newLoop()) {
        plain.createFuture().setException(failure);
      }
      LogCapture.Event event = log.events(Level.ERROR).get(0);
      assertTrue(event.message().contains("never retrieved"), event.message());
      assertSame(failure, event.throwable().orElseThrow());
    }
  }

  @Test
  @DisplayName(
      "FUT-9, EXC-8: a failure is reported on the loop when the future is collected, and not again at close")
  void whenCollected() {
    var inLoop = new AtomicBoolean();
    loop.setExceptionHandler((l, record) -> {
      inLoop.set(EventLoop.getRunningLoop() == loop);
      reports.add(record);
    });
    fail(loop);
    await().pollInSameThread().until(() -> {
      System.gc();
      loop.runUntilComplete(() -> Loops.turns(1));
      return !reports.isEmpty();
    });
    assertTrue(inLoop.get());
    assertSame(failure, reports.get(0).exception().orElseThrow());
    loop.close();
    assertEquals(1, reports.size());
  }

  @Test
  @DisplayName("FUT-9: a future that is collected while its loop does not run is reported at close")
  void collectedWhileStopped() {
    WeakReference<?> future = fail(loop);
    await().pollInSameThread().until(() -> {
      System.gc();
      return future.get() == null;
    });
    awaitCollected();
    assertEquals(List.of(), reports);
    loop.close();
    assertEquals(1, reports.size());
  }

  private WeakReference<?> fail(EventLoop loop) {
    Future<String> future = loop.createFuture();
    future.setException(failure);
    return new WeakReference<>(future);
  }

  /** Returns when all garbage collected before this call is reported. */
  static void awaitCollected() {
    var reported = new CountDownLatch(1);
    failAfterClose(reported);
    await().pollInSameThread().until(() -> {
      System.gc();
      return reported.getCount() == 0;
    });
  }

  private static void failAfterClose(CountDownLatch reported) {
    EventLoop closed = Loops.newLoop();
    closed.setExceptionHandler((l, record) -> reported.countDown());
    closed.close();
    closed.createFuture().setException(new IOException("nobody looks"));
  }

  @Test
  @DisplayName("FUT-9: a failure after the close is reported, also if the loop is dropped")
  void afterClose() {
    awaitCollected();
  }

  @Test
  @DisplayName(
      "FUT-9: a future fails at once; the task that waits for it runs after the callback that fails it")
  void failsAtOnce() throws Exception {
    var stopped = new AtomicBoolean();
    var others = new ArrayList<Thread>();
    for (int i = 0; i < 2; i++) {
      others.add(Thread.ofPlatform().start(() -> {
        try (EventLoop other = Loops.newLoop()) {
          while (!stopped.get()) {
            Future<String> future = other.createFuture();
            future.setException(failure);
            future.exception();
          }
        }
      }));
    }
    try {
      loop.runUntilComplete(() -> {
        for (int i = 0; i < 20_000; i++) {
          var order = new Order();
          Future<String> future = loop.createFuture();
          loop.callSoon(() -> {
            order.expect(1);
            future.setException(failure);
            order.expect(2);
          });
          assertThrows(IOException.class, future::await);
          order.finish(3);
        }
      });
    } finally {
      stopped.set(true);
      for (Thread other : others) {
        other.join();
      }
    }
    loop.close();
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName("FUT-9: result() counts as retrieval")
  void result() {
    assertNotReported(future -> assertThrows(IOException.class, future::result));
  }

  @Test
  @DisplayName("FUT-9: exception() counts as retrieval")
  void exception() {
    assertNotReported(Future::exception);
  }

  @Test
  @DisplayName("FUT-9, FUT-6: cancel() counts as retrieval, though the future is done")
  void cancel() {
    assertNotReported(Future::cancel);
  }

  @Test
  @DisplayName("FUT-9: awaiting counts as retrieval")
  void awaiting() {
    assertNotReported(future -> loop.runUntilComplete(() -> {
      assertThrows(IOException.class, future::await);
    }));
  }

  @Test
  @DisplayName("FUT-9, CANC-5: a failure that a cancellation replaces counts as retrieved")
  void replacedByCancel() {
    loop.runUntilComplete(() -> {
      Future<String> future = loop.createFuture();
      Task<String> task = loop.createTask(future::await);
      Loops.turns(1);
      future.setException(failure);
      task.cancel();
      assertThrows(CancelledError.class, task::await);
    });
    loop.close();
    assertEquals(List.of(), reports);
  }

  @Test
  @DisplayName("FUT-9, GATH-4: gathered futures that fail after the first count as retrieved")
  void siblings() {
    loop.runUntilComplete(() -> {
      Future<String> first = loop.createFuture();
      Future<String> second = loop.createFuture();
      Future<List<String>> both = Gather.of(List.of(first, second));
      first.setException(failure);
      second.setException(new IOException("late"));
      assertSame(failure, assertThrows(IOException.class, both::await));
      Loops.turns(1);
    });
    loop.close();
    assertEquals(List.of(), reports);
  }

  private interface Look {
    void at(Future<String> future);
  }

  private void assertNotReported(Look look) {
    Future<String> future = loop.createFuture();
    future.setException(failure);
    look.at(future);
    loop.close();
    assertEquals(List.of(), reports);
  }
}
