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

/** The method {@code start}, which waits until a child reports that it is ready. */
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
  @DisplayName("a child may report null; a second started() throws in the child")
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
  @DisplayName("start does not suspend if an eager child is ready at once")
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
      "if a child fails before it is ready, start throws the same object, and the group does not fail")
  void failsBefore() {
    Loops.run(() -> {
      String result = group.run(g -> {
        g.createTask(() -> {
          turns(5);
          order.expect(2); // this child is not cancelled
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
  @DisplayName("if a child fails after it was ready, the group fails")
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
  @DisplayName("if a child ends without being ready, start fails, and the group does not fail")
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
      "if a child is cancelled before it has begun or is ready, start throws the cancellation")
  void childCancelled() {
    Loops.run(() -> {
      group.run(g -> {
        for (int turns = 1; turns <= 2; turns++) {
          Task<Object> starter = EventLoop.getRunningLoop()
              .createTask(() -> g.start(status -> waitForEver(), named("child")));
          turns(turns); // the child is created, or has begun
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
  @DisplayName(
      "if the caller is cancelled, start cancels the child and throws when the child has ended")
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
  @DisplayName("if the caller is cancelled and the child fails in its cleanup, the group fails")
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
      "if the caller is cancelled in the turn in which the child is ready, the child is cancelled")
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
      "if the caller is cancelled in the turn in which the child fails, the failure is not lost")
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
  @DisplayName("if the group is cancelled meanwhile, the child is cancelled once, and start throws")
  void groupCancelled() {
    Loops.run(() -> {
      group.run(g -> {
        EventLoop.getRunningLoop().callLater(Duration.ofSeconds(1), g::cancel);
        return g.start(status -> {
          assertThrows(CancelledError.class, TaskGroupStartTest::waitForEver);
          turns(3); // the child is not cancelled again
          assertEquals(1, Task.current().orElseThrow().cancelling());
          order.expect(1);
        });
      });
      assertEquals(0, Task.current().orElseThrow().cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "start fails outside a task, and in all cases where createTask fails, and leaves no child")
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
