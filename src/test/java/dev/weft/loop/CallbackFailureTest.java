package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Exceptions in every kind of callback: which the loop contains, and which leave it. */
class CallbackFailureTest {

  private final Order order = new Order();
  private final ScriptedLoop loop = new ScriptedLoop();
  private final List<ExceptionContext> reports = new ArrayList<>();

  @BeforeEach
  void listen() {
    loop.setExceptionHandler((where, record) -> reports.add(record));
  }

  @AfterEach
  void close() {
    loop.close();
  }

  /** The ways in which a callback gets into the ready queue. */
  enum Kind {
    SOON(loop -> loop::callSoon),
    THREADSAFE(loop -> loop::callSoonThreadsafe),
    TIMER(loop -> callback -> loop.callLater(Duration.ZERO, callback)),
    EVENT(loop -> callback -> loop.script.add(() -> loop.event(callback))),
    DONE(loop -> callback -> {
      Future<Void> future = loop.createFuture();
      future.addDoneCallback(done -> callback.run());
      future.setResult(null);
    });

    private final Function<ScriptedLoop, java.util.function.Consumer<Runnable>> way;

    Kind(Function<ScriptedLoop, java.util.function.Consumer<Runnable>> way) {
      this.way = way;
    }

    void register(ScriptedLoop loop, Runnable callback) {
      way.apply(loop).accept(callback);
    }
  }

  private static List<Throwable> contained() {
    return List.of(
        new IllegalStateException("unchecked"),
        new AssertionError("an error"),
        new StackOverflowError("thrown"),
        new LinkageError("no class"),
        new CancelledError("escaped"));
  }

  private static List<Error> fatal() {
    return List.of(new KeyboardInterrupt(), new OutOfMemoryError("not a real one"));
  }

  private static Runnable throwing(Throwable error) {
    return () -> {
      throw Throwables.rethrow(error);
    };
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("LOOP-23: an exception in a callback goes to the handler, and the loop goes on")
  void contained(Kind kind) {
    var failure = new IllegalArgumentException("x");
    kind.register(loop, throwing(failure));
    kind.register(
        loop,
        () -> loop.callSoon(() -> {
          order.expect(1);
          loop.stop();
        }));
    loop.script.add(() -> {}); // a second poll does not block
    loop.runForever();
    order.finish(2);
    assertEquals(1, reports.size(), reports::toString);
    ExceptionContext report = reports.get(0);
    assertSame(failure, report.exception().orElseThrow());
    assertTrue(report.message().startsWith("Exception in callback "), report.message());
    assertTrue(report.handle().isPresent());
  }

  @ParameterizedTest
  @MethodSource("contained")
  @DisplayName("VT-9: all throwables except the fatal ones stay inside, StackOverflowError too")
  void containedThrowables(Throwable error) {
    loop.callSoon(throwing(error));
    loop.callSoon(() -> order.expect(1));
    loop.stop();
    loop.runForever();
    order.finish(2);
    assertSame(error, reports.get(0).exception().orElseThrow());
  }

  @Test
  @DisplayName("VT-9: a real stack overflow in a callback or a task leaves the loop intact")
  void realStackOverflow() {
    loop.callSoon(this::recurseForEver);
    Task<Void> task = loop.createTask(this::recurseForEver);
    loop.callSoon(() -> order.expect(1));
    assertThrows(StackOverflowError.class, () -> loop.runUntilComplete(task));
    order.finish(2);
    assertTrue(reports.get(0).exception().orElseThrow() instanceof StackOverflowError);
  }

  private void recurseForEver() {
    recurseForEver();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("LOOP-23: a fatal exception in any kind of callback leaves runForever")
  void fatalFromEveryKind(Kind kind) {
    var fatal = new KeyboardInterrupt();
    kind.register(loop, throwing(fatal));
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, loop::runForever));
    assertFalse(loop.isRunning());
    assertTrue(reports.isEmpty(), reports::toString);
  }

  @ParameterizedTest
  @MethodSource("fatal")
  @DisplayName("LOOP-23: a fatal exception leaves the rest of the turn queued for the next run")
  void fatalLeavesTheRest(Error fatal) {
    loop.callSoon(() -> order.expect(1));
    loop.callSoon(throwing(fatal));
    loop.callSoon(() -> order.expect(3));
    loop.createTask(() -> order.expect(4));
    loop.callSoon(() -> order.expect(5));
    assertSame(fatal, assertThrows(Error.class, loop::runForever));
    order.expect(2);
    loop.stop();
    loop.runForever();
    order.finish(6);
  }

  @ParameterizedTest
  @MethodSource("fatal")
  @DisplayName("VT-9: a fatal exception of a task is stored in it and leaves the loop at once")
  void fatalInATask(Error fatal) {
    Task<Void> task = loop.createTask(() -> {
      throw fatal;
    });
    loop.callSoon(() -> order.expect(2));
    assertSame(fatal, assertThrows(Error.class, loop::runForever));
    assertSame(fatal, task.exception().orElseThrow());
    order.expect(1);
    loop.stop();
    loop.runForever();
    order.finish(3);
  }

  @Test
  @DisplayName("LOOP-20: a future that failed fatally does not stop the next run")
  void fatalDoesNotStop() {
    var fatal = new KeyboardInterrupt();
    Task<Void> task = loop.createTask(() -> {
      throw fatal;
    });
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, () -> loop.runUntilComplete(task)));
    loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(() -> {
      order.expect(1);
      loop.stop();
    })));
    loop.runForever();
    order.finish(2);
  }

  @Test
  @DisplayName("LOOP-21: the task of runUntilComplete is not reported after it failed fatally")
  void fatalOfTheMainTask() {
    assertThrows(
        KeyboardInterrupt.class,
        () -> loop.runUntilComplete(() -> {
          throw new KeyboardInterrupt();
        }));
    loop.close();
    assertTrue(reports.isEmpty(), reports::toString);
  }

  @Test
  @DisplayName(
      "LOOP-21: the task is not reported either when a fatal failure of other code leaves it pending")
  void fatalBesideTheMainTask() {
    loop.callLater(Duration.ofSeconds(1), throwing(new KeyboardInterrupt()));
    assertThrows(
        KeyboardInterrupt.class,
        () -> loop.runUntilComplete(() -> Task.sleep(Duration.ofSeconds(5))));
    loop.close();
    assertTrue(reports.isEmpty(), reports::toString);
  }

  @Test
  @DisplayName("EXC-9: the cancellation of a task or a future never reaches the handler")
  void cancellationIsNotReported() {
    Task<Void> task = loop.createTask(() -> Task.sleep(Duration.ofDays(1)));
    loop.callSoon(task::cancel);
    loop.createFuture().cancel();
    assertThrows(CancelledError.class, () -> loop.runUntilComplete(task));
    loop.close();
    assertTrue(reports.isEmpty(), reports::toString);
  }

  @Test
  @DisplayName(
      "LOOP-23: callbacks that wait behind a parked one survive a fatal exception, in order")
  void fatalBehindAParkedCallback() {
    var gate = new java.util.concurrent.CountDownLatch(1);
    var fatal = new KeyboardInterrupt();
    loop.callSoon(() -> {
      order.expect(1);
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      order.expect(3);
    });
    loop.callSoon(throwing(fatal));
    loop.callSoon(() -> order.expect(5));
    loop.callSoon(() -> {
      order.expect(6);
      loop.stop();
    });
    loop.createTask(() -> {
      order.expect(2);
      gate.countDown();
    });
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, loop::runForever));
    order.expect(4);
    loop.runForever();
    order.finish(7);
  }
}
