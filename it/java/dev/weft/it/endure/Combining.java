package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.it.endure.Ledger.Heard;
import dev.weft.it.endure.Ledger.Injected;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.task.AsCompleted;
import dev.weft.task.Concurrently;
import dev.weft.task.Gather;
import dev.weft.task.Outcome;
import dev.weft.task.Shield;
import dev.weft.task.TaskGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** Small jobs that wait for several tasks at once, some of which fail or are cancelled. */
final class Combining extends Work {

  Combining(Ledger ledger, SplittableRandom random) {
    super(ledger, random);
  }

  @Override
  void one() {
    switch (random.nextInt(3)) {
      case 0 -> group();
      case 1 -> combine();
      default -> race();
    }
  }

  /** A group with children that fail, or are cancelled: all have ended when it does. */
  private void group() {
    var running = new int[1];
    var failures = new ArrayList<Injected>();
    try {
      new TaskGroup().run(group -> {
        for (int i = 0, count = some(8); i < count; i++) {
          ledger.operation(Count.CHORES);
          int turns = random.nextInt(4);
          boolean fails = random.nextInt(6) == 0;
          Task<Void> child = ledger.track(group.createTask(() -> {
            running[0]++;
            try {
              turns(turns);
              if (fails) {
                Injected failure = ledger.failure(Heard.BY_CALLER);
                failures.add(failure);
                throw failure;
              }
            } finally {
              running[0]--;
            }
          }));
          if (random.nextInt(8) == 0) {
            cancel(child);
          }
        }
        return null;
      });
      ledger.hold(failures.isEmpty(), "a failure is lost");
    } catch (ExceptionGroup group) {
      ledger.hold(group.exceptions().equals(failures), "not these failures: " + group);
    }
    ledger.hold(running[0] == 0, "a child outlives its group");
  }

  /** Several futures at once, some of which fail. */
  private void combine() {
    int count = some(8);
    var tasks = new ArrayList<Task<Integer>>();
    var fails = new ArrayList<Boolean>();
    for (int i = 0; i < count; i++) {
      int turns = random.nextInt(4);
      boolean failing = random.nextInt(4) == 0;
      fails.add(failing);
      tasks.add(task(() -> {
        turns(turns);
        if (failing) {
          throw ledger.failure(Heard.BY_CALLER);
        }
        return turns;
      }));
    }
    if (random.nextBoolean()) {
      List<Outcome<Integer>> outcomes = Gather.outcomes(tasks).await();
      for (int i = 0; i < count; i++) {
        ledger.hold(outcomes.get(i).failure().isPresent() == fails.get(i), "another outcome");
      }
    } else {
      int ended = 0;
      for (Task<Integer> each : new AsCompleted<>(tasks, Optional.empty())) {
        ledger.hold(each.done(), "not completed");
        each.exception();
        ended++;
      }
      ledger.hold(ended == count, "completed " + ended + " of " + count);
    }
    Task<Integer> shielded = task(() -> {
      turns(2);
      return 3;
    });
    Future<Integer> shield = ledger.track(Shield.of(shielded));
    if (shield.cancel()) {
      ledger.operation(Count.CANCELLATIONS);
    }
    ledger.hold(shielded.await() == 3, "a shield let a cancellation through");
  }

  private void race() {
    var running = new int[1];
    Callable<Integer> contender = () -> {
      ledger.operation(Count.CHORES);
      running[0]++;
      try {
        turns(random.nextInt(5));
        return 1;
      } finally {
        running[0]--;
      }
    };
    if (random.nextBoolean()) {
      ledger.hold(
          Concurrently.race(List.of(contender, contender, contender)) == 1, "another winner");
    } else {
      List<Integer> results = Concurrently.mapConcurrent(
          List.of(1, 2, 3, 4, 5), some(5), item -> item * contender.call());
      ledger.hold(results.equals(List.of(1, 2, 3, 4, 5)), "mapped to " + results);
    }
    ledger.hold(running[0] == 0, "a contender outlives its race");
  }
}
