package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls of the JDK that block, made by a task: they park that task alone, and to cancel the task is to interrupt them.
 * What comes of an interrupt that is swallowed or asserted again is {@code CancelBlockingCallTest}'s subject.
 */
class BlockingCallsTest {

  private static final boolean MONITORS_PIN = Runtime.version().feature() < 24;

  /** One call that blocks. Made anew, on the loop, for each test. */
  private interface Call {

    /** The call. */
    void block() throws Exception;

    /** Lets it return. Does not wait for anything. */
    void release() throws Exception;

    /** What it used is no longer needed. */
    default void close() throws Exception {}
  }

  /**
   * A call by its name.
   *
   * @param byMonitor whether it waits for a monitor, which before JDK 24 blocks the carrier
   */
  private record Case(String name, boolean byMonitor, Callable<Call> call) {
    Case(String name, Callable<Call> call) {
      this(name, false, call);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private interface Code {
    void run() throws Exception;
  }

  private static Call call(Code block, Code release) {
    return new Call() {
      @Override
      public void block() throws Exception {
        block.run();
      }

      @Override
      public void release() throws Exception {
        release.run();
      }
    };
  }

  static Stream<Case> calls() {
    Stream<Case> all = Stream.of(
        new Case("Object.wait", true, BlockingCallsTest::monitor),
        new Case("LinkedBlockingQueue.take", () -> {
          var queue = new LinkedBlockingQueue<Integer>();
          return call(queue::take, () -> queue.add(1));
        }),
        new Case("ArrayBlockingQueue.put", () -> {
          var queue = new ArrayBlockingQueue<Integer>(1);
          queue.add(1);
          return call(() -> queue.put(2), queue::poll);
        }),
        new Case("SynchronousQueue.put", () -> {
          var queue = new SynchronousQueue<Integer>();
          return call(() -> queue.put(1), queue::poll);
        }),
        new Case("Exchanger.exchange", () -> {
          var exchanger = new Exchanger<Integer>();
          return call(() -> exchanger.exchange(1), () -> exchanger.exchange(2));
        }),
        new Case("CyclicBarrier.await", () -> {
          var barrier = new CyclicBarrier(2);
          return call(barrier::await, barrier::await);
        }),
        new Case("ReentrantLock.lockInterruptibly", () -> {
          var lock = new ReentrantLock();
          lock.lock();
          return call(lock::lockInterruptibly, lock::unlock);
        }),
        new Case("Condition.await", BlockingCallsTest::condition),
        new Case("Semaphore.acquire", () -> {
          var semaphore = new Semaphore(0);
          return call(semaphore::acquire, semaphore::release);
        }),
        new Case("CountDownLatch.await", () -> {
          var latch = new CountDownLatch(1);
          return call(latch::await, latch::countDown);
        }),
        new Case("Thread.join of a platform thread", true, () -> {
          var latch = new CountDownLatch(1);
          Thread other = Thread.ofPlatform().start(() -> awaitUninterruptibly(latch));
          return call(other::join, latch::countDown);
        }),
        new Case("Thread.join of a thread of the loop", () -> {
          var latch = new CountDownLatch(1);
          Thread other = LoopThreads.factory(EventLoop.getRunningLoop())
              .newThread(() -> awaitUninterruptibly(latch));
          other.start();
          return call(other::join, latch::countDown);
        }),
        new Case("CompletableFuture.get", () -> {
          var future = new CompletableFuture<Integer>();
          return call(future::get, () -> future.complete(1));
        }),
        new Case("FutureTask.get", () -> {
          var future = new FutureTask<Integer>(() -> 1);
          return call(future::get, future::run);
        }),
        new Case("Process.waitFor", BlockingCallsTest::process),
        new Case("ServerSocket.accept", BlockingCallsTest::accepting),
        new Case("Socket.read", BlockingCallsTest::reading),
        new Case("HttpClient.send", BlockingCallsTest::sending));
    return all.filter(one -> !one.byMonitor || !MONITORS_PIN);
  }

  private static Call monitor() {
    var monitor = new Object();
    return call(
        () -> {
          synchronized (monitor) {
            monitor.wait();
          }
        },
        () -> {
          synchronized (monitor) {
            monitor.notifyAll();
          }
        });
  }

  private static Call condition() {
    var lock = new ReentrantLock();
    var condition = lock.newCondition();
    return call(
        () -> {
          lock.lockInterruptibly();
          try {
            condition.await();
          } finally {
            lock.unlock();
          }
        },
        () -> {
          lock.lock();
          condition.signal();
          lock.unlock();
        });
  }

  private static Call process() throws IOException {
    Process cat = new ProcessBuilder("cat").start();
    return new Call() {
      @Override
      public void block() throws InterruptedException {
        assertEquals(0, cat.waitFor());
      }

      @Override
      public void release() throws IOException {
        cat.getOutputStream().close();
      }

      @Override
      public void close() {
        cat.destroyForcibly();
      }
    };
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private static Socket connected(ServerSocket listening) throws IOException {
    return new Socket(listening.getInetAddress(), listening.getLocalPort());
  }

  private static Call accepting() throws IOException {
    ServerSocket listening = listening();
    return new Call() {
      @Override
      public void block() throws IOException {
        listening.accept().close();
      }

      @Override
      public void release() throws IOException {
        connected(listening).close();
      }

      @Override
      public void close() throws IOException {
        listening.close();
      }
    };
  }

  private static Call reading() throws IOException {
    ServerSocket listening = listening();
    Socket client = connected(listening);
    Socket server = listening.accept();
    return new Call() {
      @Override
      public void block() throws IOException {
        assertEquals(7, client.getInputStream().read());
      }

      @Override
      public void release() throws IOException {
        server.getOutputStream().write(7);
      }

      @Override
      public void close() throws IOException {
        client.close();
        server.close();
        listening.close();
      }
    };
  }

  private static Call sending() throws IOException {
    ServerSocket listening = listening();
    HttpClient client = HttpClient.newHttpClient();
    URI uri = URI.create("http://127.0.0.1:" + listening.getLocalPort() + "/");
    return new Call() {
      @Override
      public void block() throws IOException, InterruptedException {
        var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        assertEquals(204, answer.statusCode());
      }

      @Override
      public void release() throws IOException {
        try (Socket server = listening.accept()) {
          server
              .getOutputStream()
              .write("HTTP/1.1 204 No Content\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }

      @Override
      public void close() throws IOException {
        client.shutdownNow();
        listening.close();
      }
    };
  }

  @ParameterizedTest(name = "{0} parks its task; others go on, and it returns when it is let go")
  @MethodSource("calls")
  void parksItsTaskAlone(Case one) {
    var order = new Order();
    Loops.run(() -> {
      Call call = one.call.call();
      try {
        Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
          order.expect(1);
          call.block();
          order.expect(4);
        });
        EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
        Loops.turns(2);
        order.expect(3);
        assertFalse(task.done());
        call.release();
        task.await();
      } finally {
        call.close();
      }
    });
    order.finish(5);
  }

  @ParameterizedTest(name = "{0} is interrupted when its task is cancelled")
  @MethodSource("calls")
  void cancelInterrupts(Case one) {
    Loops.run(() -> {
      Call call = one.call.call();
      Task<Void> task = Loops.started(call::block);
      assertTrue(task.cancel("why"));
      assertFalse(task.done(), "CANC-17");
      var error = assertThrows(CancelledError.class, task::await);
      assertEquals("why", error.getMessage());
      assertTrue(
          error.getCause() instanceof InterruptedException
              || error.getCause() instanceof SocketException,
          () -> "" + error.getCause());
      assertTrue(task.cancelled());
      assertEquals(1, task.cancelling());
      call.close();
    });
  }

  @Test
  @DisplayName("Thread.sleep parks its task alone")
  void sleep() {
    Loops.run(() -> {
      Task<Void> shorter = EventLoop.getRunningLoop().createTask(() -> Thread.sleep(1));
      Task<Void> longer = Loops.started(() -> Thread.sleep(1_000_000));
      shorter.await();
      assertFalse(longer.done());
      longer.cancel();
      assertThrows(CancelledError.class, longer::await);
    });
  }

  @Test
  @DisplayName(
      "a contended synchronized parks its task alone, from JDK 24 on; cancelled, it goes on to its next wait")
  void monitorEnter() {
    assumeTrue(!MONITORS_PIN, "before JDK 24 a contended monitor blocks the carrier");
    var monitor = new Object();
    var order = new Order();
    Loops.run(() -> {
      Task<Void> task;
      synchronized (monitor) {
        task = Loops.started(() -> {
          order.expect(1);
          synchronized (monitor) {
            order.expect(3);
          }
          new Semaphore(0).acquire();
          order.expectUnreached();
        });
        order.expect(2);
        task.cancel("why");
        Loops.turns(1);
        assertFalse(task.done(), "a monitor knows no interrupts");
      }
      var error = assertThrows(CancelledError.class, task::await);
      assertEquals("why", error.getMessage());
      assertInstanceOf(InterruptedException.class, error.getCause());
    });
    order.finish(4);
  }

  @Test
  @DisplayName("before JDK 24 a task in Object.wait stops the loop until somebody else notifies it")
  void monitorWaitPins() {
    assumeTrue(MONITORS_PIN, "from JDK 24 on a wait parks the task alone");
    var monitor = new Object();
    var order = new Order();
    Loops.run(() -> {
      Thread other = new Thread(() -> {
        synchronized (monitor) { // entered when the task waits
          order.expect(2);
          monitor.notifyAll();
        }
      });
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> {
        synchronized (monitor) {
          other.start();
          order.expect(1);
          monitor.wait();
          order.expect(3);
        }
      });
      EventLoop.getRunningLoop().callSoon(() -> order.expect(4));
      task.await();
      Loops.turns(1);
    });
    order.finish(5);
  }

  @Test
  @DisplayName("a read of a loop's own socket parks its task alone, and is interrupted by cancel")
  void loopSocket() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      try (ServerSocket listening = LoopSockets.serverSocketFactory(loop)
              .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Socket client = LoopSockets.socketFactory(loop)
              .createSocket(InetAddress.getLoopbackAddress(), listening.getLocalPort());
          Socket server = listening.accept()) {
        Task<Integer> task = Loops.started(() -> client.getInputStream().read());
        assertFalse(task.done());
        server.getOutputStream().write(7);
        assertEquals(7, task.await());
        Task<Integer> cancelled = Loops.started(() -> client.getInputStream().read());
        cancelled.cancel("why");
        assertEquals("why", assertThrows(CancelledError.class, cancelled::await).getMessage());
        Task<Socket> accepting = Loops.started(listening::accept);
        accepting.cancel();
        assertThrows(CancelledError.class, accepting::await);
      }
    });
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // a join that is interrupted leaves the thread that it waits for alone
      }
    }
  }
}
