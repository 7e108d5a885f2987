package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.sync.Barrier;
import dev.weft.sync.BoundedSemaphore;
import dev.weft.sync.Condition;
import dev.weft.sync.Lock;
import dev.weft.sync.Queue;
import dev.weft.sync.Semaphore;
import dev.weft.task.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeoutException;

/** Small jobs for tasks that share an object, and are cancelled while they wait for it or hold it. */
final class Sharing extends Work {

  Sharing(Ledger ledger, SplittableRandom random) {
    super(ledger, random);
  }

  @Override
  void one() throws Exception {
    switch (random.nextInt(5)) {
      case 0 -> lock();
      case 1 -> semaphore();
      case 2 -> condition();
      case 3 -> barrier();
      default -> handOver();
    }
  }

  private Task<Void> task(ThrowingRunnable<?> body) {
    return task(body.asCallable());
  }

  /** Cancels some, then waits for all. */
  private void disturb(List<Task<Void>> tasks) throws Exception {
    for (Task<Void> each : tasks) {
      if (random.nextInt(5) == 0) {
        turns(random.nextInt(3));
        cancel(each);
      }
    }
    for (Task<Void> each : tasks) {
      try {
        each.await();
      } catch (CancelledError expected) {
        ledger.hold(each.cancelled(), "not cancelled");
      }
    }
  }

  /** Waits for a lock that is never released. */
  void waitForEver() {
    var lock = new Lock();
    lock.acquire();
    lock.acquire();
  }

  private void lock() throws Exception {
    var lock = new Lock();
    var inside = new int[1];
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 2 + random.nextInt(6); i > 0; i--) {
      int turns = random.nextInt(3);
      tasks.add(task(() -> lock.with(() -> {
        ledger.hold(++inside[0] == 1, "two have the lock");
        try {
          turns(turns);
        } finally {
          inside[0]--;
        }
      })));
    }
    disturb(tasks);
    ledger.hold(!lock.locked() && inside[0] == 0, "the lock is not free");
  }

  private void semaphore() throws Exception {
    int permits = 1 + random.nextInt(3);
    Semaphore semaphore = new BoundedSemaphore(permits);
    var inside = new int[1];
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 2 + random.nextInt(8); i > 0; i--) {
      int turns = random.nextInt(3);
      boolean hurried = random.nextInt(4) == 0;
      var limit = Duration.ofNanos(random.nextInt(20_000));
      ThrowingRunnable<?> work = () -> semaphore.with(() -> {
        ledger.hold(++inside[0] <= permits, "more than " + permits + " inside");
        try {
          turns(turns);
        } finally {
          inside[0]--;
        }
      });
      tasks.add(task(() -> {
        if (!hurried) {
          work.run();
          return;
        }
        try {
          Timeouts.timeout(limit, timeout -> work.asCallable().call());
        } catch (TimeoutException late) {
          ledger.count(Count.TIMEOUTS);
        }
      }));
    }
    disturb(tasks);
    for (int i = 0; i < permits; i++) {
      ledger.hold(!semaphore.locked(), "a permit is lost");
      semaphore.acquire();
    }
    ledger.hold(semaphore.locked(), "a permit too many");
  }

  /** A token that goes round. */
  private void condition() throws Exception {
    var condition = new Condition();
    var token = new boolean[] {true};
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      int turns = random.nextInt(3);
      tasks.add(task(() -> condition.with(() -> {
        condition.waitFor(() -> token[0]);
        token[0] = false;
        try {
          turns(turns); // with the lock
        } finally {
          token[0] = true;
          condition.signal();
        }
      })));
    }
    disturb(tasks);
    ledger.hold(!condition.locked() && token[0], "the token is lost");
  }

  private void barrier() throws Exception {
    int parties = 1 + random.nextInt(4);
    var barrier = new Barrier(parties);
    var arrived = new int[1];
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 0; i < parties; i++) {
      int turns = random.nextInt(3);
      tasks.add(task(() -> {
        turns(turns);
        arrived[0]++;
        barrier.await();
        ledger.hold(arrived[0] == parties, "through a barrier too early");
      }));
    }
    for (Task<Void> each : tasks) {
      each.await();
    }
  }

  /** Items that go through a queue, each once and in order, while their consumers are cancelled. */
  private void handOver() throws Exception {
    int items = 1 + random.nextInt(30);
    var queue = new Queue<Integer>(random.nextInt(4));
    var taken = new ArrayList<Integer>();
    Task<Void> producing = task(() -> {
      for (int i = 0; i < items; i++) {
        ledger.operation(Count.CHORES);
        queue.put(i);
      }
    });
    while (taken.size() < items) {
      Task<Void> consuming = task(() -> {
        while (taken.size() < items) {
          taken.add(queue.get());
        }
      });
      turns(random.nextInt(8));
      if (random.nextBoolean()) {
        cancel(consuming);
      }
      try {
        consuming.await();
      } catch (CancelledError expected) {
        ledger.hold(consuming.cancelled(), "not cancelled");
      }
    }
    producing.await();
    for (int i = 0; i < items; i++) {
      ledger.hold(taken.get(i) == i, "item " + i + " of " + taken);
    }
    ledger.hold(taken.size() == items && queue.empty(), "an item too many");
  }
}
