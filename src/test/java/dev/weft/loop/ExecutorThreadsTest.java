package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.testkit.Order;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where blocking code runs, and what it inherits there, for any executor. */
class ExecutorThreadsTest {

  private static final InheritableThreadLocal<String> TENANT = new InheritableThreadLocal<>();

  private final Order order = new Order();
  private final EventLoop loop = EventLoop.newEventLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  private enum Kind {
    VIRTUAL_PER_TASK(loop -> Executors.newVirtualThreadPerTaskExecutor()),
    VIRTUAL_FACTORY(
        loop -> Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())),
    VIRTUAL_POOL(loop -> Executors.newFixedThreadPool(2, Thread.ofVirtual().factory())),
    VIRTUAL_BY_HAND(loop -> code -> Thread.startVirtualThread(code)),
    PLATFORM_POOL(loop -> Executors.newCachedThreadPool()),
    PLATFORM_BY_HAND(loop -> code -> new Thread(code).start()),
    FORK_JOIN(loop -> new ForkJoinPool(2)),
    COMMON(loop -> ForkJoinPool.commonPool()),
    IN_CALLER(loop -> Runnable::run),
    CALLER_RUNS(loop -> {
      var pool = new ThreadPoolExecutor(
          1,
          1,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          new ThreadPoolExecutor.CallerRunsPolicy());
      pool.allowCoreThreadTimeOut(true);
      pool.execute(() -> LockSupport.parkNanos(200_000_000)); // accepts nothing meanwhile
      return pool;
    }),
    A_TASKS_OWN(
        loop -> { // its one thread is on the loop
          var pool = Executors.newFixedThreadPool(1, Thread.ofVirtual().factory());
          pool.execute(() -> {});
          return pool;
        }),
    OF_THE_LOOP(loop -> code -> loop.newThread(code, "").start()),
    CALLBACKS(loop -> loop::callSoonThreadsafe);

    final Function<EventLoop, Executor> factory;

    Kind(Function<EventLoop, Executor> factory) {
      this.factory = factory;
    }
  }

  /** Keeps the thread that it runs on until the loop has gone on. */
  private String block(AtomicBoolean loopHasGoneOn) {
    assertThrows(IllegalStateException.class, EventLoop::getRunningLoop);
    long begin = System.nanoTime();
    while (!loopHasGoneOn.get()) {
      assertTrue(System.nanoTime() - begin < 10_000_000_000L, "the loop stands still");
      Thread.onSpinWait();
    }
    return TENANT.get();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName(
      "runInExecutor, toThread: blocking code never runs on the loop, and inherits nothing from the task, whatever the executor")
  void offTheLoop(Kind kind) {
    loop.runUntilComplete(() -> {
      TENANT.set("a task's");
      var loopHasGoneOn = new AtomicBoolean();
      Executor executor = kind.factory.apply(loop);
      Task.sleep(Duration.ZERO);
      Task.sleep(Duration.ZERO);
      Future<String> future = loop.runInExecutor(executor, () -> block(loopHasGoneOn));
      Task.sleep(Duration.ofMillis(5));
      assertFalse(future.done());
      loopHasGoneOn.set(true);
      String inherited = future.await();
      if (kind != Kind.A_TASKS_OWN) {
        assertNull(inherited);
      }
      if (executor instanceof ExecutorService service) {
        loopHasGoneOn.set(false);
        loop.setDefaultExecutor(service);
        Task<String> task = loop.createTask(() -> Asyncio.toThread(() -> block(loopHasGoneOn)));
        Task.sleep(Duration.ofMillis(5));
        assertFalse(task.done());
        loopHasGoneOn.set(true);
        task.await();
        if (kind != Kind.COMMON) { // which cannot be shut down
          loop.shutdownDefaultExecutor(Duration.ofSeconds(10));
        }
      }
    });
  }

  @Test
  @DisplayName(
      "toThread: the code sees no inheritable thread local, whichever task used the pool first")
  void defaultPoolInheritsNothing() {
    loop.runUntilComplete(() -> {
      var tasks = new ArrayList<Task<String>>();
      for (int i = 0; i < 40; i++) {
        String tenant = "task " + i;
        tasks.add(loop.createTask(() -> {
          TENANT.set(tenant);
          return Asyncio.toThread(TENANT::get);
        }));
      }
      for (Task<String> task : tasks) {
        assertNull(task.await());
      }
    });
  }

  @Test
  @DisplayName(
      "runInExecutor: threads have the context class loader of the thread that created the loop, not the task's")
  void contextClassLoader() throws Exception {
    ClassLoader mine = Thread.currentThread().getContextClassLoader();
    try (var others = new URLClassLoader(new URL[0]);
        var program = new URLClassLoader(new URL[0], mine)) {
      Thread.currentThread().setContextClassLoader(program);
      try (EventLoop own = EventLoop.newEventLoop()) {
        Thread.currentThread().setContextClassLoader(mine);
        own.runUntilComplete(() -> {
          Thread.currentThread().setContextClassLoader(others);
          assertSame(program, own.runInExecutor(ExecutorThreadsTest::loader).await());
          for (Kind kind : List.of(Kind.PLATFORM_BY_HAND, Kind.VIRTUAL_PER_TASK, Kind.IN_CALLER)) {
            assertSame(
                program,
                own.runInExecutor(kind.factory.apply(own), ExecutorThreadsTest::loader)
                    .await());
          }
        });
      } finally {
        Thread.currentThread().setContextClassLoader(mine);
      }
    }
  }

  private static ClassLoader loader() {
    return Thread.currentThread().getContextClassLoader();
  }

  @Test
  @DisplayName(
      "runInExecutor: when it returns the executor has the code, and nothing else ran meanwhile")
  void handedOverAtOnce() {
    loop.runUntilComplete(() -> {
      var pool = Executors.newSingleThreadExecutor();
      var gate = new CountDownLatch(1);
      var first = loop.runInExecutor(pool, () -> gate.await(10, TimeUnit.SECONDS));
      loop.callSoon(() -> order.expect(3));
      loop.createTask(() -> order.expect(4));
      order.expect(1);
      var futures = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 100; i++) {
        int number = i;
        futures.add(loop.runInExecutor(pool, () -> number));
      }
      order.expect(2);
      pool.shutdown(); // it runs the code that it has
      assertThrows(RejectedExecutionException.class, () -> loop.runInExecutor(pool, () -> null));
      assertFalse(first.done());
      gate.countDown();
      for (int i = 0; i < 100; i++) {
        assertEquals(i, futures.get(i).await());
      }
    });
    order.finish(5);
  }

  @Test
  @DisplayName("runInExecutor: an executor gets its code in the order of the calls")
  void inOrder() {
    var seen = new ArrayList<Integer>();
    loop.runUntilComplete(() -> {
      try (var pool = Executors.newSingleThreadExecutor()) {
        Future<Boolean> last = null;
        for (int i = 0; i < 1_000; i++) {
          int number = i;
          last = loop.runInExecutor(pool, () -> seen.add(number));
        }
        last.await();
      }
    });
    for (int i = 0; i < 1_000; i++) {
      assertEquals(i, seen.get(i));
    }
  }

  @Test
  @DisplayName("runInExecutor: it works the same from a callback, and where the caller is pinned")
  void callbacksAndPinnedCallers() {
    loop.runUntilComplete(() -> {
      try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Future<Integer>> inCallback = loop.createFuture();
        loop.callSoon(() -> inCallback.setResult(loop.runInExecutor(pool, () -> 1)));
        assertEquals(1, inCallback.await().await());
        Future<Integer> pinned = Pinned.submit(loop, pool);
        assertEquals(2, pinned.await());
      }
    });
  }

  private static final class Pinned {
    private static EventLoop loop;
    private static Executor executor;

    /** A class initialiser pins. */
    private static final class Initialised {
      static final Future<Integer> FUTURE = loop.runInExecutor(executor, () -> 2);
    }

    static Future<Integer> submit(EventLoop loop, Executor executor) {
      Pinned.loop = loop;
      Pinned.executor = executor;
      return Initialised.FUTURE;
    }
  }

  @Test
  @DisplayName(
      "runInExecutor: an executor that blocks in execute stops neither the loop nor other executors")
  void executorThatBlocks() {
    loop.runUntilComplete(() -> {
      var room = new Semaphore(1);
      try (var pool = Executors.newCachedThreadPool()) {
        Executor bounded = code -> {
          room.acquireUninterruptibly();
          pool.execute(code);
        };
        var gate = new CountDownLatch(1);
        List<Future<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          int number = i;
          futures.add(loop.runInExecutor(bounded, () -> {
            gate.await();
            room.release();
            return number;
          }));
        }
        assertEquals("other", loop.runInExecutor(pool, () -> "other").await());
        gate.countDown();
        for (int i = 0; i < 3; i++) {
          assertEquals(i, futures.get(i).await());
        }
      }
    });
  }

  @Test
  @DisplayName(
      "runInExecutor: an executor that waits for the loop and then rejects fails the future")
  void executorThatNeedsTheLoop() {
    loop.runUntilComplete(() -> {
      Executor executor = code -> {
        loop.runCoroutineThreadsafe(() -> null).join();
        throw new RejectedExecutionException("full");
      };
      Future<Integer> future = loop.runInExecutor(executor, () -> 1);
      var error = assertThrows(RejectedExecutionException.class, future::await);
      assertEquals("full", error.getMessage());
    });
  }

  @Test
  @DisplayName(
      "runInExecutor: an executor that runs code in its caller runs one after the other, each on a new thread")
  void inCaller() {
    var threads = new ArrayList<Thread>();
    loop.runUntilComplete(() -> {
      Executor executor = Runnable::run;
      List<Future<Boolean>> futures = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        futures.add(loop.runInExecutor(executor, () -> {
          assertNull(TENANT.get());
          TENANT.set("left behind");
          return threads.add(Thread.currentThread());
        }));
      }
      for (var future : futures) {
        future.await();
      }
    });
    assertEquals(5, threads.size());
    assertNotSame(threads.get(0), threads.get(1));
  }

  @Test
  @DisplayName(
      "EXEC-3: cancelling prevents code from starting that an executor has not accepted yet")
  void cancelBeforeItIsGiven() throws Exception {
    var queue = new ArrayBlockingQueue<Runnable>(1);
    queue.add(() -> {});
    var put = new CountDownLatch(1);
    Executor executor = code -> {
      try {
        queue.put(code);
        put.countDown();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
    loop.runUntilComplete(() -> {
      Future<Void> future = loop.runInExecutor(executor, () -> {
        order.expectUnreached();
        return null;
      });
      assertTrue(future.cancel());
      Task.sleep(Duration.ofMillis(1));
    });
    queue.take();
    put.await();
    queue.take().run();
    order.finish(1);
  }

  @Test
  @DisplayName("code that may run on the loop runs there each time, however soon the next arrives")
  void inCallerAgain() {
    Executor lingering = code -> {
      code.run();
      for (long begin = System.nanoTime(); System.nanoTime() - begin < 2_000_000; ) {
        Thread.onSpinWait(); // the executor has not returned yet
      }
    };
    loop.runUntilComplete(() -> {
      for (int i = 0; i < 20; i++) {
        var base = (BaseEventLoop) loop;
        assertTrue(base.runInExecutorOrHere(lingering, base::isOnLoop).await(), "time " + i);
      }
    });
  }
}
