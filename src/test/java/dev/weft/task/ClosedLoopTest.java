package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.sync.Condition;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** J10: a loop is closed, and its tasks wait for others in their cleanup. */
class ClosedLoopTest {

  private static final Duration DAY = Duration.ofDays(1);

  private final Order order = new Order();

  private void closeUnder(Runnable begin) {
    var reports = new CopyOnWriteArrayList<String>();
    var tasks = new CopyOnWriteArrayList<Task<?>>();
    EventLoop loop = Loops.newLoop();
    loop.setExceptionHandler((l, report) -> reports.add(report.message()));
    loop.runUntilComplete(() -> {
      begin.run();
      Loops.turns(3);
      tasks.addAll(loop.allTasks());
      tasks.remove(Task.current().orElseThrow());
      return null;
    });
    loop.close();
    assertEquals(
        List.of("Task was destroyed but it is pending!", "Task was destroyed but it is pending!"),
        reports);
    assertTrue(tasks.stream().allMatch(Task::done), tasks.toString());
  }

  @Test
  @DisplayName(
      "J10: a group's parent ends after its children, although close cancels it before them")
  void group() {
    closeUnder(() -> EventLoop.getRunningLoop().createTask(() -> {
      try {
        new TaskGroup()
            .run(group -> group.createTask(() -> {
              try {
                Task.sleep(DAY);
              } finally {
                order.expect(1);
              }
            }));
      } finally {
        order.finish(2);
      }
    }));
    order.checkFinished();
  }

  @Test
  @DisplayName("J10: a task that waits for a condition gets the lock from its owner, and ends")
  void condition() {
    var condition = new Condition();
    closeUnder(() -> {
      EventLoop.getRunningLoop()
          .createTask(() -> condition.with(() -> {
            try {
              condition.await();
            } finally {
              assertTrue(condition.locked());
              order.finish(2);
            }
          }));
      EventLoop.getRunningLoop()
          .createTask(() -> condition.with(() -> {
            try {
              Task.sleep(DAY);
            } finally {
              order.expect(1);
            }
          }));
    });
    order.checkFinished();
  }
}
