package dev.weft.task;

import static dev.weft.testkit.CancelEverywhere.pure;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import dev.weft.testkit.CancelEverywhere.How;
import dev.weft.testkit.CancelEverywhere.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Code that waits for children is cancelled at any point: each child that has begun has ended before the code
 * continues.
 */
class CancelEverywhereTest {

  private interface Body {
    void run(ThrowingCallable<Integer, ?> child) throws Exception;
  }

  private static void children(How how, Body body) {
    pure(how, () -> {
      var running = new int[1];
      ThrowingCallable<Integer, ?> child = () -> {
        running[0]++;
        try {
          Task.sleep(Duration.ofMillis(3));
          return 1;
        } finally {
          running[0]--;
        }
      };
      return new Run(
          () -> {
            try {
              body.run(child);
            } finally {
              assertEquals(0, running[0]);
            }
          },
          () -> {});
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "a cancelled group waits for its children, also for nested groups and for a child that starts")
  void group(How how) {
    children(
        how,
        child -> new TaskGroup().run(outer -> {
          outer.createTask(child);
          outer.start(status -> {
            Task.sleep(Duration.ofMillis(1));
            status.started(1);
            child.call();
          });
          return new TaskGroup().run(inner -> {
            inner.createTask(child);
            return child.call();
          });
        }));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a cancelled race, concurrent map or supervisor waits for its children")
  void concurrently(How how) {
    children(how, child -> {
      Concurrently.race(List.of(child, child));
      Concurrently.mapConcurrent(List.of(1, 2, 3), 2, item -> child.call());
      Supervisor.supervise(supervisor -> {
        supervisor.createTask(() -> child.call());
        return child.call();
      });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("GATH-7: a cancelled gather cancels its children and waits for them")
  void gather(How how) {
    children(how, child -> {
      Gather.ofCoroutines(List.of(child, child)).await();
      Gather.outcomesOfCoroutines(List.of(child, child)).await();
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "WAIT-4, ASC-3, SH-2: wait, asCompleted and shield do not cancel the futures that they wait for")
  void onlyWaiting(How how) {
    pure(how, () -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var tasks = new ArrayList<Task<Integer>>();
      for (int i = 1; i <= 4; i++) {
        int duration = 3 * i;
        tasks.add(loop.createTask(() -> {
          Task.sleep(Duration.ofMillis(duration));
          return duration;
        }));
      }
      return new Run(
          () -> {
            Wait.of(tasks, Optional.of(Duration.ofMillis(1)), ReturnWhen.ALL_COMPLETED);
            Wait.of(tasks, Optional.empty(), ReturnWhen.FIRST_COMPLETED);
            for (Task<Integer> each : new AsCompleted<>(tasks.subList(0, 2), Optional.empty())) {
              each.result();
            }
            Shield.of(tasks.get(2)).await();
            Wait.of(tasks, Optional.empty(), ReturnWhen.ALL_COMPLETED);
          },
          () ->
              assertEquals(List.of(3, 6, 9, 12), tasks.stream().map(Task::await).toList()));
    });
  }
}
