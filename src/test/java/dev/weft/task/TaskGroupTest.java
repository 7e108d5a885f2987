package dev.weft.task;

import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionContext;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskFactory;
import dev.weft.loop.TaskOptions;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Task groups: entry, children and failures. */
class TaskGroupTest {

  private final Order order = new Order();
  private final TaskGroup group = new TaskGroup();

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static Object fail(String message) throws IOException {
    throw new IOException(message);
  }

  private static List<String> messages(ExceptionGroup error) {
    return error.exceptions().stream().map(Throwable::getMessage).toList();
  }

  @Test
  @DisplayName("TG-1: a group can be entered only in a task, and only once")
  void entry() {
    assertThrows(IllegalStateException.class, () -> group.run(g -> null));
    Loops.run(() -> {
      EventLoop.getRunningLoop()
          .callSoon(() -> assertThrows(IllegalStateException.class, () -> group.run(g -> null)));
      turns(1);
      assertEquals("x", group.run(g -> {
        assertThrows(IllegalStateException.class, () -> group.run(again -> null));
        return "x";
      }));
      assertThrows(IllegalStateException.class, () -> group.run(g -> null));
    });
  }

  @Test
  @DisplayName(
      "TG-2: a group rejects children before its entry, after its end and during its shutdown")
  void refusedChildren() {
    Loops.run(() -> {
      assertRefused("not been entered");
      group.run(g -> g.createTask(() -> order.expect(1)));
      assertRefused("finished");
      var failing = new TaskGroup();
      assertThrows(
          ExceptionGroup.class,
          () -> failing.run(g -> {
            g.createTask(() -> fail("boom"));
            assertThrows(CancelledError.class, TaskGroupTest::waitForEver);
            var error = assertThrows(
                IllegalStateException.class, () -> g.createTask(order::expectUnreached));
            assertTrue(error.getMessage().contains("shutting down"), error.getMessage());
            return null;
          }));
      turns(2);
      order.finish(2);
    });
  }

  private void assertRefused(String why) {
    var error =
        assertThrows(IllegalStateException.class, () -> group.createTask(order::expectUnreached));
    assertTrue(error.getMessage().contains(why), error.getMessage());
  }

  @Test
  @DisplayName(
      "TG-3: children may add children while the group waits, and the group waits for these too")
  void siblings() {
    Loops.run(() -> {
      group.run(g -> g.createTask(() -> {
        turns(2);
        order.expect(1);
        g.createTask(() -> {
          turns(2);
          g.createTask(() -> {
            turns(2);
            order.expect(2);
          });
        });
      }));
      order.finish(3);
    });
  }

  @Test
  @DisplayName("TG-4: the first failure cancels the siblings, and the body in its wait")
  void firstFailure() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            g.createTask(() -> {
              assertThrows(CancelledError.class, TaskGroupTest::waitForEver);
              order.expect(1);
            });
            g.createTask(() -> fail("boom"));
            try {
              return waitForEver();
            } catch (CancelledError cancelled) {
              order.expect(2);
              throw cancelled;
            }
          }));
      assertEquals(List.of("boom"), messages(error));
      Task<?> self = Task.current().orElseThrow();
      assertEquals(0, self.cancelling());
      turns(1); // throws if a request remains
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "TG-4: the first failure cancels the siblings also when the group already waits for its children")
  void failureWhileWaiting() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            g.createTask(TaskGroupTest::waitForEver);
            return g.createTask(() -> {
              turns(3);
              return fail("boom");
            });
          }));
      assertEquals(List.of("boom"), messages(error));
      assertEquals(0, Task.current().orElseThrow().cancelling());
    });
  }

  @Test
  @DisplayName("TG-5: a child that ends as cancelled affects neither the group nor another task")
  void cancelledChild() {
    Loops.run(() -> {
      String result = group.run(g -> {
        Task<Object> child = g.createTask(TaskGroupTest::waitForEver);
        g.createTask(() -> {
          turns(5);
          order.expect(1);
        });
        turns(1);
        child.cancel();
        turns(3);
        return "x";
      });
      assertEquals("x", result);
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "TG-6: the group throws the failures of children in the order of completion, and the body's last")
  void orderOfFailures() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            g.createTask(() -> failAtTheEnd("slow", 5));
            g.createTask(() -> failAtTheEnd("quick", 1));
            turns(1);
            return fail("body");
          }));
      assertEquals(List.of("quick", "slow", "body"), messages(error));
    });
  }

  private static void failAtTheEnd(String message, int turns) throws IOException {
    try {
      waitForEver();
    } finally {
      turns(turns);
      fail(message);
    }
  }

  @Test
  @DisplayName("TG-6: a failing body cancels the children and waits for them")
  void failingBody() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            g.createTask(() -> {
              try {
                waitForEver();
              } finally {
                turns(3);
                order.expect(1);
              }
            });
            turns(1);
            throw boom;
          }));
      assertSame(boom, error.exceptions().get(0));
      assertEquals(1, error.exceptions().size());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "TG-11: a fatal failure of a child is thrown without a group, and the other failures are reported")
  void fatal() {
    var reports = new ArrayList<ExceptionContext>();
    var interrupt = new KeyboardInterrupt();
    try (EventLoop loop = Loops.newLoop()) {
      loop.setExceptionHandler((l, report) -> reports.add(report));
      Task<Void> main = loop.createTask(() -> {
        var error = assertThrows(
            KeyboardInterrupt.class,
            () -> group.run(g -> {
              g.createTask(() -> failAtTheEnd("child", 3));
              g.createTask(() -> {
                throw interrupt;
              });
              try {
                return waitForEver();
              } finally {
                fail("body");
              }
            }));
        assertSame(interrupt, error);
        order.expect(1);
      });
      assertThrows(
          KeyboardInterrupt.class, () -> loop.runUntilComplete(main)); // the failure ends the run
      loop.runUntilComplete(main);
    }
    assertEquals(
        List.of("child", "body"),
        reports.stream()
            .map(report -> report.exception().orElseThrow().getMessage())
            .toList());
    order.finish(2);
  }

  @Test
  @DisplayName(
      "TG-11: a fatal failure of the body is thrown without a group, after the children have ended")
  void fatalBody() {
    var interrupt = new KeyboardInterrupt();
    Loops.run(() -> {
      var error = assertThrows(
          KeyboardInterrupt.class,
          () -> group.run(g -> {
            g.createTask(() -> {
              try {
                waitForEver();
              } finally {
                turns(2);
                order.expect(1);
              }
            });
            turns(1);
            throw interrupt;
          }));
      assertSame(interrupt, error);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-12: a nested task group gives a nested exception group; nothing is flattened")
  void nested() {
    Loops.run(() -> {
      var outer = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> new TaskGroup().run(inner -> inner.createTask(() -> fail("boom")))));
      assertEquals(1, outer.exceptions().size());
      var inner = assertInstanceOf(ExceptionGroup.class, outer.exceptions().get(0));
      assertEquals(List.of("boom"), messages(inner));
    });
  }

  @Test
  @DisplayName("TG-13: failures that do not extend Exception are ordinary members")
  void errors() {
    Loops.run(() -> {
      var assertion = new AssertionError("boom");
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> g.createTask(() -> {
            throw assertion;
          })));
      assertSame(assertion, error.exceptions().get(0));
      assertSame(assertion, error.getCause());
    });
  }

  @Test
  @DisplayName("TG-15: an eager child that fails at once does not cancel the creator in createTask")
  void eagerFailure() {
    Loops.run(() -> {
      EventLoop.getRunningLoop().setTaskFactory(TaskFactory.EAGER);
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            Task<?> child = g.createTask(() -> fail("boom"));
            assertTrue(child.done());
            assertEquals(0, Task.current().orElseThrow().cancelling());
            g.createTask(() -> order.expect(1)); // the shutdown has not begun yet
            assertThrows(CancelledError.class, TaskGroupTest::waitForEver);
            order.expect(2);
            return null;
          }));
      assertEquals(List.of("boom"), messages(error));
      order.finish(3);
    });
  }

  @Test
  @DisplayName("TG-15: an eager child that cancels the group in its first step is cancelled, too")
  void eagerCancel() {
    Loops.run(() -> {
      var eager = TaskOptions.defaults().withEagerStart(true);
      group.run(g -> g.createTask(
          () -> {
            g.cancel();
            assertThrows(CancelledError.class, TaskGroupTest::waitForEver);
            order.expect(1);
          },
          eager));
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-19: the children's results remain readable")
  void resultsAfterwards() {
    Loops.run(() -> {
      var children = new ArrayList<Task<Integer>>();
      assertNull(group.run(g -> {
        for (int i = 0; i < 3; i++) {
          int own = i;
          children.add(g.createTask(() -> own));
        }
        return null;
      }));
      assertEquals(List.of(0, 1, 2), children.stream().map(Task::result).toList());
      assertFalse(group.toString().contains("errors"), group.toString());
    });
  }
}
