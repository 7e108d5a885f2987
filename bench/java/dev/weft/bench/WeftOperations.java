package dev.weft.bench;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.loop.TimerHandle;
import dev.weft.sync.Event;
import dev.weft.sync.Lock;
import dev.weft.sync.Queue;
import dev.weft.task.Gather;
import dev.weft.task.TaskGroup;
import dev.weft.task.Timeouts;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The measured operations of Weft. Each method runs its operation {@code n} times on the calling platform thread, on
 * one loop that lives until {@link #close}.
 */
final class WeftOperations implements AutoCloseable {

  /** The number of callbacks or tasks in a batch. */
  static final int BATCH = 1000;

  /** The number of tasks that are gathered or grouped. */
  static final int FEW = 100;

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration MOMENT = Duration.ofNanos(100_000);

  private final EventLoop loop = EventLoop.newEventLoop();
  private final ArrayDeque<TimerHandle> pending = new ArrayDeque<>();
  private final Duration[] delays = new Duration[1 << 12];
  private final Lock lock = new Lock(); // the compiler would remove a local one
  private Future<Void> ping;
  private Future<Void> pong;
  private long called;
  private int left;

  WeftOperations() {
    var random = new SplittableRandom(1);
    for (int i = 0; i < delays.length; i++) {
      delays[i] = Duration.ofMillis(random.nextLong(3_600_000, 36_000_000));
    }
  }

  private void run(ThrowingRunnable<?> body) {
    loop.runUntilComplete(body.asCallable());
  }

  /** {@code callSoon}, one batch a turn. */
  void callbacks(int n) {
    run(() -> {
      for (int batch = 0; batch < n / BATCH; batch++) {
        for (int i = 0; i < BATCH; i++) {
          loop.callSoon(() -> called++);
        }
        Task.sleep(Duration.ZERO);
      }
    });
  }

  /** Callbacks that each register the next, one a turn. */
  void callbackChain(int n) {
    run(() -> {
      Future<Void> end = loop.createFuture();
      left = n;
      loop.callSoon(new Runnable() {
        @Override
        public void run() {
          if (--left > 0) {
            loop.callSoon(this);
          } else {
            end.setResult(null);
          }
        }
      });
      end.await();
    });
  }

  void spawnJoin(int n) {
    run(() -> {
      for (int i = 0; i < n; i++) {
        loop.createTask(() -> null).await();
      }
    });
  }

  /** Tasks in batches, which no code awaits. */
  void spawnFinish(int n) {
    run(() -> {
      for (int batch = 0; batch < n / BATCH; batch++) {
        for (int i = 0; i < BATCH; i++) {
          loop.createTask(() -> null);
        }
        Task.sleep(Duration.ZERO);
      }
    });
  }

  /** {@code sleep(ZERO)} in two tasks. */
  void yields(int n) {
    run(() -> {
      Task<Void> other = loop.createTask(() -> repeatYield(n / 2));
      repeatYield(n / 2);
      other.await();
    });
  }

  /** {@code sleep(ZERO)} in {@code tasks} tasks. */
  void yields(int n, int tasks) {
    run(() -> {
      left = tasks;
      Future<Void> end = loop.createFuture();
      for (int i = 0; i < tasks; i++) {
        loop.createTask(() -> {
          repeatYield(n / tasks);
          if (--left == 0) {
            end.setResult(null);
          }
          return null;
        });
      }
      end.await();
    });
  }

  private static Void repeatYield(int n) {
    for (int i = 0; i < n; i++) {
      Task.sleep(Duration.ZERO);
    }
    return null;
  }

  /** Two tasks that complete each other's futures in turn; {@code n} switches, a new future for each. */
  void pingPong(int n) {
    run(() -> {
      ping = loop.createFuture();
      pong = loop.createFuture();
      Task<Void> other = loop.createTask(() -> {
        for (int i = 0; i < n / 2; i++) {
          pong.await();
          pong = loop.createFuture();
          ping.setResult(null);
        }
        return null;
      });
      for (int i = 0; i < n / 2; i++) {
        pong.setResult(null);
        ping.await();
        ping = loop.createFuture();
      }
      other.await();
    });
  }

  /** Two tasks that set each other's events in turn; {@code n} switches. */
  void eventPingPong(int n) {
    run(() -> {
      var mine = new Event();
      var others = new Event();
      Task<Void> other = loop.createTask(() -> {
        for (int i = 0; i < n / 2; i++) {
          others.await();
          others.clear();
          mine.set();
        }
        return null;
      });
      for (int i = 0; i < n / 2; i++) {
        others.set();
        mine.await();
        mine.clear();
      }
      other.await();
    });
  }

  /** A lock that is free. */
  void lock(int n) {
    run(() -> {
      for (int i = 0; i < n; i++) {
        lock.with(() -> called++);
      }
    });
  }

  /** Items from one task to another through a queue with a maximum size. */
  void queue(int n, int size) {
    run(() -> {
      var queue = new Queue<Integer>(size);
      Task<Void> producer = loop.createTask(() -> {
        for (int i = 0; i < n; i++) {
          queue.put(i);
        }
        return null;
      });
      for (int i = 0; i < n; i++) {
        queue.get();
      }
      producer.await();
    });
  }

  /** {@code gather} of {@link #FEW} empty tasks. */
  void gather(int n) {
    run(() -> {
      for (int i = 0; i < n; i++) {
        Gather.ofCoroutines(Collections.nCopies(FEW, () -> null)).await();
      }
    });
  }

  /** A task group of {@link #FEW} empty tasks. */
  void taskGroup(int n) {
    run(() -> {
      for (int i = 0; i < n; i++) {
        new TaskGroup().run(group -> {
          for (int j = 0; j < FEW; j++) {
            group.createTask(() -> null);
          }
          return null;
        });
      }
    });
  }

  /** A timeout around nothing. */
  void timeout(int n) {
    run(() -> {
      for (int i = 0; i < n; i++) {
        Timeouts.timeout(MINUTE, scope -> null);
      }
    });
  }

  /** {@code waitFor} of an empty coroutine. */
  void waitFor(int n) {
    run(() -> {
      for (int i = 0; i < n; i++) {
        Timeouts.waitFor(() -> null, MINUTE);
      }
    });
  }

  /** {@code n} tasks that sleep and wake up. */
  void sleep(int n) {
    run(() -> Gather.of(sleepers(n, MOMENT)).await());
  }

  private List<Task<Void>> sleepers(int n, Duration delay) {
    var tasks = new ArrayList<Task<Void>>(n);
    for (int i = 0; i < n; i++) {
      tasks.add(loop.createTask(() -> {
        Task.sleep(delay);
        return null;
      }));
    }
    return tasks;
  }

  /** {@code n} tasks asleep at once, cancelled in their sleep. */
  void sleepCancel(int n) {
    run(() -> {
      List<Task<Void>> tasks = sleepers(n, MINUTE);
      Task.sleep(Duration.ZERO); // all tasks begin
      tasks.forEach(Task::cancel);
      Gather.outcomes(tasks).await();
    });
  }

  /** {@code callLater} and {@code cancel} while {@code timers} timers are pending. */
  void timerCancel(int n, int timers) {
    run(() -> {
      while (pending.size() < timers) {
        pending.add(loop.callLater(delays[pending.size() % delays.length], () -> {}));
      }
      for (int i = 0; i < n; i++) {
        loop.callLater(delays[i % delays.length], () -> {}).cancel();
      }
    });
  }

  /** {@code callLater} of an empty callback, and its call, one batch a turn. */
  void timerFire(int n) {
    run(() -> {
      for (int batch = 0; batch < n / BATCH; batch++) {
        Future<Void> end = loop.createFuture();
        left = BATCH;
        for (int i = 0; i < BATCH; i++) {
          loop.callLater(Duration.ZERO, () -> {
            if (--left == 0) {
              end.setResult(null);
            }
          });
        }
        end.await();
      }
    });
  }

  @Override
  public void close() {
    pending.forEach(TimerHandle::cancel);
    loop.close();
  }
}
