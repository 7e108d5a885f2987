package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How tasks begin and end, and what programs can learn about them. */
class TaskLifeTest {

  private final Order order = new Order();

  @Test
  @DisplayName(
      "TASK-1, VT-13: creating a task runs nothing; its first step takes its place in the queue")
  void creation() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.callSoon(() -> order.expect(2));
      Task<Void> task = loop.createTask(() -> order.expect(3));
      loop.callSoon(() -> order.expect(4));
      order.expect(1);
      Loops.turns(1);
      order.finish(5);
      assertTrue(task.done());
    });
  }

  @Test
  @DisplayName("TASK-1: a task may be created while the loop is stopped")
  void createdBefore() {
    try (EventLoop loop = Loops.newLoop()) {
      Task<String> task = loop.createTask(() -> "x");
      assertFalse(task.done());
      assertEquals("x", loop.runUntilComplete(task));
    }
  }

  @Test
  @DisplayName("TASK-14: a factory gets the loop, the coroutine and the options as they were given")
  void factory() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      ThrowingCallable<String, ?> coroutine = () -> "x";
      TaskOptions options = TaskOptions.defaults().withName("n").withContext(new Context());
      var made = new ArrayList<Task<?>>();
      loop.setTaskFactory(new TaskFactory() {
        @Override
        public <T> Task<T> create(EventLoop on, Callable<? extends T> given, TaskOptions with) {
          assertSame(loop, on);
          assertSame(coroutine, given);
          assertSame(options, with);
          Task<T> task = DEFAULT.create(on, given, with);
          made.add(task);
          return task;
        }
      });
      assertSame(loop.createTask(coroutine, options), made.get(0));
    });
  }

  @Test
  @DisplayName("TASK-2, VT-14: null is an error with the parameter's name, and nothing is created")
  void nulls() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      ThrowingCallable<String, ?> none = null;
      assertEquals("coroutine", nameInError(() -> loop.createTask(none)));
      assertEquals("options", nameInError(() -> loop.createTask(() -> "x", null)));
      assertEquals("name", nameInError(() -> TaskOptions.defaults().withName(null)));
      assertEquals("context", nameInError(() -> TaskOptions.defaults().withContext(null)));
      assertEquals(1, loop.allTasks().size());
    });
  }

  private static String nameInError(Runnable call) {
    return assertThrows(NullPointerException.class, call::run).getMessage();
  }

  @Test
  @DisplayName("TASK-2, VT-14: a closed loop rejects a coroutine, which is never called")
  void closedLoop() {
    EventLoop loop = Loops.newLoop();
    loop.close();
    var error = assertThrows(
        IllegalStateException.class, () -> loop.createTask(() -> order.expectUnreached()));
    assertTrue(error.getMessage().contains("closed"), error.getMessage());
    order.finish(1);
  }

  @Test
  @DisplayName("TASK-3: the return value is the result; the exception is the failure, unwrapped")
  void end() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertEquals("x", loop.createTask(() -> "x").await());
      for (Throwable thrown : List.of(
          new IOException("checked"),
          new IllegalArgumentException("unchecked"),
          new AssertionError("an error"),
          new StackOverflowError("concerns the task alone"))) {
        Task<Object> task = loop.createTask(() -> {
          throw Throwables.rethrow(thrown);
        });
        assertSame(thrown, assertThrows(Throwable.class, task::await));
        assertSame(thrown, task.exception().orElseThrow());
        assertFalse(task.cancelled());
      }
    });
  }

  @Test
  @DisplayName(
      "TASK-3: a coroutine that throws CancelledError ends as cancelled, with or without a request")
  void cancelledByItself() {
    Loops.run(() -> {
      Task<Object> task = EventLoop.getRunningLoop().createTask(() -> {
        throw new CancelledError("my own");
      });
      Loops.turns(1);
      assertTrue(task.cancelled());
      assertEquals(0, task.cancelling());
    });
  }

  @Test
  @DisplayName(
      "TASK-4: the first reader gets the original CancelledError, later ones another, without message")
  void firstToLook() {
    Loops.run(() -> {
      var thrown = new CancelledError("here");
      Task<Object> task = EventLoop.getRunningLoop().createTask(() -> {
        throw thrown;
      });
      Loops.turns(1);
      assertSame(thrown, assertThrows(CancelledError.class, task::result));
      var later = assertThrows(CancelledError.class, task::result);
      assertNotSame(thrown, later);
      assertNull(later.getMessage());
    });
  }

  @Test
  @DisplayName("TASK-6: a task that awaits itself gets an error, and can go on")
  void awaitsItself() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var self = new Task<?>[1];
      self[0] = loop.createTask(() -> {
        var error = assertThrows(IllegalStateException.class, self[0]::await);
        assertTrue(error.getMessage().contains("await on itself"), error.getMessage());
        Loops.turns(1);
        return "went on";
      });
      assertEquals("went on", self[0].await());
    });
  }

  @Test
  @DisplayName("TASK-6: a task that awaits itself gets the error in its next turn")
  void awaitsItselfNextTurn() {
    var order = new Order();
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var self = new Task<?>[1];
      self[0] = loop.createTask(() -> {
        loop.callSoon(() -> order.expect(2));
        order.expect(1);
        assertThrows(IllegalStateException.class, self[0]::await);
        order.expect(3);
      });
      self[0].await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("TASK-6, TASK-10: a pending cancel comes before the error for awaiting itself")
  void awaitsItselfCancelled() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var self = new Task<?>[1];
      self[0] = loop.createTask(() -> {
        self[0].cancel("enough");
        self[0].await();
      });
      assertEquals("enough", assertThrows(CancelledError.class, self[0]::await).getMessage());
      self[0] = loop.createTask(() -> {
        loop.callSoon(() -> self[0].cancel("between"));
        self[0].await();
      });
      assertEquals("between", assertThrows(CancelledError.class, self[0]::await).getMessage());
    });
  }

  @Test
  @DisplayName("TASK-7: other code cannot complete a task")
  void setResult() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop().createTask(() -> "own");
      assertThrows(UnsupportedOperationException.class, () -> task.setResult("x"));
      assertThrows(UnsupportedOperationException.class, () -> task.setException(new Exception()));
      assertEquals("own", task.await());
      assertThrows(UnsupportedOperationException.class, () -> task.setResult("x"));
    });
  }

  @Test
  @DisplayName(
      "TASK-9: allTasks returns the unfinished tasks of this loop, also those that have not begun, oldest first")
  void allTasks() {
    try (EventLoop other = Loops.newLoop()) {
      Task<String> elsewhere = other.createTask(() -> "x");
      Loops.run(() -> {
        EventLoop loop = EventLoop.getRunningLoop();
        Task<?> main = Task.current().orElseThrow();
        Task<Void> done = loop.createTask(() -> {});
        Task<Void> waiting = loop.createTask(() -> Loops.turns(2));
        Loops.turns(1);
        Task<Void> fresh = loop.createTask(() -> {});
        assertTrue(done.done());
        assertEquals(List.of(main, waiting, fresh), loop.allTasks());
        Loops.turns(2);
        assertEquals(List.of(main), loop.allTasks());
      });
      other.runUntilComplete(elsewhere);
    }
  }

  @Test
  @DisplayName(
      "TASK-10: the name is Task-N, counted up, unless one is given; the thread has it too")
  void names() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> first = loop.createTask(() -> {});
      Task<String> named = loop.createTask(
          () -> Thread.currentThread().getName(), TaskOptions.defaults().withName("mine"));
      Task<Void> second = loop.createTask(() -> {});
      assertTrue(first.getName().matches("Task-[1-9][0-9]*"), first.getName());
      assertTrue(number(second) > number(first), "counted up");
      assertEquals("mine", named.getName());
      assertEquals("mine", named.await());
      assertTrue(named.toString().contains("mine"), named.toString());

      Task<?> self = Task.current().orElseThrow();
      self.setName("renamed");
      assertEquals("renamed", self.getName());
      assertEquals("renamed", Thread.currentThread().getName());
      Thread.currentThread().setName("as the thread");
      assertEquals("as the thread", self.getName());
      assertEquals("mine", named.getName(), "done");
    });
  }

  @Test
  @DisplayName("TASK-10: the thread of a task without a name has the name that the task reports")
  void nameOfTheThread() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<String> unnamed = loop.createTask(() -> Thread.currentThread().getName());
      assertEquals(unnamed.getName(), unnamed.await());
      assertTrue(unnamed.toString().contains(unnamed.getName()), unnamed.toString());
      String thread = loop.newThread(() -> {}, "").getName();
      assertTrue(thread.matches("Task-[1-9][0-9]*"), thread);
      Task<String> nameless = loop.createTask(
          () -> Thread.currentThread().getName(), TaskOptions.defaults().withName(""));
      assertEquals("", nameless.await(), "as given");
    });
  }

  private static long number(Task<?> task) {
    return Long.parseLong(task.getName().substring("Task-".length()));
  }

  @Test
  @DisplayName("TASK-11, VT-11: a task without references is not collected before its end")
  void stronglyHeld() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> gone = loop.createFuture();
      waitForUnreachable(loop, gone);
      Loops.turns(1);
      System.gc();
      assertEquals(2, loop.allTasks().size());
      loop.allTasks().get(1).cancel();
      gone.await();
    });
  }

  private static void waitForUnreachable(EventLoop loop, Future<Void> gone) {
    loop.createTask(() -> {
      try {
        loop.createFuture().await();
      } finally {
        gone.setResult(null);
      }
    });
  }

  @Test
  @DisplayName(
      "TASK-16: the text of a task with a cancel request says cancelling, until it is done")
  void printsCancelling() {
    Loops.run(() -> {
      Task<Void> task = EventLoop.getRunningLoop().createTask(() -> Loops.turns(100));
      Loops.turns(1);
      assertTrue(task.toString().contains("pending"), task.toString());
      task.cancel();
      assertTrue(task.toString().contains("cancelling"), task.toString());
      Loops.turns(1);
      assertTrue(task.toString().contains("cancelled"), task.toString());
    });
  }

  @Test
  @DisplayName("TASK-8: the current task is known only in its own steps")
  void currentTask() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<?> main = Task.current().orElseThrow();
      loop.callSoon(() -> {
        assertEquals(Optional.empty(), Task.current());
        order.expect(1);
      });
      Task<Void> other = loop.createTask(() -> {
        Task<?> self = Task.current().orElseThrow();
        assertTrue(self != main);
        Loops.turns(1);
        assertSame(self, Task.current().orElseThrow());
      });
      Thread foreign = Thread.ofVirtual().start(() -> {
        assertEquals(Optional.empty(), Task.current());
        order.expect(2);
      });
      other.await();
      foreign.join();
      assertSame(main, Task.current().orElseThrow());
      order.finish(3);
    });
    assertEquals(Optional.empty(), Task.current());
  }

  @Test
  @DisplayName("TASK-15: the stack of a waiting task has all its frames, on any thread")
  void stack() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(TaskLifeTest::outerFrame);
      assertEquals(List.of(), task.getStack());
      Loops.turns(1);
      var expected = List.of("innerFrame", "outerFrame");
      assertEquals(expected, ownFrames(task));
      assertEquals(expected, loop.runInExecutor(() -> ownFrames(task)).await());
      task.cancel();
      Loops.turns(1);
      assertEquals(List.of(), task.getStack());
    });
  }

  private static void outerFrame() {
    innerFrame();
  }

  private static void innerFrame() {
    EventLoop.getRunningLoop().createFuture().await();
  }

  private static List<String> ownFrames(Task<?> task) {
    var own = Set.of("innerFrame", "outerFrame");
    return task.getStack().stream()
        .map(StackTraceElement::getMethodName)
        .filter(own::contains)
        .toList();
  }

  @Test
  @DisplayName("the text of a waiting task says what it waits for")
  void awaiting() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      Task<String> task = loop.createTask(future::await);
      assertEquals(Optional.empty(), task.awaiting());
      Loops.turns(1);
      assertSame(future, task.awaiting().orElseThrow());
      future.setResult("x");
      task.await();
      assertEquals(Optional.empty(), task.awaiting());
    });
  }
}
