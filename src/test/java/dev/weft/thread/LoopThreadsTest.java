package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Threads of a loop for code that does not know loops. */
class LoopThreadsTest {

  private final Order order = new Order();

  @Test
  @DisplayName("a thread runs on the loop, as a task, in the order in which it was started")
  void runsOnTheLoop() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var factory = LoopThreads.factory(loop, "worker-");
      loop.callSoon(() -> order.expect(1));
      Thread thread = factory.newThread(() -> {
        assertSame(loop, EventLoop.getRunningLoop());
        assertEquals("worker-0", Thread.currentThread().getName());
        Task<?> task = Task.current().orElseThrow();
        assertEquals("worker-0", task.getName());
        assertTrue(loop.allTasks().contains(task));
        order.expect(2);
        Task.sleep(Duration.ZERO);
        order.expect(4);
      });
      assertEquals(Thread.State.NEW, thread.getState());
      thread.start();
      loop.callSoon(() -> order.expect(3));
      thread.join();
      order.finish(5);
      assertEquals(1, loop.allTasks().size(), "a thread that has ended is not a task");
      assertEquals("worker-1", factory.newThread(() -> {}).getName());
      String unnamed = LoopThreads.factory(loop).newThread(() -> {}).getName();
      assertTrue(unnamed.matches("Task-[1-9][0-9]*"), unnamed);
    });
    order.checkFinished();
  }

  @Test
  @DisplayName("while a thread blocks in a call of the JDK, the others continue")
  void blockingCallsPark() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var latch = new CountDownLatch(1);
      Thread waiting = LoopThreads.factory(loop).newThread(() -> {
        order.expect(1);
        assertTrue(interruptibly(latch::await));
        order.expect(3);
      });
      waiting.start();
      Loops.turns(1);
      order.expect(2);
      latch.countDown();
      waiting.join();
      order.finish(4);
    });
    order.checkFinished();
  }

  @Test
  @DisplayName(
      "interrupting a thread cancels its await; cancelling its task interrupts its blocking call")
  void interruptIsCancel() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> never = loop.createFuture();
      Thread awaiting = LoopThreads.factory(loop).newThread(never::await);
      var latch = new CountDownLatch(1);
      var blockedTask = new AtomicReference<Task<?>>();
      Thread blocked = LoopThreads.factory(loop).newThread(() -> {
        blockedTask.set(Task.current().orElseThrow());
        assertFalse(interruptibly(latch::await));
      });
      awaiting.start();
      blocked.start();
      Loops.turns(1);
      awaiting.interrupt();
      blockedTask.get().cancel();
      awaiting.join();
      blocked.join();
      assertTrue(never.cancelled());
    });
  }

  @Test
  @DisplayName(
      "an exception of a thread goes to the exception handler at once, with the thread's name")
  void uncaughtException() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var records = new ArrayList<ExceptionContext>();
      loop.setExceptionHandler((where, record) -> records.add(record));
      var failure = new IllegalArgumentException("of the thread");
      Thread thread = LoopThreads.factory(loop, "bad-").newThread(() -> {
        throw failure;
      });
      thread.start();
      thread.join();
      assertEquals(1, records.size());
      assertEquals("Uncaught exception in thread bad-0", records.get(0).message());
      assertSame(failure, records.get(0).exception().orElseThrow());
    });
  }

  @Test
  @DisplayName("any thread may create and start threads")
  void startedFromOutside() throws Exception {
    var ran = new CompletableFuture<EventLoop>();
    try (EventLoop loop = EventLoop.newEventLoop()) {
      Thread outside = Thread.ofPlatform().start(() -> {
        Thread thread = LoopThreads.factory(loop).newThread(() -> {
          ran.complete(EventLoop.getRunningLoop());
          loop.stop();
        });
        thread.start();
      });
      loop.runForever();
      outside.join();
      assertSame(loop, ran.getNow(null));
    }
  }

  @Test
  @DisplayName("the executor delivers results, and failures to the submitter")
  void executor() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      try (ExecutorService executor = LoopThreads.executor(loop)) {
        assertSame(loop, executor.submit(EventLoop::getRunningLoop).get());
        var failure = new IllegalArgumentException();
        var failed = executor.submit(() -> {
          throw failure;
        });
        var thrown = assertThrows(java.util.concurrent.ExecutionException.class, failed::get);
        assertSame(failure, thrown.getCause());
      }
    });
  }

  @Test
  @DisplayName(
      "shutdown lets threads end and rejects new ones, shutdownNow interrupts them, and awaitTermination waits for them")
  void shutdown() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      ExecutorService executor = LoopThreads.executor(loop, "s-");
      var latch = new CountDownLatch(1);
      var letGo = executor.submit(() -> interruptibly(latch::await));
      executor.shutdown();
      assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
      assertFalse(executor.isTerminated());
      latch.countDown();
      assertTrue(executor.awaitTermination(1, TimeUnit.DAYS));
      assertTrue(letGo.get());

      ExecutorService other = LoopThreads.executor(loop);
      var interrupted = other.submit(() -> interruptibly(new CountDownLatch(1)::await));
      Loops.turns(1);
      other.shutdownNow();
      assertTrue(other.awaitTermination(1, TimeUnit.DAYS));
      assertFalse(interrupted.get());
    });
  }

  @Test
  @DisplayName("on a closed loop the factory creates no threads, and the executor rejects tasks")
  void closedLoop() {
    EventLoop loop = Loops.newLoop();
    ExecutorService executor = LoopThreads.executor(loop);
    var factory = LoopThreads.factory(loop);
    loop.close();
    assertNull(factory.newThread(() -> {}));
    assertThrows(RejectedExecutionException.class, () -> executor.execute(() -> {}));
    assertThrows(IllegalStateException.class, () -> loop.newThread(() -> {}, ""));
    executor.shutdown();
    assertTrue(executor.isTerminated());
  }

  @Test
  @DisplayName("closing a loop interrupts its threads and waits until they end")
  void closingInterrupts() throws Exception {
    EventLoop loop = Loops.newLoop();
    loop.setExceptionHandler((where, record) -> {});
    ExecutorService executor = LoopThreads.executor(loop);
    var interrupted = new CompletableFuture<Boolean>();
    executor.execute(() -> interrupted.complete(!interruptibly(new CountDownLatch(1)::await)));
    loop.stop();
    loop.runForever();
    loop.close();
    assertTrue(interrupted.getNow(false));
    executor.shutdown();
    assertTrue(executor.isTerminated());
  }

  @Test
  @DisplayName(
      "a thread that has not begun when its loop is closed starts interrupted, so no thread waits for ever")
  void notBegunWhenClosed() throws Exception {
    EventLoop loop = Loops.newLoop();
    Thread late = loop.newThread(() -> {}, "late");
    ExecutorService executor = LoopThreads.executor(loop);
    var seen = executor.submit(() -> Thread.currentThread().isInterrupted());
    loop.close();
    assertTrue(seen.get());
    late.start();
    late.join();
    executor.shutdown();
    assertTrue(executor.awaitTermination(1, TimeUnit.DAYS));
  }

  @Test
  @DisplayName("null is an error with the parameter's name")
  void nulls() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var calls = List.<Runnable>of(
          () -> LoopThreads.factory(null),
          () -> LoopThreads.factory(null, ""),
          () -> LoopThreads.factory(loop, null),
          () -> LoopThreads.factory(loop).newThread(null));
      for (Runnable call : calls) {
        assertInstanceOf(
            String.class, assertThrows(NullPointerException.class, call::run).getMessage());
      }
    });
  }

  /** Code that may be interrupted. */
  private interface Blocking {
    void run() throws InterruptedException;
  }

  /** Runs the code. Returns false if it was interrupted. */
  private static boolean interruptibly(Blocking call) {
    try {
      call.run();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
