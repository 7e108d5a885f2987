package dev.weft.sync;

import static dev.weft.testkit.CancelEverywhere.pure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.CancelEverywhere.How;
import dev.weft.testkit.CancelEverywhere.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tasks are cancelled at any point: no lock stays held, and no permit, item or wake-up is lost. */
class CancelEverywhereTest {

  private static final Duration SHORT = Duration.ofMillis(3);

  private static Task<Void> task(ThrowingRunnable<?> coroutine) {
    return EventLoop.getRunningLoop().createTask(coroutine);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("tasks behind a cancelled waiter get the lock, which is free at the end")
  void lock(How how) {
    pure(how, () -> {
      var lock = new Lock();
      var done = new ArrayList<Integer>();
      task(() -> lock.with(() -> Task.sleep(SHORT)));
      ThrowingRunnable<?> subject = () -> {
        lock.with(() -> Task.sleep(SHORT));
        lock.with(() -> Task.sleep(Duration.ZERO));
      };
      var others = new ArrayList<Task<Void>>();
      return new Run(
          () -> {
            for (int i = 0; i < 2; i++) {
              int number = i;
              others.add(task(() -> lock.with(() -> {
                Task.sleep(SHORT);
                done.add(number);
              })));
            }
            Task.sleep(Duration.ZERO);
            subject.run();
          },
          () -> {
            others.forEach(Task::await);
            assertEquals(others.size(), done.size());
            lock.acquire(); // does not wait for ever
            lock.release();
            assertFalse(lock.locked());
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a semaphore has all its permits at the end")
  void semaphore(How how) {
    pure(how, () -> {
      var semaphore = new BoundedSemaphore(2);
      var others = new ArrayList<Task<Void>>();
      for (int i = 0; i < 3; i++) {
        others.add(task(() -> semaphore.with(() -> Task.sleep(SHORT))));
      }
      return new Run(
          () -> {
            semaphore.with(() -> Task.sleep(SHORT));
            others.add(task(() -> semaphore.with(() -> Task.sleep(SHORT))));
            semaphore.with(() -> semaphore.with(() -> Task.sleep(SHORT)));
          },
          () -> {
            others.forEach(Task::await);
            assertEquals(2, semaphore.permits());
            assertFalse(semaphore.locked());
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName(
      "a signal to a cancelled waiter goes to another waiter, and the lock is free at the end")
  void condition(How how) {
    pure(how, () -> {
      var condition = new Condition();
      var signals = new int[1];
      ThrowingRunnable<?> taker = () -> condition.with(() -> {
        condition.waitFor(() -> signals[0] > 0);
        signals[0]--;
      });
      Task<Void> signaller = task(() -> {
        for (int i = 0; i < 3; i++) {
          Task.sleep(SHORT);
          condition.with(() -> {
            signals[0]++;
            condition.signal();
            Task.sleep(SHORT);
          });
        }
      });
      var other = new ArrayList<Task<Void>>();
      return new Run(
          () -> {
            other.add(task(taker));
            taker.run();
            other.add(task(taker));
          },
          () -> {
            signaller.await();
            other.forEach(Task::await);
            assertFalse(condition.locked());
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("a barrier continues without a cancelled party")
  void barrier(How how) {
    pure(how, () -> {
      var barrier = new Barrier(2);
      Task<Void> other = task(() -> {
        Task.sleep(SHORT);
        barrier.await();
        Task.sleep(SHORT);
        barrier.await();
      });
      return new Run(
          () -> {
            barrier.await();
            barrier.await();
          },
          () -> {
            while (!other.done()) { // substitutes replace the cancelled parties
              Task<Void> substitute = task(() -> barrier.await());
              Task.sleep(Duration.ofMillis(20));
              substitute.cancel();
            }
            other.await();
            dev.weft.testkit.Loops.turns(3);
            assertEquals(0, barrier.nWaiting());
            assertFalse(barrier.broken());
            assertTrue(barrier.toString().contains("FILLING"), barrier::toString);
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("an event wakes the waiters that are not cancelled")
  void event(How how) {
    pure(how, () -> {
      var event = new Event();
      Task<Void> other = task(event::await);
      task(() -> {
        Task.sleep(SHORT);
        event.set();
      });
      return new Run(event::await, () -> {
        other.await();
        assertTrue(event.toString().contains(" 0 waiting"), event::toString);
      });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("each item is taken once, whichever task is cancelled")
  void queueGet(How how) {
    pure(how, () -> {
      var queue = new Queue<Integer>(1);
      var got = new ArrayList<Integer>();
      var others = new ArrayList<Task<Void>>();
      Task<Void> putter = task(() -> {
        for (int i = 0; i < 6; i++) {
          queue.put(i);
        }
      });
      ThrowingRunnable<?> getter = () -> {
        while (true) {
          got.add(queue.get());
          queue.taskDone();
        }
      };
      return new Run(
          () -> {
            for (int i = 0; i < 3; i++) {
              got.add(queue.get());
              queue.taskDone();
            }
            others.add(task(() -> {
              Task.sleep(SHORT);
              got.add(queue.get());
              queue.taskDone();
              got.add(queue.get());
              queue.taskDone();
              got.add(queue.get());
              Task.sleep(SHORT);
              queue.taskDone();
            }));
            queue.join();
          },
          () -> {
            Task<Void> rest = task(getter);
            putter.await();
            queue.join();
            rest.cancel();
            others.forEach(Task::cancel);
            assertEquals(List.of(0, 1, 2, 3, 4, 5), got.stream().sorted().toList());
            assertTrue(queue.empty());
          });
    });
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("room in a queue goes to another putter if the woken one is cancelled")
  void queuePut(How how) {
    pure(how, () -> {
      var queue = new Queue<Integer>(1);
      var put = new ArrayList<Integer>();
      var got = new ArrayList<Integer>();
      var others = new ArrayList<Task<Void>>();
      queue.putNowait(0);
      put.add(0);
      Task<Void> first = task(() -> {
        for (int i = 0; i < 3; i++) {
          Task.sleep(SHORT);
          got.add(queue.get());
        }
      });
      return new Run(
          () -> {
            others.add(task(() -> {
              Task.sleep(Duration.ofMillis(1));
              queue.put(2);
              put.add(2);
            }));
            queue.put(1);
            put.add(1);
            queue.put(3);
            put.add(3);
          },
          () -> {
            Task.sleep(Duration.ofMillis(20));
            Task<Void> rest = task(() -> {
              while (true) {
                got.add(queue.get());
              }
            });
            others.forEach(Task::await);
            Task.sleep(Duration.ofMillis(20));
            rest.cancel();
            first.cancel();
            assertEquals(put.stream().sorted().toList(), got.stream().sorted().toList());
          });
    });
  }
}
