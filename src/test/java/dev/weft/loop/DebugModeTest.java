package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** What a loop reports in debug mode, and what it does not report otherwise. */
class DebugModeTest {

  private static final Duration SLOW = Duration.ofMillis(100);
  private static final Duration FAST = Duration.ofMillis(99);

  private final VirtualClock clock = new VirtualClock();
  private final EventLoop loop = EventLoop.newEventLoop(clock);
  private final List<ExceptionContext> reports = new ArrayList<>();
  private LogCapture log;

  @BeforeEach
  void open() {
    log = LogCapture.start();
    loop.setDebug(true);
  }

  @AfterEach
  void close() {
    loop.close();
    log.close();
  }

  private List<String> warnings() {
    return log.events(Level.WARN).stream().map(LogCapture.Event::message).toList();
  }

  private void run(ThrowingRunnable<?> coroutine) {
    loop.runUntilComplete(coroutine);
  }

  private Runnable taking(Duration time) {
    return () -> clock.advance(time);
  }

  // ---- the switch

  @Test
  @DisplayName(
      "DBG-1: debug mode is off by default; the system property weft.debug counts when the loop is created")
  void property() {
    try (EventLoop usual = Loops.newLoop()) {
      assertFalse(usual.getDebug());
    }
    System.setProperty("weft.debug", "true");
    try (EventLoop debugging = Loops.newLoop()) {
      System.clearProperty("weft.debug");
      assertTrue(debugging.getDebug());
    } finally {
      System.clearProperty("weft.debug");
    }
  }

  @Test
  @DisplayName(
      "RUN-11: a runner sets the loop's debug mode if it has one given, and leaves it alone otherwise")
  void runner() {
    try (Runner on = new Runner(Loops::newLoop, true);
        Runner off = new Runner(DebugModeTest::debugging, false);
        Runner as = new Runner(DebugModeTest::debugging)) {
      assertTrue(on.getLoop().getDebug());
      assertFalse(off.getLoop().getDebug());
      assertTrue(as.getLoop().getDebug());
    }
  }

  private static EventLoop debugging() {
    EventLoop made = Loops.newLoop();
    made.setDebug(true);
    return made;
  }

  @Test
  @DisplayName("DBG-7: the flag can change while the loop runs, for all that runs afterwards")
  void whileRunning() {
    loop.setDebug(false);
    run(() -> {
      loop.callSoon(taking(SLOW));
      Loops.turns(2);
      assertEquals(List.of(), warnings());
      loop.setDebug(true);
      loop.callSoon(taking(SLOW));
      Loops.turns(2);
      assertEquals(1, warnings().size());
    });
  }

  // ---- slow callbacks and steps

  @Test
  @DisplayName("DBG-2: a callback of 100 ms is logged with its handle, a shorter one is not")
  void slowCallback() {
    run(() -> {
      loop.callSoon(taking(FAST));
      Handle slow = loop.callSoon(taking(SLOW));
      Loops.turns(1);
      assertEquals(List.of("Executing " + slow + " took 0.100 seconds"), warnings());
    });
  }

  @Test
  @DisplayName(
      "A listener gets slow callbacks and steps too, and an exception that it throws is reported")
  void slowCallbackListener() {
    var told = new ArrayList<SlowCallback>();
    loop.setSlowCallbackListener(told::add);
    run(() -> {
      Handle slow = loop.callSoon(taking(SLOW));
      Loops.turns(1);
      assertEquals(List.of(new SlowCallback(slow.toString(), SLOW)), told);
      loop.createTask(() -> clock.advance(FAST));
      Task<Void> step = loop.createTask(() -> clock.advance(SLOW.plusMillis(1)));
      Loops.turns(2);
      assertEquals(2, told.size());
      assertEquals(SLOW.plusMillis(1), told.get(1).took());
      assertEquals(true, told.get(1).what().contains(step.getName()));
      loop.setExceptionHandler((source, context) -> reports.add(context));
      loop.setSlowCallbackListener(report -> {
        throw new IllegalStateException("listener");
      });
      loop.callSoon(taking(SLOW));
      Loops.turns(2);
      assertEquals(3, warnings().size());
      assertEquals("listener", reports.get(0).exception().orElseThrow().getMessage());
    });
  }

  @Test
  @DisplayName("DBG-2: the threshold can be set")
  void limit() {
    assertEquals(SLOW, loop.getSlowCallbackDuration());
    loop.setSlowCallbackDuration(FAST);
    assertEquals(FAST, loop.getSlowCallbackDuration());
    run(() -> {
      loop.callSoon(taking(FAST));
      Loops.turns(1);
      assertEquals(1, warnings().size());
    });
  }

  @Test
  @DisplayName(
      "DBG-2: a slow step is logged with its task, whether it ends in an await, a yield or the end of the task")
  void slowSteps() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      loop.createTask(() -> clock.advance(SLOW), TaskOptions.defaults().withName("ending"));
      loop.createTask(
          () -> {
            clock.advance(SLOW);
            Loops.turns(1);
          },
          TaskOptions.defaults().withName("yielding"));
      loop.createTask(
          () -> {
            clock.advance(SLOW);
            future.await();
            clock.advance(FAST); // steps are not added up
          },
          TaskOptions.defaults().withName("awaiting"));
      Loops.turns(2);
      future.setResult(null);
      Loops.turns(3);
      assertEquals(3, warnings().size(), warnings()::toString);
      assertTrue(warnings().get(0).startsWith("Executing Task[ending "), warnings()::toString);
      assertTrue(warnings().get(1).startsWith("Executing Task[yielding "), warnings()::toString);
      assertTrue(warnings().get(2).startsWith("Executing Task[awaiting "), warnings()::toString);
    });
  }

  @Test
  @DisplayName("DBG-2: a slow step that ends in a blocking call of the JDK names its task")
  void slowStepBeforeBlockingCall() {
    run(() -> {
      Task<?> other = loop.createTask(() -> loop.createFuture().await());
      var thread = new Thread[1];
      Task<Void> blocked = loop.createTask(
          () -> {
            thread[0] = Thread.currentThread();
            clock.advance(SLOW);
            LockSupport.park();
          },
          TaskOptions.defaults().withName("parking"));
      Loops.turns(3);
      assertEquals(1, warnings().size(), warnings()::toString);
      assertTrue(
          warnings().get(0).startsWith("Executing a step of [Task[parking "), warnings()::toString);
      LockSupport.unpark(thread[0]);
      blocked.await();
      other.cancel();
    });
  }

  @Test
  @DisplayName("DBG-2: nothing is logged outside debug mode")
  void notOutside() {
    loop.setDebug(false);
    run(() -> {
      loop.callSoon(taking(SLOW));
      clock.advance(SLOW);
      Loops.turns(2);
    });
    assertEquals(List.of(), warnings());
  }

  @Test
  @DisplayName("DBG-2: a toString that fails does no harm")
  void brokenText() {
    run(() -> {
      loop.callSoon(new Runnable() {
        @Override
        public void run() {
          clock.advance(SLOW);
        }

        @Override
        public String toString() {
          throw new IllegalStateException("no text");
        }
      });
      Loops.turns(2);
    });
    assertEquals(1, warnings().size());
  }

  // ---- where things come from

  private void collectReports() {
    loop.setExceptionHandler((l, report) -> reports.add(report));
  }

  @SuppressWarnings("unchecked")
  private static void assertFromHere(Object stack) {
    var frames = (List<StackTraceElement>) stack;
    assertEquals(DebugModeTest.class.getName(), frames.get(0).getClassName(), frames::toString);
    assertTrue(frames.size() <= 10, frames::toString);
  }

  private static void deep(int depth, Runnable code) {
    if (depth == 0) {
      code.run();
    } else {
      deep(depth - 1, code);
    }
  }

  private static void fail() {
    throw new IllegalStateException("boom");
  }

  @Test
  @DisplayName(
      "DBG-4, EXC-7: the report of a failed callback has the place of its registration, in 10 frames")
  void failedCallback() {
    collectReports();
    run(() -> {
      deep(20, () -> loop.callSoon(DebugModeTest::fail));
      deep(20, () -> loop.callLater(Duration.ZERO, DebugModeTest::fail));
      Loops.turns(3);
    });
    assertEquals(2, reports.size());
    for (ExceptionContext report : reports) {
      Object stack = report.asMap().get(ExceptionContext.SOURCE_TRACEBACK);
      assertFromHere(stack);
      assertEquals(10, ((List<?>) stack).size());
    }
  }

  @Test
  @DisplayName(
      "DBG-4: the report of an unretrieved failure has the place where its future was created")
  void unretrieved() {
    collectReports();
    run(() -> {
      Future<Void> future = loop.createFuture();
      future.setException(new IOException("boom"));
      loop.createTask(DebugModeTest::fail);
      Loops.turns(1);
    });
    loop.close();
    assertEquals(2, reports.size());
    reports.forEach(
        report -> assertFromHere(report.asMap().get(ExceptionContext.SOURCE_TRACEBACK)));
  }

  @Test
  @DisplayName(
      "DBG-4: the report of a task that is pending at close has the place where it was created")
  void pending() {
    collectReports();
    run(() -> {
      loop.createTask(() -> loop.createFuture().await());
      Loops.turns(1);
    });
    loop.close();
    assertFromHere(reports.get(0).asMap().get(ExceptionContext.SOURCE_TRACEBACK));
  }

  @Test
  @DisplayName("DBG-4: the texts of handles, futures and tasks have the place of their creation")
  void texts() {
    run(() -> {
      String here = " created at " + DebugModeTest.class.getName();
      Handle handle = loop.callSoon(() -> {});
      for (Object created : List.of(handle, loop.createFuture(), loop.createTask(() -> {}))) {
        assertTrue(created.toString().contains(here), created::toString);
      }
      loop.setDebug(false);
      assertFalse(loop.createFuture().toString().contains("created"));
    });
  }

  @Test
  @DisplayName(
      "EXC-7: a logged report without a stack has the stack of the callback or task that reports")
  void handleTraceback() {
    run(() -> {
      loop.callSoon(() -> loop.callExceptionHandler(ExceptionContext.of("in a callback")));
      loop.createTask(() -> loop.callExceptionHandler(ExceptionContext.of("in a task")));
      loop.callSoon(DebugModeTest::fail);
      Loops.turns(1);
    });
    List<String> errors =
        log.events(Level.ERROR).stream().map(LogCapture.Event::message).toList();
    String nl = System.lineSeparator();
    String from = "Handle created at" + nl + "\tat " + DebugModeTest.class.getName();
    assertTrue(errors.get(0).startsWith("in a callback" + nl + "handle_traceback: " + from));
    assertTrue(errors.get(1).startsWith("in a task" + nl + "handle_traceback: " + from));
    assertTrue(errors.get(2).contains("source_traceback: Object created at" + nl + "\tat "));
    assertFalse(errors.get(2).contains("handle_traceback"), "it has a stack of its own");
  }

  @Test
  @DisplayName("EXC-7: no stacks outside debug mode")
  void noStacks() {
    loop.setDebug(false);
    collectReports();
    run(() -> {
      loop.callSoon(DebugModeTest::fail);
      Loops.turns(1);
    });
    assertEquals(
        Optional.empty(),
        Optional.ofNullable(reports.get(0).asMap().get(ExceptionContext.SOURCE_TRACEBACK)));
  }

  // ---- what must not be logged

  /** A callback whose text contains its arguments. */
  private record Secret(String password) implements Runnable {
    @Override
    public void run() {
      fail();
    }
  }

  @Test
  @DisplayName("DBG-5: arguments of callbacks appear in texts and messages in debug mode only")
  void secrets() {
    for (boolean debug : List.of(true, false)) {
      loop.setDebug(debug);
      reports.clear();
      collectReports();
      run(() -> {
        Handle handle = loop.callSoon(new Secret("xyzzy"));
        assertEquals(debug, handle.toString().contains("xyzzy"), handle::toString);
        Loops.turns(1);
      });
      String message = reports.get(0).message();
      assertEquals(debug, message.contains("xyzzy"), message);
      assertTrue(message.contains("Secret"), message);
    }
  }

  @Test
  @DisplayName("a future is equal only to itself")
  void identity() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      assertEquals(future, future);
      assertFalse(future.equals(loop.createFuture()));
      assertThrows(NullPointerException.class, () -> loop.setSlowCallbackDuration(null));
    });
  }
}
