package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a loop may run: which thread carries it, and where it fails. */
class RunTest {

  private final Order order = new Order();

  private static String refused(ThrowingRunnable<?> code) {
    return assertThrows(IllegalStateException.class, code::run).getMessage();
  }

  @Test
  @DisplayName(
      "LOOP-17: a second run on a running loop fails, in a task or a callback, and changes nothing")
  void secondRun() {
    try (EventLoop loop = Loops.newLoop()) {
      Future<Void> never = loop.createFuture();
      loop.callSoon(() -> {
        assertEquals("This event loop is already running", refused(loop::runForever));
        order.expect(1);
      });
      loop.runUntilComplete(() -> {
        assertEquals("This event loop is already running", refused(loop::runForever));
        refused(() -> loop.runUntilComplete(never));
        refused(() -> loop.runUntilComplete(() -> order.expectUnreached()));
        assertEquals(1, loop.allTasks().size(), "tasks");
        assertTrue(loop.isRunning());
        Task.sleep(java.time.Duration.ofSeconds(1));
        order.expect(2);
      });
      assertEquals(0, never.removeDoneCallback(done -> {}));
      never.cancel();
      loop.callSoon(() -> loop.callSoon(() -> loop.callSoon(() -> {
        order.expect(3);
        loop.stop();
      })));
      loop.runForever(); // not stopped by the call that failed
      order.finish(4);
    }
  }

  @Test
  @DisplayName("LOOP-17: a second run from another thread fails")
  void secondRunFromAnotherThread() {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.runUntilComplete(() -> {
        loop.runInExecutor(() -> refused(loop::runForever)).await();
        loop.runInExecutor(() -> refused(() -> loop.runUntilComplete(() -> {}))).await();
        assertTrue(loop.isRunning());
      });
    }
  }

  @Test
  @DisplayName("LOOP-17: a loop cannot run inside another, nor on a virtual thread of another")
  void nestedLoops() {
    try (EventLoop outer = EventLoop.newEventLoop();
        EventLoop inner = EventLoop.newEventLoop()) {
      outer.callSoon(() -> {
        assertTrue(refused(inner::runForever).contains("another loop is running"));
        order.expect(1);
      });
      outer.runUntilComplete(() -> {
        refused(inner::runForever);
        refused(() -> inner.runUntilComplete(() -> order.expectUnreached()));
        var onTheCarrier = new CompletableFuture<String>();
        Thread.startVirtualThread(() -> {
          try {
            onTheCarrier.complete(refused(inner::runForever));
          } catch (Throwable e) {
            onTheCarrier.completeExceptionally(e);
          }
        });
        assertTrue(outer.wrapFuture(onTheCarrier).await().contains("another loop is running"));
        assertFalse(inner.isRunning());
      });
      assertTrue(inner.allTasks().isEmpty());
      inner.runUntilComplete(() -> order.expect(2)); // it is unchanged
      order.finish(3);
    }
  }

  @Test
  @DisplayName("LOOP-17: runUntilComplete rejects the future of another loop, and null")
  void foreignFuture() {
    try (EventLoop loop = Loops.newLoop();
        EventLoop other = Loops.newLoop()) {
      Future<Void> future = other.createFuture();
      assertThrows(IllegalArgumentException.class, () -> loop.runUntilComplete(future));
      Future<Void> none = null;
      var e = assertThrows(NullPointerException.class, () -> loop.runUntilComplete(none));
      assertEquals("future", e.getMessage());
    }
  }

  @Test
  @DisplayName(
      "run on a virtual thread: the loop gets a platform thread of its own; the caller waits")
  void onAVirtualThread() throws Exception {
    var seen = new CompletableFuture<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        EventLoop loop = EventLoop.newEventLoop()) {
      String result = threads
          .submit(() -> loop.runUntilComplete(() -> {
            seen.complete(Thread.currentThread().toString());
            Task.sleep(java.time.Duration.ofMillis(5));
            return "result";
          }))
          .get();
      assertEquals("result", result);
      assertTrue(seen.get().endsWith("@weft-loop"), seen.get());
      var failure = new IllegalArgumentException("thrown inside");
      var thrown = assertThrows(
          java.util.concurrent.ExecutionException.class,
          () -> threads
              .submit(() -> loop.runUntilComplete(() -> {
                throw failure;
              }))
              .get());
      assertSame(failure, thrown.getCause());
    }
  }

  @Test
  @DisplayName(
      "run on a virtual thread: an interrupt of the caller neither ends nor loses the run, and stays set")
  void interruptOfTheVirtualCaller() throws Exception {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      Future<String> future = loop.createFuture();
      var result = new CompletableFuture<String>();
      Thread caller = Thread.startVirtualThread(() ->
          result.complete(loop.runUntilComplete(future) + Thread.currentThread().isInterrupted()));
      await().until(loop::isRunning);
      caller.interrupt();
      loop.callSoonThreadsafe(() -> future.setResult("done "));
      assertEquals("done true", result.get());
    }
  }

  @Test
  @DisplayName("LOOP-28: the running loop is visible only in its callbacks and tasks")
  void runningLoop() {
    assertTrue(
        refused(EventLoop::getRunningLoop).contains(Thread.currentThread().toString()));
    try (EventLoop loop = EventLoop.newEventLoop()) {
      assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
      loop.callSoon(() -> {
        assertSame(loop, EventLoop.getRunningLoop());
        order.expect(1);
      });
      loop.runUntilComplete(() -> {
        assertSame(loop, EventLoop.getRunningLoop());
        loop.runInExecutor(() -> refused(EventLoop::getRunningLoop)).await();
        var inherited = new AtomicReference<EventLoop>();
        Thread child = Thread.startVirtualThread(() -> inherited.set(EventLoop.getRunningLoop()));
        child.join();
        assertSame(loop, inherited.get(), "a virtual thread that a task has started");
      });
      assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
      order.finish(2);
    }
  }

  @Test
  @DisplayName("LOOP-28: two loops on two threads each see their own loop")
  void twoLoops() throws Exception {
    try (EventLoop a = EventLoop.newEventLoop();
        EventLoop b = EventLoop.newEventLoop()) {
      var seenByB = new CompletableFuture<EventLoop>();
      Thread thread = Thread.ofPlatform()
          .start(() -> b.runUntilComplete(() -> {
            seenByB.complete(EventLoop.getRunningLoop());
          }));
      assertSame(a, a.runUntilComplete(() -> EventLoop.getRunningLoop()));
      thread.join();
      assertSame(b, seenByB.get());
    }
  }

  @Test
  @DisplayName("LOOP-34: a new loop is not a current loop and does not run")
  void newLoopIsNotInstalled() {
    try (EventLoop loop = EventLoop.newEventLoop();
        EventLoop other = EventLoop.newEventLoop()) {
      assertNotSame(loop, other);
      assertFalse(loop.isRunning());
      assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
      other.runUntilComplete(() -> {
        EventLoop inside = EventLoop.newEventLoop();
        assertSame(other, EventLoop.getRunningLoop());
        inside.close();
      });
    }
  }

  @Test
  @DisplayName("VT-12: a loop may run on one thread and then on another, with its tasks")
  void movesBetweenThreads() throws Exception {
    try (EventLoop loop = Loops.newLoop()) {
      Future<Void> gate = loop.createFuture();
      Task<String> task = loop.createTask(() -> {
        gate.await();
        return Thread.currentThread().toString();
      });
      loop.stop();
      loop.runForever();
      Thread second = Thread.ofPlatform().name("second-carrier").start(() -> {
        gate.setResult(null);
        loop.runUntilComplete(task);
      });
      second.join();
      assertTrue(task.result().endsWith("@second-carrier"), task.result());
    }
  }

  @Test
  @DisplayName("VT-6: await outside a task fails at once; the message says where and what to do")
  void awaitOutsideATask() {
    try (EventLoop loop = Loops.newLoop()) {
      Future<Void> future = loop.createFuture();
      String onAForeignThread = refused(future::await);
      assertTrue(onAForeignThread.contains(Thread.currentThread().toString()), onAForeignThread);
      assertTrue(onAForeignThread.contains("createTask"), onAForeignThread);
      loop.callSoon(() -> {
        assertTrue(refused(future::await).contains("weft-driver"));
        assertTrue(refused(() -> Task.sleep(java.time.Duration.ZERO)).startsWith("sleep"));
        order.expect(1);
        loop.stop();
      });
      loop.runForever();
      order.finish(2);
    }
  }

  @Test
  @DisplayName(
      "LOOP-12: callSoon, callLater, createTask and completing a future fail on another thread")
  void foreignThread() {
    try (EventLoop loop = EventLoop.newEventLoop()) {
      loop.runUntilComplete(() -> {
        Future<Void> future = loop.createFuture();
        loop.runInExecutor(() -> {
              String message = refused(() -> loop.callSoon(order::expectUnreached));
              assertTrue(message.contains("use callSoonThreadsafe"), message);
              assertTrue(message.contains(Thread.currentThread().toString()), message);
              refused(() -> loop.callLater(java.time.Duration.ZERO, order::expectUnreached));
              refused(() -> loop.callAt(0, order::expectUnreached));
              refused(() -> loop.createTask(order::expectUnreached));
              refused(() -> future.setResult(null));
              refused(() -> future.setException(new Exception()));
              refused(() -> future.cancel());
              return null;
            })
            .await();
        assertFalse(future.done());
        Task.sleep(java.time.Duration.ofMillis(1));
      });
    }
    order.finish(1);
  }
}
