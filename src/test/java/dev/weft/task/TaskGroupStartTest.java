package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A child that reports when it is ready. */
class TaskGroupStartTest {

  private final Order order = new Order();
  private final TaskGroup group = new TaskGroup();
  private final IOException boom = new IOException("boom");

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  @Test
  @DisplayName(
      "start returns the value that the child reports, and the child continues as a task of the group")
  void ready() {
    Loops.run(() -> {
      group.run(g -> {
        int port = g.start(status -> {
          turns(3);
          order.expect(1);
          status.started(8080);
          turns(3);
          order.expect(3);
        });
        assertEquals(8080, port);
        order.expect(2);
        return null;
      });
      order.finish(4);
    });
  }

  @Test
  @DisplayName("null is a value to report; a second started() is an error of the child")
  void startedTwice() {
    Loops.run(() -> {
      group.run(g -> {
        assertNull(g.start(status -> {
          status.started(null);
          assertThrows(IllegalStateException.class, () -> status.started(null));
          order.expect(1);
        }));
        return null;
      });
      order.finish(2);
    });
  }

  @Test
  @DisplayName("a child that is eager and ready at once: start does not suspend")
  void eager() {
    Loops.run(() -> {
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      group.run(g -> {
        assertEquals(
            "x",
            g.start(status -> status.started("x"), TaskOptions.defaults().withEagerStart(true)));
        order.expect(1);
        return null;
      });
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "a child that fails before it is ready fails start, with the same object, and not the group")
  void failsBefore() {
    Loops.run(() -> {
      String result = group.run(g -> {
        g.createTask(() -> {
          turns(5);
          order.expect(2); // not cancelled
        });
        assertSame(
            boom,
            assertThrows(
                IOException.class,
                () -> g.start(status -> {
                  turns(1);
                  throw boom;
                })));
        order.expect(1);
        return "x";
      });
      assertEquals("x", result);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("a child that fails after it was ready fails the group")
  void failsAfter() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            g.start(status -> {
              status.started("x");
              throw boom;
            });
            order.expect(1);
            return waitForEver();
          }));
      assertSame(boom, error.exceptions().get(0));
      order.finish(2);
    });
  }

  @Test
  @DisplayName("a child that ends without being ready fails start and not the group")
  void endsBefore() {
    Loops.run(() -> {
      group.run(g -> {
        var error = assertThrows(IllegalStateException.class, () -> g.start(status -> turns(1)));
        assertTrue(error.getMessage().contains("started()"), error.getMessage());
        return null;
      });
      order.finish(1);
    });
  }

  @Test
  @DisplayName(
      "a child that is cancelled before it is ready, or has begun: start throws the cancellation")
  void childCancelled() {
    Loops.run(() -> {
      group.run(g -> {
        for (int turns = 1; turns <= 2; turns++) {
          Task<Object> starter = EventLoop.getRunningLoop()
              .createTask(() -> g.start(status -> waitForEver(), named("child")));
          turns(turns); // it has been created, or has begun
          EventLoop.getRunningLoop().allTasks().stream()
              .filter(task -> task.getName().equals("child"))
              .forEach(task -> task.cancel("why"));
          var error = assertThrows(CancelledError.class, starter::await);
          assertEquals("why", error.getMessage());
          assertEquals(0, starter.cancelling());
        }
        return null;
      });
      order.finish(1);
    });
  }

  private static TaskOptions named(String name) {
    return TaskOptions.defaults().withName(name);
  }

  @Test
  @DisplayName("the caller is cancelled: the child is cancelled, and has ended when start throws")
  void callerCancelled() {
    Loops.run(() -> {
      group.run(g -> {
        Task<Object> starter = started(() -> {
          try {
            return g.start(status -> {
              try {
                waitForEver();
              } finally {
                turns(4);
                status.started("too late, and without effect");
                order.expect(1);
              }
            });
          } finally {
            order.expect(2);
          }
        });
        turns(1);
        starter.cancel("first");
        turns(2);
        starter.cancel("second"); // does not affect the end of the child
        assertEquals(
            "second", assertThrows(CancelledError.class, starter::await).getMessage());
        return null;
      });
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "the caller is cancelled: a failure of the child during its cleanup is the group's failure")
  void callerCancelledChildFails() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            Task<Object> starter = started(() -> g.start(status -> {
              try {
                waitForEver();
              } finally {
                throwBoom();
              }
            }));
            turns(1);
            starter.cancel();
            assertThrows(CancelledError.class, starter::await);
            return null;
          }));
      assertSame(boom, error.exceptions().get(0));
    });
  }

  private void throwBoom() throws IOException {
    throw boom;
  }

  @Test
  @DisplayName(
      "the caller is cancelled in the turn in which the child is ready: the child is cancelled")
  void cancelledWhenReady() {
    Loops.run(() -> {
      group.run(g -> {
        Future<Void> go = EventLoop.getRunningLoop().createFuture();
        Task<Object> starter = started(() -> g.start(status -> {
          go.await();
          status.started("x");
          try {
            waitForEver();
          } finally {
            order.expect(1);
          }
        }));
        turns(1);
        go.setResult(null);
        EventLoop.getRunningLoop().callSoon(starter::cancel); // after the child's step
        assertThrows(CancelledError.class, starter::await);
        order.expect(2);
        return null;
      });
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "the caller is cancelled in the turn in which the child fails: the failure is not lost")
  void cancelledWhenFailed() {
    Loops.run(() -> {
      group.run(g -> {
        Future<Void> go = EventLoop.getRunningLoop().createFuture();
        Task<Object> starter = started(() -> g.start(status -> {
          go.await();
          throw boom;
        }));
        turns(1);
        go.setResult(null);
        EventLoop.getRunningLoop().callSoon(starter::cancel); // after the child's step
        var error = assertThrows(CancelledError.class, starter::await);
        assertSame(boom, error.getSuppressed()[0]);
        return null;
      });
    });
  }

  @Test
  @DisplayName("the group is cancelled meanwhile: the child is cancelled once, and start throws")
  void groupCancelled() {
    Loops.run(() -> {
      group.run(g -> {
        EventLoop.getRunningLoop().callLater(Duration.ofSeconds(1), g::cancel);
        return g.start(status -> {
          assertThrows(CancelledError.class, TaskGroupStartTest::waitForEver);
          turns(3); // not cancelled again
          assertEquals(1, Task.current().orElseThrow().cancelling());
          order.expect(1);
        });
      });
      assertEquals(0, Task.current().orElseThrow().cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("start fails outside a task, and where createTask does; it leaves no child")
  void refused() {
    Loops.run(() -> {
      assertThrows(
          IllegalStateException.class, () -> group.start(status -> order.expectUnreached()));
      group.run(g -> {
        EventLoop.getRunningLoop()
            .callSoon(() -> assertThrows(
                IllegalStateException.class, () -> g.start(status -> order.expectUnreached())));
        turns(3);
        return null;
      });
      assertFalse(EventLoop.getRunningLoop().allTasks().size() > 1);
      order.finish(1);
    });
  }
}
