package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tasks whose first step runs inside createTask. */
class EagerTaskTest {

  private static final TaskOptions EAGER = TaskOptions.defaults().withEagerStart(true);

  private final Order order = new Order();

  @Test
  @DisplayName("EAGER-1: the first step runs at once, and the creator continues ahead of the queue")
  void firstStepAtOnce() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.callSoon(() -> order.expect(4));
      order.expect(1);
      loop.createTask(
          () -> {
            order.expect(2);
            Task.sleep(Duration.ZERO);
            order.expect(5);
          },
          EAGER);
      order.expect(3);
      Task.sleep(Duration.ZERO);
      order.finish(6);
    });
  }

  @Test
  @DisplayName(
      "EAGER-1: this holds in a callback too; while the loop does not run, the task starts lazily")
  void inCallbacks() {
    try (EventLoop loop = Loops.newLoop()) {
      Task<Void> lazy = loop.createTask(() -> order.expect(1), EAGER);
      assertFalse(lazy.done());
      loop.callSoon(() -> {
        order.expect(2);
        Task<Void> task = loop.createTask(() -> order.expect(3), EAGER);
        assertTrue(task.done());
        order.expect(4);
      });
      loop.callSoon(() -> order.expect(5));
      loop.runUntilComplete(() -> order.finish(6));
      order.checkFinished();
    }
  }

  @Test
  @DisplayName("EAGER-2: current_task is the child in that step, and the creator's again after it")
  void currentTask() {
    Loops.run(() -> {
      Task<?> creator = Task.current().orElseThrow();
      Task<Optional<Task<?>>> child =
          EventLoop.getRunningLoop().createTask(() -> Task.current(), EAGER);
      assertSame(child, child.result().orElseThrow());
      assertSame(creator, Task.current().orElseThrow());
    });
  }

  @Test
  @DisplayName("EAGER-3: a child that ends in its first step is done, and is not in allTasks")
  void doneOnReturn() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Integer> child = loop.createTask(() -> 42, EAGER);
      assertEquals(42, child.result());
      assertEquals(1, loop.allTasks().size());
    });
  }

  @Test
  @DisplayName("EAGER-4: an error is stored in the child; a fatal one is thrown at the creator")
  void errors() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var failure = new IllegalArgumentException();
      Task<Object> child = loop.createTask(
          () -> {
            throw failure;
          },
          EAGER);
      assertSame(failure, child.exception().orElseThrow());
      var fatal = new KeyboardInterrupt();
      assertSame(
          fatal,
          assertThrows(
              KeyboardInterrupt.class,
              () -> loop.createTask(
                  () -> {
                    throw fatal;
                  },
                  EAGER)));
    });
  }

  @Test
  @DisplayName("EAGER-5: a child that suspends continues like any task, and can be cancelled")
  void cancelled() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> child = loop.createTask(
          () -> {
            order.expect(1);
            try {
              Task.sleep(Duration.ofDays(1));
            } finally {
              order.expect(3);
            }
          },
          EAGER);
      order.expect(2);
      child.cancel();
      assertThrows(CancelledError.class, child::await);
      order.finish(4);
    });
  }

  @Test
  @DisplayName("EAGER-6: the option overrides the factory in both directions")
  void factory() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.setTaskFactory(TaskFactory.EAGER);
      assertSame(TaskFactory.EAGER, loop.getTaskFactory());
      assertTrue(loop.createTask(() -> 1).done());
      assertFalse(loop.createTask(() -> 1, EAGER.withEagerStart(false)).done());
      loop.setTaskFactory(TaskFactory.DEFAULT);
      assertFalse(loop.createTask(() -> 1).done());
      assertTrue(loop.createTask(() -> 1, EAGER).done());
    });
  }

  @Test
  @DisplayName("EAGER-7: the loop lists an eager task before its first step, not after its end")
  void listed() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Boolean> task =
          loop.createTask(() -> loop.allTasks().contains(Task.current().orElseThrow()), EAGER);
      assertTrue(task.result());
      assertFalse(loop.allTasks().contains(task));
    });
  }

  @Test
  @DisplayName("EAGER-1: eager tasks that create eager tasks nest")
  void nested() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      order.expect(1);
      loop.createTask(
          () -> {
            order.expect(2);
            loop.createTask(
                () -> {
                  order.expect(3);
                  Task.sleep(Duration.ZERO);
                  order.expect(7);
                },
                EAGER);
            loop.createTask(() -> order.expect(4), EAGER);
            order.expect(5);
            Task.sleep(Duration.ZERO);
            order.expect(8);
          },
          EAGER);
      order.expect(6);
      Task.sleep(Duration.ZERO);
      order.finish(9);
    });
  }

  @Test
  @DisplayName(
      "EAGER-1: a first step that waits for a lock of its creator lets the creator continue")
  void parksInJdk() {
    Loops.run(() -> {
      var lock = new ReentrantLock();
      lock.lock();
      Task<Void> child = EventLoop.getRunningLoop()
          .createTask(
              () -> {
                order.expect(1);
                lock.lock();
                order.expect(3);
                lock.unlock();
              },
              EAGER);
      order.expect(2);
      lock.unlock();
      child.await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("CTX-4: an eager task cannot share the context in which its creator runs")
  void sharedContext() {
    Loops.run(() -> {
      var context = new Context();
      EventLoop loop = EventLoop.getRunningLoop();
      loop.createTask(
              () -> assertThrows(
                  IllegalStateException.class,
                  () -> loop.createTask(() -> 1, EAGER.withContext(context))),
              TaskOptions.defaults().withContext(context))
          .await();
    });
  }

  @Test
  @DisplayName(
      "CTX-4: an eager task cannot share the context of its creator's creator either, while the creator is its eager child")
  void contextOfTheCreatorsCreator() {
    Loops.run(() -> {
      var context = new Context();
      EventLoop loop = EventLoop.getRunningLoop();
      ThrowingCallable<Object, ?> refused = () -> assertThrows(
          IllegalStateException.class, () -> loop.createTask(() -> 1, EAGER.withContext(context)));
      loop.createTask(
              () -> loop.createTask(refused, EAGER).await(),
              TaskOptions.defaults().withContext(context))
          .await();
      Future<Void> called = loop.createFuture();
      loop.callSoon(
          () -> {
            loop.createTask(refused, EAGER).result();
            called.setResult(null);
          },
          context);
      called.await();
      assertEquals(1, loop.createTask(() -> 1, EAGER.withContext(context)).result());
    });
  }
}
