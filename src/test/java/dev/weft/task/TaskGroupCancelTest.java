package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Task groups that are cancelled from outside or by themselves. */
class TaskGroupCancelTest {

  private final Order order = new Order();
  private final TaskGroup group = new TaskGroup();

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static Object fail(String message) throws IOException {
    throw new IOException(message);
  }

  /** A child that ends some turns after it is cancelled. */
  private void linger(int turns, int step) {
    assertThrows(CancelledError.class, TaskGroupCancelTest::waitForEver);
    turns(turns);
    order.expect(step);
  }

  @Test
  @DisplayName(
      "TG-7: if the parent is cancelled in the body, the group cancels its children and waits for them before it throws")
  void parentCancelled() {
    Loops.run(() -> {
      Task<Object> parent = started(() -> group.run(g -> {
        g.createTask(() -> linger(3, 1));
        return waitForEver();
      }));
      turns(1);
      parent.cancel("why");
      var error = assertThrows(CancelledError.class, parent::await);
      assertEquals("why", error.getMessage());
      assertTrue(parent.cancelled());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "TG-7: if the parent is cancelled while it waits for the children, they are cancelled and awaited")
  void parentCancelledWaiting() {
    Loops.run(() -> {
      Task<Object> parent = started(() -> group.run(g -> {
        g.createTask(() -> linger(3, 1));
        return null;
      }));
      turns(2);
      parent.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, parent::await).getMessage());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-8: further requests neither end the wait nor reach the children again")
  void furtherCancels() {
    Loops.run(() -> {
      Task<Object> parent = started(() -> group.run(g -> {
        g.createTask(() -> linger(8, 1));
        return waitForEver();
      }));
      turns(1);
      for (int i = 0; i < 3; i++) {
        parent.cancel("request " + i);
        turns(2);
        assertFalse(parent.done());
      }
      assertEquals(
          "request 0", assertThrows(CancelledError.class, parent::await).getMessage());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "TG-9: a cancellation from outside that came while the group waited is not swallowed")
  void cancelledByBoth() {
    Loops.run(() -> {
      Task<Object> parent = started(() -> group.run(g -> {
        g.createTask(() -> linger(4, 1));
        turns(1);
        g.cancel();
        assertThrows(CancelledError.class, TaskGroupCancelTest::waitForEver);
        return null;
      }));
      turns(2);
      parent.cancel("outside");
      assertEquals("outside", assertThrows(CancelledError.class, parent::await).getMessage());
      assertEquals(1, parent.cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-9: the group takes its own request back exactly once, and other requests remain")
  void uncancelsOnce() {
    Loops.run(() -> {
      Task<Integer> parent = started(() -> {
        Task<?> self = Task.current().orElseThrow();
        self.cancel("outside");
        assertThrows(CancelledError.class, () -> turns(1));
        assertEquals(1, self.cancelling());
        assertThrows(
            ExceptionGroup.class,
            () -> group.run(g -> {
              g.createTask(() -> fail("boom"));
              return waitForEver();
            }));
        return self.cancelling();
      });
      assertThrows(CancelledError.class, parent::await); // TG-10: the request is pending again
      assertEquals(1, parent.cancelling());
    });
  }

  @Test
  @DisplayName("TG-10: failures win over a cancellation from outside, which the next wait throws")
  void failuresWin() {
    Loops.run(() -> {
      Task<Object> parent = started(() -> {
        var error = assertThrows(
            ExceptionGroup.class,
            () -> group.run(g -> {
              g.createTask(() -> {
                assertThrows(CancelledError.class, TaskGroupCancelTest::waitForEver);
                return fail("boom");
              });
              return waitForEver();
            }));
        assertEquals("boom", error.exceptions().get(0).getMessage());
        assertEquals(1, error.exceptions().size());
        assertEquals(1, Task.current().orElseThrow().cancelling());
        order.expect(1);
        turns(1);
        order.expectUnreached();
        return null;
      });
      turns(1);
      parent.cancel();
      assertThrows(CancelledError.class, parent::await);
      assertTrue(parent.cancelled());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-14: cancel() ends body and children, and run returns null without an error")
  void cancel() {
    Loops.run(() -> {
      assertNull(group.run(g -> {
        g.createTask(() -> linger(2, 1));
        turns(1);
        g.cancel();
        g.cancel();
        return waitForEver();
      }));
      assertEquals(0, Task.current().orElseThrow().cancelling());
      turns(1);
      group.cancel(); // has no effect after the group's end
      turns(1);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-14: a body that does not wait keeps its result; a child may cancel the group")
  void cancelledByAChild() {
    Loops.run(() -> {
      String result = group.run(g -> {
        g.createTask(() -> linger(2, 1));
        g.createTask(g::cancel);
        return "x";
      });
      assertEquals("x", result);
      assertEquals(0, Task.current().orElseThrow().cancelling());
      turns(1);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-14: a cancel before the entry takes effect at the first wait after it")
  void cancelBeforeEntry() {
    Loops.run(() -> {
      group.cancel();
      assertNull(group.run(g -> {
        assertThrows(IllegalStateException.class, () -> g.createTask(order::expectUnreached));
        order.expect(1);
        turns(1);
        order.expectUnreached();
        return "x";
      }));
      turns(1);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TG-14: after cancel() the group still throws failures of its children")
  void cancelWithFailures() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(g -> {
            g.createTask(() -> {
              try {
                waitForEver();
              } finally {
                fail("cleanup");
              }
            });
            turns(1);
            g.cancel();
            return null;
          }));
      assertEquals(
          List.of("cleanup"),
          error.exceptions().stream().map(Throwable::getMessage).toList());
      assertEquals(0, Task.current().orElseThrow().cancelling());
    });
  }

  @Test
  @DisplayName(
      "TG-17: an inner group whose parent the outer group cancels lets the cancellation pass")
  void innerAndOuter() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(outer -> {
            outer.createTask(() -> fail("outer child"));
            new TaskGroup().run(inner -> {
              inner.createTask(() -> linger(2, 1));
              return waitForEver();
            });
            order.expectUnreached();
            return null;
          }));
      assertEquals(
          List.of("outer child"),
          error.exceptions().stream().map(Throwable::getMessage).toList());
      assertEquals(0, Task.current().orElseThrow().cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "TG-17: if both groups cancel the same parent in the same turn, each takes its own request back")
  void bothAtOnce() {
    Loops.run(() -> {
      var error = assertThrows(
          ExceptionGroup.class,
          () -> group.run(outer -> {
            outer.createTask(() -> fail("outer child"));
            var inner = assertThrows(
                ExceptionGroup.class,
                () -> new TaskGroup().run(g -> {
                  g.createTask(() -> fail("inner child"));
                  return waitForEver();
                }));
            assertEquals("inner child", inner.exceptions().get(0).getMessage());
            assertEquals(1, Task.current().orElseThrow().cancelling());
            order.expect(1);
            turns(1);
            order.expectUnreached();
            return null;
          }));
      assertEquals("outer child", error.exceptions().get(0).getMessage());
      assertEquals(1, error.exceptions().size());
      assertEquals(0, Task.current().orElseThrow().cancelling());
      turns(1);
      order.finish(2);
    });
  }
}
