package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.task.Shield;
import dev.weft.testkit.Loops;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/*
 * These tests run every small schedule of a few tasks that use one primitive. Each task begins at once or a turn later,
 * and holds the lock, permit, token or item for zero turns or one. Up to two tasks are cancelled, in each pair of
 * turns. At the end of each run the tasks that are not cancelled have ended, and the primitive is in its initial state.
 */

/** No wake-up is lost, wherever a task is cancelled. */
@Tag("slow")
class WakeUpSchedulesTest {

  private static final int MAX_TURNS = 20;
  private static final int LAST_CANCEL = 6;

  /** The primitive of one run, and the work of its tasks. */
  private interface Scenario {

    /**
     * The work of task {@code number}: it waits for {@code delay} turns, acquires, and holds for {@code hold} turns.
     */
    void work(int number, int delay, int hold) throws Exception;

    /** Whether a task may be left waiting because its partner was cancelled. */
    default boolean mayBeLeftWaiting() {
      return false;
    }

    /** Checks the primitive after all tasks have ended. */
    void check();
  }

  private int runs;

  /** Runs all schedules of {@code tasks} tasks. */
  private void explore(int tasks, Supplier<Scenario> scenarios) {
    int[] times = new int[2 * tasks];
    do {
      for (int first = -1; first < tasks; first++) {
        for (int second = first; second < tasks; second++) {
          for (int when = 0; when < (first < 0 ? 1 : LAST_CANCEL); when++) {
            for (int gap = 0; gap < (second == first ? 1 : 2); gap++) {
              run(tasks, times, scenarios.get(), first, when, second, when + gap);
            }
          }
          if (first < 0) {
            break;
          }
        }
      }
    } while (next(times, 2));
    assertTrue(runs > 1000, "explored only " + runs);
  }

  /** Adds one to a number in base {@code base}. Returns false after the last number. */
  private static boolean next(int[] digits, int base) {
    for (int i = 0; i < digits.length; i++) {
      if (++digits[i] < base) {
        return true;
      }
      digits[i] = 0;
    }
    return false;
  }

  private void run(
      int tasks,
      int[] times,
      Scenario scenario,
      int first,
      int firstWhen,
      int second,
      int secondWhen) {
    runs++;
    String schedule = "times " + Arrays.toString(times) + ", cancelled " + first + " before turn "
        + firstWhen + " and " + second + " before turn " + secondWhen;
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      List<Task<Void>> all = new ArrayList<>();
      var left = new ArrayList<Task<Void>>();
      for (int i = 0; i < tasks; i++) {
        int number = i;
        ThrowingRunnable<?> work =
            () -> scenario.work(number, times[2 * number], times[2 * number + 1]);
        all.add(loop.createTask(work));
      }
      left.addAll(all);
      for (int turn = 0; turn < MAX_TURNS && !left.isEmpty(); turn++) {
        if (turn == firstWhen && first >= 0) {
          all.get(first).cancel();
        }
        if (turn == secondWhen && second > first) {
          all.get(second).cancel();
        }
        Loops.turns(1);
        left.removeIf(Task::done);
      }
      for (int i = 0; i < tasks; i++) {
        Task<Void> task = all.get(i);
        assertTrue(
            task.done() || scenario.mayBeLeftWaiting(), () -> "stuck: " + all + ", " + schedule);
        if (i != first && i != second || first < 0) {
          assertFalse(task.cancelled(), schedule);
        }
        if (task.done() && !task.cancelled()) {
          task.exception().ifPresent(error -> {
            throw new AssertionError(schedule, error);
          });
        }
      }
      try {
        scenario.check();
      } catch (Throwable error) {
        throw new AssertionError(schedule, error);
      }
      left.forEach(Task::cancel);
      Loops.turns(2);
    });
  }

  @Test
  @DisplayName(
      "LOCK-1, LOCK-3, LOCK-4: a lock never has two owners, is never stuck, and is free at the end")
  void lock() {
    explore(3, () -> new Scenario() {
      private final Lock lock = new Lock();
      private int inside;

      @Override
      public void work(int number, int delay, int hold) throws Exception {
        Loops.turns(delay);
        lock.with(() -> {
          assertEquals(1, ++inside);
          try {
            Loops.turns(hold);
          } finally {
            inside--;
          }
        });
      }

      @Override
      public void check() {
        assertFalse(lock.locked());
        assertTrue(lock.toString().contains("0 waiting"), lock.toString());
      }
    });
  }

  @Test
  @DisplayName(
      "SEM-1, SEM-3, SEM-4: a semaphore never grants more than it has, and has all permits at the end")
  void semaphore() {
    for (int number = 1; number <= 2; number++) {
      int permits = number;
      explore(2 + permits, () -> new Scenario() {
        private final Semaphore semaphore = new BoundedSemaphore(permits);
        private int inside;

        @Override
        public void work(int number, int delay, int hold) throws Exception {
          Loops.turns(delay);
          semaphore.with(() -> {
            assertTrue(++inside <= permits);
            try {
              Loops.turns(hold);
            } finally {
              inside--;
            }
          });
        }

        @Override
        public void check() {
          assertEquals(permits, semaphore.permits());
          assertFalse(semaphore.locked());
        }
      });
    }
  }

  @Test
  @DisplayName(
      "COND-2, COND-3: of tasks that wait for a token and pass it on, none remains waiting")
  void condition() {
    explore(3, () -> new Scenario() {
      private final Condition condition = new Condition();
      private boolean token = true;

      @Override
      public void work(int number, int delay, int hold) throws Exception {
        Loops.turns(delay);
        condition.with(() -> {
          condition.waitFor(() -> token);
          token = false;
        });
        try {
          Loops.turns(hold);
        } finally {
          giveBack();
        }
      }

      private void giveBack() throws Exception {
        // In its own shielded task: this test cancels the wait for the token, not its return.
        Task<?> self = Task.current().orElseThrow();
        Task<Void> giving = self.getLoop()
            .createTask(() -> condition.with(() -> {
              token = true;
              condition.signal();
            }));
        while (!giving.done()) {
          try {
            Shield.of(giving).await();
          } catch (CancelledError again) {
            // continue until the token is returned
          }
        }
      }

      @Override
      public void check() {
        assertTrue(token);
        assertFalse(condition.locked());
        assertTrue(condition.toString().contains("0 waiting"), condition.toString());
      }
    });
  }

  @Test
  @DisplayName("Q-2, Q-3: no item is lost; no task waits for an item or for room that is available")
  void queue() {
    explore(4, () -> new Scenario() {
      private final Queue<Integer> queue = new Queue<>(1);
      private int put;
      private int got;

      @Override
      public void work(int number, int delay, int hold) {
        Loops.turns(delay);
        for (int i = 0; i <= hold; i++) {
          if (number < 2) {
            queue.get();
            got++;
          } else {
            queue.put(number);
            put++;
          }
        }
      }

      @Override
      public boolean mayBeLeftWaiting() {
        return true;
      }

      @Override
      public void check() {
        assertEquals(put, got + queue.qsize());
        assertTrue(queue.empty() || queue.toString().contains(" 0 getting"), queue.toString());
        assertTrue(queue.full() || queue.toString().contains(" 0 putting"), queue.toString());
      }
    });
  }
}
