package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.task.Gather;
import dev.weft.testkit.Loops;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Cancelling tasks that wait for tasks: long chains, and cycles. */
class CancelChainTest {

  private final EventLoop loop = Loops.newLoop();
  private final List<ExceptionContext> reports = new ArrayList<>();

  @BeforeEach
  void listen() {
    loop.setExceptionHandler((where, record) -> reports.add(record));
  }

  @AfterEach
  void close() {
    loop.close();
  }

  /** Tasks that each await the next one, and the last one awaits the first. */
  private Task<?>[] cycle(int length) {
    var tasks = new Task<?>[length];
    for (int i = 0; i < length; i++) {
      int next = (i + 1) % length;
      tasks[i] = loop.createTask(() -> tasks[next].await());
    }
    Loops.turns(1);
    return tasks;
  }

  @Test
  @DisplayName("CANC-1: a request to cancel goes down a chain of 100,000 awaits")
  void chain() {
    int length = 100_000;
    loop.runUntilComplete(() -> {
      Future<Void> end = loop.createFuture();
      var tasks = new ArrayList<Task<?>>();
      Future<?> awaited = end;
      for (int i = 0; i < length; i++) {
        Future<?> next = awaited;
        Task<?> task = loop.createTask(() -> next.await());
        tasks.add(task);
        awaited = task;
      }
      Loops.turns(1);
      Task<?> outermost = tasks.get(length - 1);
      assertTrue(outermost.cancel("enough"));
      assertTrue(end.cancelled());
      assertTrue(tasks.stream().allMatch(task -> task.cancelling() == 1));
      assertEquals(
          "enough", assertThrows(CancelledError.class, outermost::await).getMessage());
      assertTrue(tasks.stream().allMatch(Task::cancelled));
    });
  }

  @Test
  @DisplayName("A chain that ends in a done future is cancelled at its last task")
  void chainThatIsAboutToGoOn() {
    loop.runUntilComplete(() -> {
      Future<String> end = loop.createFuture();
      Task<String> inner = loop.createTask(() -> end.await());
      Task<String> outer = loop.createTask(() -> inner.await());
      Loops.turns(1);
      end.setResult("lost");
      outer.cancel();
      assertThrows(CancelledError.class, outer::await);
      assertTrue(inner.cancelled());
    });
  }

  @Test
  @DisplayName(
      "A cycle of tasks is cancelled as a whole, each task once, wherever the request arrives")
  void cycle() {
    for (int length = 2; length < 6; length++) {
      int tasksInCycle = length;
      loop.runUntilComplete(() -> {
        Task<?>[] cycle = cycle(tasksInCycle);
        Task<?> outside = Loops.started(() -> cycle[1].await());
        Task<?> further = Loops.started(() -> outside.await());
        assertTrue(further.cancel("enough"));
        assertThrows(CancelledError.class, further::await);
        for (Task<?> task : cycle) {
          assertTrue(task.cancelled());
          assertEquals(1, task.cancelling());
        }
      });
    }
  }

  @Test
  @DisplayName("A cycle that passes through gather is cancelled")
  void throughGather() {
    loop.runUntilComplete(() -> {
      var tasks = new Task<?>[2];
      tasks[0] = loop.createTask(() -> Gather.of(List.of(tasks[1])).await());
      tasks[1] = loop.createTask(() -> tasks[0].await());
      Loops.turns(2);
      assertTrue(tasks[0].cancel());
      Loops.turns(10);
      assertTrue(tasks[0].cancelled());
      assertTrue(tasks[1].cancelled());

      tasks[0] = loop.createTask(() -> Gather.of(List.of(tasks[1])).await());
      tasks[1] = loop.createTask(() -> Gather.of(List.of(tasks[0])).await());
      Loops.turns(2);
      assertTrue(tasks[0].cancel());
      Loops.turns(10);
      assertTrue(tasks[0].cancelled());
      assertTrue(tasks[1].cancelled());
    });
  }

  @Test
  @DisplayName("A cycle is reported once, when it forms, with its tasks in order")
  void reported() {
    loop.runUntilComplete(() -> {
      Task<?>[] cycle = cycle(3);
      Loops.turns(2);
      assertEquals(1, reports.size());
      assertEquals(
          "Tasks wait for each other, so none of them can continue",
          reports.get(0).message());
      assertEquals(List.of(cycle[2], cycle[0], cycle[1]), reports.get(0).asMap().get("tasks"));
      cycle[0].cancel();
      Loops.turns(5);
    });
    assertEquals(1, reports.size());
  }

  @Test
  @DisplayName("Tasks that wait without a cycle are not reported")
  void noCycle() {
    loop.runUntilComplete(() -> {
      Future<Void> end = loop.createFuture();
      Task<?> inner = Loops.started(() -> end.await());
      Task<?> middle = Loops.started(() -> inner.await());
      Task<?> outer = Loops.started(() -> middle.await());
      Task<?> beside = Loops.started(() -> middle.await());
      end.setResult(null);
      outer.await();
      beside.await();
    });
    assertEquals(List.of(), reports);
  }
}
