package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.it.endure.Ledger.Injected;
import dev.weft.loop.AsyncGenerator;
import dev.weft.loop.CancelledError;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.TimerHandle;
import dev.weft.sync.Event;
import dev.weft.task.CancelScope;
import dev.weft.task.Gather;
import dev.weft.task.TaskGroup;
import dev.weft.task.Timeouts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

/** Small jobs for tasks, timers and groups. Each checks that nothing is lost or done twice. */
final class Chores extends Work {

  private static final Duration LONG = Duration.ofHours(1);

  private final Sharing sharing;
  private final Combining combining;

  Chores(Ledger ledger, SplittableRandom random) {
    super(ledger, random);
    sharing = new Sharing(ledger, random);
    combining = new Combining(ledger, random);
  }

  @Override
  void one() throws Exception {
    ledger.onCarrier();
    int kind = random.nextInt(1_000);
    if (kind < 250) {
      spawn();
    } else if (kind < 450) {
      cancelWhereItWaits();
    } else if (kind < 700) {
      sharing.one();
    } else if (kind < 760) {
      timers();
    } else if (kind < 810) {
      timeLimits();
    } else if (kind < 940) {
      combining.one();
    } else if (kind < 960) {
      generator();
    } else if (kind < 970) {
      executor();
    } else if (kind < 999) {
      fail();
    } else {
      compute();
    }
  }

  /** Tasks that return, awaited in any order. */
  private void spawn() {
    var tasks = new ArrayList<Task<Integer>>();
    for (int i = 0, count = some(30); i < count; i++) {
      int value = i;
      int turns = random.nextInt(3);
      tasks.add(task(() -> {
        turns(turns);
        return value;
      }));
    }
    int offset = random.nextInt(tasks.size());
    for (int i = 0; i < tasks.size(); i++) {
      int index = (i + offset) % tasks.size();
      ledger.hold(tasks.get(index).await() == index, "another task's result");
    }
  }

  /** Tasks that are cancelled in a wait, or on the way to it. */
  private void cancelWhereItWaits() {
    var inside = new int[1];
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 0, count = some(10); i < count; i++) {
      Callable<Void> wait = endless(random.nextInt(9));
      tasks.add(task(() -> {
        inside[0]++;
        try {
          return wait.call();
        } finally {
          inside[0]--;
        }
      }));
    }
    turns(random.nextInt(3));
    for (Task<Void> each : tasks) {
      cancel(each);
      if (random.nextInt(4) == 0) {
        cancel(each);
      }
      if (random.nextInt(4) == 0) {
        turns(1);
      }
    }
    for (Task<Void> each : tasks) {
      ledger.hold(isCancelled(each), "not cancelled: " + each);
    }
    ledger.hold(inside[0] == 0, "cancelled, and still inside");
  }

  private static boolean isCancelled(Task<?> task) {
    try {
      task.await();
      return false;
    } catch (CancelledError expected) {
      return true;
    }
  }

  private Callable<Void> endless(int kind) {
    return () -> {
      switch (kind) {
        case 0 -> Task.sleep(LONG);
        case 1 -> ledger.track(loop.createFuture()).await();
        case 2 -> new Event().await();
        case 3 -> sharing.waitForEver();
        case 4 -> new CountDownLatch(1).await();
        case 5 -> Thread.sleep(LONG);
        case 6 -> Gather.of(List.of(ledger.track(loop.createFuture()))).await();
        case 7 ->
          Timeouts.timeout(LONG, timeout -> {
            Task.sleep(LONG);
            return null;
          });
        default ->
          new TaskGroup().run(group -> {
            ledger.track(group.createTask(() -> Task.sleep(LONG)));
            Task.sleep(LONG);
            return null;
          });
      }
      return null;
    };
  }

  /** Timers, some of them cancelled: each runs once, or not at all. */
  private void timers() {
    int count = some(20);
    var left = new int[] {count};
    var done = new Event();
    var handles = new ArrayList<TimerHandle>();
    for (int i = 0; i < count; i++) {
      ledger.operation(Count.CHORES);
      long when = loop.time() + random.nextInt(2_000_000);
      handles.add(loop.callAt(when, () -> {
        ledger.onCarrier();
        ledger.hold(loop.time() >= when - 1_000_000, "a timer runs too early");
        ledger.hold(left[0] > 0, "a timer runs twice, or in spite of its cancellation");
        if (--left[0] == 0) {
          done.set();
        }
      }));
    }
    for (TimerHandle each : handles) {
      if (random.nextInt(3) == 0) {
        each.cancel();
        if (--left[0] == 0) {
          done.set();
        }
      }
    }
    done.await();
  }

  /** Code that takes about as long as its time limit. */
  private void timeLimits() throws Exception {
    ledger.operation(Count.CHORES);
    var limit = Duration.ofNanos(random.nextInt(1_000_000));
    var work = Duration.ofNanos(random.nextInt(1_000_000));
    Callable<Integer> body = () -> {
      Task.sleep(work);
      return 1;
    };
    if (random.nextBoolean()) {
      try {
        int result = random.nextBoolean()
            ? Timeouts.timeout(limit, timeout -> body.call())
            : Timeouts.waitFor(body::call, limit);
        ledger.hold(result == 1, "another result");
      } catch (TimeoutException late) {
        ledger.count(Count.TIMEOUTS);
      }
    } else {
      Optional<Integer> result = CancelScope.moveOnAfter(limit, scope -> body.call());
      if (result.isEmpty()) {
        ledger.count(Count.TIMEOUTS);
      }
    }
    ledger.hold(Task.current().orElseThrow().cancelling() == 0, "a cancellation is left");
  }

  /** A generator that is left at some point. */
  private void generator() {
    int leaveAt = random.nextInt(6);
    var closed = new boolean[1];
    try (AsyncGenerator<Integer> numbers = AsyncGenerator.of(out -> {
      try {
        for (int i = 0; i < 4; i++) {
          ledger.operation(Count.CHORES);
          ledger.onCarrier();
          turns(random.nextInt(2));
          out.yield(i);
        }
      } finally {
        closed[0] = true;
      }
    })) {
      int expected = 0;
      while (expected < leaveAt && numbers.hasNext()) {
        ledger.hold(numbers.next() == expected++, "another value");
      }
    }
    ledger.hold(closed[0] || leaveAt == 0, "a generator is not closed");
  }

  /** Jobs on other threads. */
  private void executor() {
    ledger.operation(Count.CHORES);
    boolean fails = random.nextInt(4) == 0;
    Future<Integer> job = ledger.track(loop.runInExecutor(() -> {
      ledger.offCarrier();
      if (fails) {
        throw ledger.failure(Heard.BY_CALLER);
      }
      return 5;
    }));
    if (random.nextInt(4) == 0 && job.cancel()) {
      ledger.operation(Count.CANCELLATIONS);
    }
    try {
      ledger.hold(job.await() == 5 && !fails, "another job's result");
    } catch (Injected expected) {
      ledger.hold(fails, "another job's failure");
    } catch (CancelledError expected) {
      ledger.hold(job.cancelled(), "not cancelled");
    }
  }

  /** Failures for which no task waits. */
  private void fail() {
    ledger.operation(Count.CHORES);
    switch (random.nextInt(6)) {
      case 0 ->
        loop.callSoon(() -> {
          throw ledger.failure(Heard.BY_HANDLER);
        });
      case 1 ->
        loop.callLater(Duration.ofNanos(random.nextInt(2_000_000)), () -> {
          throw ledger.failure(Heard.BY_HANDLER);
        });
      case 2 -> {
        Future<Integer> future = ledger.track(loop.createFuture());
        future.addDoneCallback(done -> {
          throw ledger.failure(Heard.BY_HANDLER);
        });
        future.setResult(1);
      }
      case 3 ->
        loop.callSoonThreadsafe(() -> {
          throw ledger.failure(Heard.BY_HANDLER);
        });
      case 4 ->
        loop.newThread(
                () -> {
                  throw ledger.failure(Heard.BY_HANDLER);
                },
                "failing")
            .start();
      default ->
        ledger.track(loop.createTask(() -> {
          throw ledger.failure(Heard.WHEN_COLLECTED);
        }));
    }
  }

  /** Keeps the loop busy for a moment: the longest work that is injected. */
  private void compute() {
    ledger.operation(Count.CHORES);
    long end = System.nanoTime() + random.nextInt(2_000_000);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
