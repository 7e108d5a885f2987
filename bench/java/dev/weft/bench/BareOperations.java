package dev.weft.bench;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * {@link WeftOperations} without Weft: the same operations with the JDK alone, on a {@link BareLoop}.
 */
final class BareOperations {

  private final BareLoop loop = new BareLoop();
  private final PriorityQueue<long[]> timers =
      new PriorityQueue<>(Comparator.comparingLong(timer -> timer[0]));
  private final SplittableRandom random = new SplittableRandom(1);
  private long called;

  /** Dispatches objects through a deque. */
  void callbacks(int n) {
    var queue = new ArrayDeque<Runnable>();
    for (int batch = 0; batch < n / WeftOperations.BATCH; batch++) {
      for (int i = 0; i < WeftOperations.BATCH; i++) {
        queue.add(() -> called++);
      }
      for (Runnable next; (next = queue.poll()) != null; ) {
        next.run();
      }
    }
  }

  void spawnFinish(int n) {
    loop.run(() -> {
      for (int batch = 0; batch < n / WeftOperations.BATCH; batch++) {
        for (int i = 0; i < WeftOperations.BATCH; i++) {
          loop.start(() -> {});
        }
        Thread.yield();
      }
    });
  }

  void spawnJoin(int n) {
    loop.run(() -> {
      try {
        for (int i = 0; i < n; i++) {
          loop.start(() -> {}).join();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  void yields(int n) {
    loop.run(() -> {
      var end = new Side();
      end.thread = Thread.currentThread();
      loop.start(() -> {
        repeatYield(n / 2);
        end.signal();
      });
      repeatYield(n / 2);
      end.await();
    });
  }

  private static void repeatYield(int n) {
    for (int i = 0; i < n; i++) {
      Thread.yield();
    }
  }

  /** Two threads park and unpark each other; {@code n} switches. */
  void pingPong(int n) {
    loop.run(() -> {
      var ping = new Side();
      var pong = new Side();
      ping.thread = Thread.currentThread();
      pong.thread = loop.start(() -> {
        for (int i = 0; i < n / 2; i++) {
          pong.await();
          ping.signal();
        }
      });
      for (int i = 0; i < n / 2; i++) {
        pong.signal();
        ping.await();
      }
    });
  }

  /** Adds to a heap of {@code pending} entries and removes the first. */
  void timerAddPoll(int n, int pending) {
    while (timers.size() < pending) {
      timers.add(new long[] {random.nextLong() >>> 1});
    }
    for (int i = 0; i < n; i++) {
      timers.add(new long[] {random.nextLong() >>> 1});
      timers.poll();
    }
  }

  private static final class Side {
    volatile boolean signalled;
    Thread thread;

    void await() {
      while (!signalled) {
        LockSupport.park();
      }
      signalled = false;
    }

    void signal() {
      signalled = true;
      LockSupport.unpark(thread);
    }
  }
}
