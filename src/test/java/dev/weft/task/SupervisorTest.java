package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A supervisor, whose tasks end together but do not cancel one another. */
class SupervisorTest {

  private final Order order = new Order();
  private final List<ExceptionContext> reports = new ArrayList<>();
  private final IOException boom = new IOException("boom");

  private void listen() {
    EventLoop.getRunningLoop().setExceptionHandler((loop, report) -> reports.add(report));
  }

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private void linger(int step) {
    try {
      waitForEver();
    } finally {
      turns(2);
      order.expect(step);
    }
  }

  @Test
  @DisplayName("a child's failure is reported with its task, and ends only that child")
  void failure() {
    Loops.run(() -> {
      listen();
      var failed = new ArrayList<Task<?>>();
      String result = Supervisor.supervise(supervisor -> {
        failed.add(supervisor.createTask(
            () -> {
              throw boom;
            },
            TaskOptions.defaults().withName("failing")));
        supervisor.createTask(() -> {
          turns(5);
          order.expect(1);
        });
        turns(2);
        return "x";
      });
      assertEquals("x", result);
      order.finish(2);
      assertEquals(1, reports.size());
      assertSame(boom, reports.get(0).exception().orElseThrow());
      assertSame(failed.get(0), reports.get(0).task().orElseThrow());
    });
  }

  @Test
  @DisplayName(
      "if the body fails, all children are cancelled and awaited, and its failure is thrown in a group")
  void failingBody() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> Supervisor.supervise(supervisor -> {
            supervisor.createTask(() -> linger(1));
            turns(1);
            throw boom;
          }));
      assertEquals(List.of(boom), error.exceptions());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("if the caller is cancelled, all children are cancelled, and nothing is reported")
  void cancelled() {
    Loops.run(() -> {
      listen();
      Task<Object> caller = started(() -> Supervisor.supervise(supervisor -> {
        supervisor.createTask(() -> linger(1));
        return null;
      }));
      turns(1);
      caller.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, caller::await).getMessage());
      assertEquals(List.of(), reports);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("the failure of a child that is being cancelled is reported too")
  void failureInCleanup() {
    Loops.run(() -> {
      listen();
      assertNull(Supervisor.supervise(supervisor -> {
        supervisor.createTask(() -> {
          assertThrows(CancelledError.class, SupervisorTest::waitForEver);
          throw boom;
        });
        turns(1);
        supervisor.cancel();
        return waitForEver();
      }));
      assertEquals(1, reports.size());
      assertEquals(0, Task.current().orElseThrow().cancelling());
    });
  }

  @Test
  @DisplayName("cancelling one child ends only that child, without a report")
  void cancelledChild() {
    Loops.run(() -> {
      listen();
      Supervisor.supervise(supervisor -> {
        Task<Void> child = supervisor.createTask(() -> linger(1));
        turns(1);
        child.cancel();
        turns(5);
        order.expect(2);
        return null;
      });
      assertEquals(List.of(), reports);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("a fatal failure of a child ends all children, and is thrown without a group")
  void fatal() {
    var interrupt = new KeyboardInterrupt();
    try (EventLoop loop = Loops.newLoop()) {
      Task<Object> main = loop.createTask(() -> Supervisor.supervise(supervisor -> {
        supervisor.createTask(() -> linger(1));
        supervisor.createTask(() -> {
          throw interrupt;
        });
        return null;
      }));
      assertThrows(
          KeyboardInterrupt.class, () -> loop.runUntilComplete(main)); // the failure ends the run
      assertThrows(KeyboardInterrupt.class, () -> loop.runUntilComplete(main));
      assertSame(interrupt, main.exception().orElseThrow());
    }
    order.finish(2);
  }

  @Test
  @DisplayName("no children start after the end")
  void ended() {
    Loops.run(() -> {
      Supervisor[] escaped = {null};
      Supervisor.supervise(supervisor -> {
        escaped[0] = supervisor;
        return null;
      });
      assertThrows(
          IllegalStateException.class, () -> escaped[0].createTask(order::expectUnreached));
      escaped[0].cancel();
      turns(1);
      order.finish(1);
    });
  }
}
