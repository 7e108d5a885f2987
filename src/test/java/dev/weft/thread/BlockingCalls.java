package dev.weft.thread;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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

/** Calls of the JDK that block until another thread or task does something. */
final class BlockingCalls {

  /** Whether a task that waits for a monitor blocks its loop. */
  static final boolean MONITORS_PIN = Runtime.version().feature() < 24;

  private BlockingCalls() {}

  /** A call that blocks. Each test creates its own, on the loop. */
  interface Call {

    /** Makes the call. */
    void block() throws Exception;

    /** Causes the call to return. Does not wait. */
    void release() throws Exception;

    /** Closes the objects that the call used. */
    default void close() throws Exception {}
  }

  /**
   * A call with its name.
   *
   * @param byMonitor whether the call waits for a monitor, which before JDK 24 blocks the carrier
   */
  record Case(String name, boolean byMonitor, Callable<Call> call) {
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

  static Stream<Case> all() {
    Stream<Case> calls = Stream.of(
        new Case("Object.wait", true, BlockingCalls::monitor),
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
        new Case("Condition.await", BlockingCalls::condition),
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
          return joining(other, latch);
        }),
        new Case("Thread.join of a thread of the loop", () -> {
          var latch = new CountDownLatch(1);
          Thread other = LoopThreads.factory(EventLoop.getRunningLoop())
              .newThread(() -> awaitUninterruptibly(latch));
          other.start();
          return joining(other, latch);
        }),
        new Case("CompletableFuture.get", () -> {
          var future = new CompletableFuture<Integer>();
          return call(future::get, () -> future.complete(1));
        }),
        new Case("FutureTask.get", () -> {
          var future = new FutureTask<Integer>(() -> 1);
          return call(future::get, future::run);
        }),
        new Case("Process.waitFor", BlockingCalls::process),
        new Case("ServerSocket.accept", BlockingCalls::accepting),
        new Case("Socket.read", BlockingCalls::reading),
        new Case("HttpClient.send", BlockingCalls::sending));
    return calls.filter(one -> !one.byMonitor || !MONITORS_PIN);
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

  private static Call joining(Thread other, CountDownLatch end) {
    return new Call() {
      @Override
      public void block() throws InterruptedException {
        other.join();
      }

      @Override
      public void release() {
        end.countDown();
      }

      @Override
      public void close() throws InterruptedException {
        end.countDown();
        other.join();
      }
    };
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

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException e) {
        // an interrupt of Thread.join must not end the joined thread, so this wait goes on
      }
    }
  }
}
