package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.LogCapture;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

/** The end of a loop without tasks, and the calls that it rejects afterwards. */
class CloseTest {

  private final Order order = new Order();

  private static void refused(ThrowingRunnable<?> code) {
    var e = assertThrows(IllegalStateException.class, code::run);
    assertEquals("Event loop is closed", e.getMessage());
  }

  @Test
  @DisplayName("LOOP-24: close on a running loop fails, and the loop goes on")
  void closeWhileRunning() {
    try (EventLoop loop = Loops.newLoop()) {
      loop.callSoon(() -> {
        assertThrows(IllegalStateException.class, loop::close);
        order.expect(1);
      });
      loop.runUntilComplete(() -> {
        var e = assertThrows(IllegalStateException.class, loop::close);
        assertEquals("Cannot close a running event loop", e.getMessage());
        assertFalse(loop.isClosed());
        Task.sleep(Duration.ofSeconds(1));
        order.expect(2);
      });
      order.finish(3);
    }
  }

  @Test
  @DisplayName(
      "LOOP-24: close may be repeated and releases once; queued callbacks and timers never run")
  void closeDiscards() {
    var loop = new ScriptedLoop();
    loop.callSoon(order::expectUnreached);
    loop.callSoonThreadsafe(order::expectUnreached);
    loop.callLater(Duration.ZERO, order::expectUnreached);
    loop.close();
    assertTrue(loop.isClosed());
    assertTrue(loop.released);
    loop.released = false;
    loop.close();
    assertFalse(loop.released);
    order.finish(1);
  }

  @Test
  @DisplayName("LOOP-24: close cancels the handles of all ready entries")
  void closeCancelsHandles() {
    EventLoop loop = Loops.newLoop();
    var never = new Semaphore(0);
    loop.callSoon(() -> assertThrows(InterruptedException.class, never::acquire));
    Handle behindParked = loop.callSoon(order::expectUnreached);
    loop.createTask(() -> {
      Loops.turns(2);
      throw new KeyboardInterrupt(); // otherwise a loop does not end before a parked callback ends
    });
    assertThrows(KeyboardInterrupt.class, loop::runForever);
    Handle soon = loop.callSoon(order::expectUnreached);
    Handle threadsafe = loop.callSoonThreadsafe(order::expectUnreached);
    assertFalse(behindParked.cancelled() || soon.cancelled() || threadsafe.cancelled());
    loop.close();
    assertTrue(behindParked.cancelled(), "behind a parked callback");
    assertTrue(soon.cancelled(), "by callSoon");
    assertTrue(threadsafe.cancelled(), "by callSoonThreadsafe");
    order.finish(1);
  }

  @Test
  @DisplayName("LOOP-24: callbacks that a fatal exception left queued do not run at close")
  void closeAfterAFatalThrowable() {
    var loop = new ScriptedLoop();
    loop.callSoon(() -> {
      throw new KeyboardInterrupt();
    });
    loop.callSoon(order::expectUnreached);
    assertThrows(KeyboardInterrupt.class, loop::runForever);
    loop.close();
    order.finish(1);
  }

  @Test
  @DisplayName("LOOP-24: close shuts the default executor down and does not wait for it")
  void closeShutsTheExecutorDown() {
    EventLoop loop = Loops.newLoop();
    var pool = Executors.newSingleThreadExecutor();
    var gate = new CompletableFuture<Void>();
    loop.setDefaultExecutor(pool);
    loop.runInExecutor(gate::join);
    loop.close();
    assertTrue(pool.isShutdown());
    assertFalse(pool.isTerminated());
    gate.complete(null);
    await().until(pool::isTerminated);
  }

  @Test
  @DisplayName("LOOP-25: a closed loop rejects callbacks, timers, tasks, runs and executor calls")
  void closedLoopRefuses() {
    EventLoop loop = Loops.newLoop();
    loop.close();
    refused(() -> loop.callSoon(order::expectUnreached));
    refused(() -> loop.callSoonThreadsafe(order::expectUnreached));
    refused(() -> loop.callLater(Duration.ZERO, order::expectUnreached));
    refused(() -> loop.callAt(0, order::expectUnreached));
    refused(() -> loop.createTask(order::expectUnreached));
    refused(() -> loop.runInExecutor(() -> null));
    refused(() -> loop.runInExecutor(Runnable::run, () -> null));
    refused(() -> loop.runCoroutineThreadsafe(() -> null));
    refused(() -> loop.wrapFuture(new CompletableFuture<>()));
    refused(loop::runForever);
    refused(() -> loop.runUntilComplete(order::expectUnreached));
    refused(() -> loop.runUntilComplete(loop.createFuture()));
    assertFalse(loop.isRunning());
    order.finish(1);
  }

  @Test
  @DisplayName(
      "LOOP-24: a loop may be closed from a task of another loop, or from a virtual thread")
  void closeFromElsewhere() throws Exception {
    EventLoop inner = Loops.newLoop();
    Task<Void> pending = inner.createTask(() -> Task.sleep(Duration.ofDays(1)));
    inner.setExceptionHandler((loop, record) -> {});
    Loops.run(inner::close);
    assertTrue(inner.isClosed());
    assertTrue(pending.cancelled());
    EventLoop other = Loops.newLoop();
    Thread.startVirtualThread(other::close).join();
    assertTrue(other.isClosed());
  }

  @Test
  @DisplayName("FUT-9: failures that no code has looked at are reported at close")
  void unseenFailures() {
    EventLoop loop = Loops.newLoop();
    var reports = new ArrayList<ExceptionContext>();
    loop.setExceptionHandler((where, record) -> reports.add(record));
    var failure = new IllegalStateException("unseen");
    Future<Void> future = loop.createFuture();
    future.setException(failure);
    Future<Void> seen = loop.createFuture();
    seen.setException(new IllegalStateException("seen"));
    seen.exception();
    loop.close();
    assertEquals(1, reports.size(), reports::toString);
    assertSame(failure, reports.get(0).exception().orElseThrow());
  }

  @Test
  @DisplayName("EXC-5: a fatal exception of the handler leaves close after all is released")
  void fatalHandler() {
    var loop = new ScriptedLoop();
    var fatal = new KeyboardInterrupt();
    loop.setExceptionHandler((where, record) -> {
      throw fatal;
    });
    Task<Void> pending = loop.createTask(() -> Task.sleep(Duration.ofDays(1)));
    assertSame(fatal, assertThrows(KeyboardInterrupt.class, loop::close));
    assertTrue(loop.isClosed());
    assertTrue(loop.released);
    assertTrue(pending.cancelled());
    assertDoesNotThrow(loop::close);
  }

  @Test
  @DisplayName("LOOP-26: an unclosed loop that is collected warns; a closed one does not")
  void collectedUnclosed() {
    try (var log = LogCapture.start()) {
      EventLoop.newEventLoop().close();
      String forgotten = EventLoop.newEventLoop().toString();
      await().until(() -> {
        System.gc();
        return !log.events(Level.WARN).isEmpty();
      });
      List<LogCapture.Event> warnings = log.events(Level.WARN);
      assertEquals(1, warnings.size(), warnings::toString);
      assertEquals("unclosed event loop " + forgotten, warnings.get(0).message());
    }
  }
}
