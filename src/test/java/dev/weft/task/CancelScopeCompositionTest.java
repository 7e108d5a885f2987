package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Cancel scopes together with Task.cancel, timeouts and task groups, whose counts of requests stay correct. */
class CancelScopeCompositionTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Order order = new Order();
  private final CancelScope scope = new CancelScope();
  private int ended;

  private static Task<?> self() {
    return Task.current().orElseThrow();
  }

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static void assertCancelled() {
    assertThrows(CancelledError.class, CancelScopeCompositionTest::waitForEver);
  }

  private static void nothingIsLeft() {
    assertEquals(0, self().cancelling());
    Loops.turns(3);
    Task.sleep(HOUR);
  }

  // ---- Task.cancel

  @Test
  @DisplayName("Task.cancel passes through a scope that is not cancelled, and counts as a request")
  void taskCancelled() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> scope.run(inside -> waitForEver()));
      task.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, task::await).getMessage());
      assertEquals(1, task.cancelling());
      assertFalse(scope.cancelledCaught());
    });
  }

  @Test
  @DisplayName(
      "Task.cancel passes through a scope that is cancelled in the same turn, in either order")
  void bothInOneTurn() {
    for (boolean scopeFirst : new boolean[] {true, false}) {
      Loops.run(() -> {
        var both = new CancelScope();
        Task<Object> task = Loops.started(() -> both.run(inside -> waitForEver()));
        if (scopeFirst) {
          both.cancel();
        }
        task.cancel();
        both.cancel();
        assertThrows(CancelledError.class, task::await);
        assertEquals(1, task.cancelling());
        assertFalse(both.cancelledCaught());
      });
    }
  }

  @Test
  @DisplayName(
      "a scope that is cancelled while its task cleans up after Task.cancel does not swallow that cancellation")
  void scopeDuringCleanUp() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> Asyncio.moveOnAfter(SECOND, inside -> {
        try {
          return waitForEver();
        } finally {
          Task.sleep(HOUR);
          order.expectUnreached();
        }
      }));
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
      assertEquals(SECOND.toNanos(), EventLoop.getRunningLoop().time());
      order.finish(1);
    });
  }

  @Test
  @DisplayName(
      "Task.cancel during a shielded cleanup in a cancelled scope passes through the scope too")
  void taskCancelledDuringCleanUp() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> Asyncio.moveOnAfter(SECOND, inside -> {
        try {
          return waitForEver();
        } finally {
          Asyncio.shielded(() -> Task.sleep(HOUR));
        }
      }));
      EventLoop.getRunningLoop().callLater(SECOND.multipliedBy(2), task::cancel);
      assertThrows(CancelledError.class, task::await);
      assertEquals(SECOND.multipliedBy(2).toNanos(), EventLoop.getRunningLoop().time());
    });
  }

  @Test
  @DisplayName(
      "a scope for the cleanup after Task.cancel ends its own cancellation, and restores the count of its entry")
  void scopeInCleanUp() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> {
        try {
          return waitForEver();
        } finally {
          assertFalse(Asyncio.moveOnAfter(SECOND, () -> Task.sleep(HOUR)));
          Task.sleep(SECOND);
          order.expect(1);
        }
      });
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "Task.cancel in a call of the JDK, in a cancelled scope, counts once and passes through")
  void taskCancelledInBlockingCall() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> scope.run(inside -> {
        assertThrows(InterruptedException.class, () -> new LinkedBlockingQueue<>().take());
        self().cancel();
        return new LinkedBlockingQueue<>().take();
      }));
      scope.cancel();
      assertThrows(CancelledError.class, task::await);
      assertEquals(1, task.cancelling());
      assertFalse(scope.cancelledCaught());
    });
  }

  @Test
  @DisplayName(
      "if a task catches Task.cancel in a cancelled scope and calls uncancel, the scope's cancellation ends at the scope")
  void uncancelled() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> {
        scope.run(inside -> {
          assertCancelled();
          self().uncancel();
          return waitForEver();
        });
        return "x";
      });
      task.cancel();
      scope.cancel();
      assertEquals("x", task.await());
      assertTrue(scope.cancelledCaught());
    });
  }

  @Test
  @DisplayName(
      "if the scope has no wait after Task.cancel, the cancellation takes effect at the first wait after the scope")
  void taskCancelledAtTheEnd() {
    Loops.run(() -> {
      Task<Object> task = Loops.started(() -> {
        scope.run(inside -> {
          assertThrows(InterruptedException.class, () -> new LinkedBlockingQueue<>().take());
          self().cancel();
          return null;
        });
        order.expect(1);
        return new LinkedBlockingQueue<>().take();
      });
      scope.cancel();
      assertThrows(CancelledError.class, task::await);
      order.finish(2);
    });
  }

  // ---- timeouts

  @Test
  @DisplayName("with a timeout in a scope, the first that expires ends its own body")
  void timeoutInside() {
    Loops.run(() -> {
      assertTrue(Asyncio.moveOnAfter(HOUR, () -> {
        assertThrows(
            TimeoutException.class, () -> Asyncio.timeout(SECOND, inside -> waitForEver()));
        assertEquals(0, self().cancelling());
        Task.sleep(SECOND);
      }));
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        Asyncio.timeout(HOUR, inside -> waitForEver());
      }));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "TMO-8: a timeout in a scope with the same deadline lets the scope's error pass, and restores its count")
  void timeoutInsideAtOnce() {
    Loops.run(() -> {
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        Asyncio.timeout(SECOND, inside -> waitForEver());
      }));
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        assertThrows(
            TimeoutException.class,
            () -> Asyncio.timeout(SECOND.dividedBy(2), inside -> waitForEver()));
        assertThrows(
            CancelledError.class, () -> Asyncio.waitFor(() -> waitForEver(), SECOND.dividedBy(2)));
        assertCancelled();
        waitForEver();
      }));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "with a scope in a timeout, the first that expires ends its own body; in the same turn the timeout wins")
  void timeoutOutside() {
    Loops.run(() -> {
      assertEquals("x", Asyncio.timeout(HOUR, outside -> {
        assertFalse(Asyncio.moveOnAfter(SECOND, () -> Task.sleep(HOUR)));
        assertEquals(0, self().cancelling());
        return "x";
      }));
      for (Duration inner : List.of(HOUR, SECOND)) {
        assertThrows(
            TimeoutException.class,
            () -> Asyncio.timeout(SECOND, outside -> {
              Asyncio.moveOnAfter(inner, () -> {
                waitForEver();
              });
              order.expectUnreached();
              return null;
            }));
      }
      order.finish(1);
      nothingIsLeft();
    });
  }

  // ---- task groups

  @Test
  @DisplayName(
      "a group in a cancelled scope cancels each child once, and waits for them, however long they take")
  void group() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertEquals(Optional.empty(), Asyncio.moveOnAfter(SECOND, inside -> {
        Asyncio.taskGroup(group -> {
          for (int i = 0; i < 2; i++) {
            group.createTask(() -> {
              assertCancelled();
              Task.sleep(SECOND); // the scope does not include the child, so the child can clean up
              assertEquals(1, self().cancelling());
              assertEquals(SECOND.toNanos() * 2, loop.time());
              order.expect(++ended);
            });
          }
          return null;
        });
        order.expectUnreached();
        return null;
      }));
      order.finish(3);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "if a scope cancels the body of a group, the group cancels its children and waits for them")
  void groupWithBody() {
    Loops.run(() -> {
      scope.run(inside -> Asyncio.taskGroup(group -> {
        Task<Object> child = group.createTask(() -> {
          assertCancelled();
          Task.sleep(SECOND);
          order.expect(1);
          return null;
        });
        Loops.turns(1);
        inside.cancel();
        return child;
      }));
      assertTrue(scope.cancelledCaught());
      order.finish(2);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a child's failure while a scope cancels the group passes through the scope")
  void groupFails() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      var failure = assertThrows(
          ExceptionGroup.class,
          () -> Asyncio.moveOnAfter(
              SECOND,
              inside -> Asyncio.taskGroup(group -> {
                group.createTask(() -> {
                  assertCancelled();
                  throw boom;
                });
                return null;
              })));
      assertSame(boom, failure.exceptions().get(0));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "a scope in the body of a group whose child fails lets the group's cancellation pass, and keeps the count correct")
  void scopeInGroup() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      var failure = assertThrows(
          ExceptionGroup.class,
          () -> Asyncio.taskGroup(group -> {
            group.createTask(() -> {
              Task.sleep(SECOND);
              throw boom;
            });
            return scope.run(inside -> {
              inside.reschedule(SECOND.toNanos()); // in the same turn
              return waitForEver();
            });
          }));
      assertSame(boom, failure.exceptions().get(0));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("group.cancel in a cancelled scope ends the group; the next wait is cancelled")
  void groupCancel() {
    Loops.run(() -> {
      scope.run(inside -> {
        Asyncio.taskGroup(group -> {
          group.cancel();
          inside.cancel();
          return waitForEver();
        });
        order.expect(1);
        return waitForEver();
      });
      assertTrue(scope.cancelledCaught());
      order.finish(2);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a scope in a child affects only the child")
  void scopeInChild() {
    Loops.run(() -> {
      assertEquals("x", Asyncio.taskGroup(group -> {
        Task<Boolean> child =
            group.createTask(() -> Asyncio.moveOnAfter(SECOND, () -> Task.sleep(HOUR)));
        Task.sleep(SECOND.multipliedBy(2));
        assertFalse(child.result());
        return "x";
      }));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName(
      "a task that is created in a scope, but not by a group, continues when the scope is cancelled")
  void taskInside() {
    Loops.run(() -> {
      scope.cancel();
      Task<String> task = scope
          .run(inside -> Asyncio.createTask(() -> Asyncio.sleep(SECOND, "x")))
          .orElseThrow();
      assertEquals("x", task.await());
    });
  }

  @Test
  @DisplayName("TaskGroup.start in a cancelled scope throws when the child has ended")
  void start() {
    Loops.run(() -> {
      assertFalse(Asyncio.moveOnAfter(
          SECOND,
          () -> Asyncio.taskGroup(group -> {
            assertThrows(
                CancelledError.class,
                () -> group.start(status -> {
                  assertCancelled();
                  Task.sleep(SECOND);
                  order.expect(1);
                }));
            order.expect(2);
            return waitForEver();
          })));
      order.finish(3);
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("a cancelled scope cancels races and maps in it")
  void concurrently() {
    Loops.run(() -> {
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        Concurrently.race(List.of(() -> waitForEver(), () -> waitForEver()));
      }));
      assertFalse(Asyncio.moveOnAfter(SECOND, () -> {
        Concurrently.mapConcurrent(List.of(1, 2, 3), 2, item -> waitForEver());
      }));
      nothingIsLeft();
    });
  }

  @Test
  @DisplayName("closing a loop ends a task in a cancelled scope")
  void loopClosed() {
    var caught = new LinkedBlockingQueue<Throwable>();
    try (EventLoop loop = Loops.newLoop()) {
      loop.setExceptionHandler((theLoop, context) -> {});
      loop.runUntilComplete(() -> {
        Asyncio.createTask(() -> scope.run(inside -> {
          inside.cancel();
          try {
            Asyncio.shielded(() -> waitForEver());
          } catch (CancelledError error) {
            caught.add(error);
            throw error;
          }
          return null;
        }));
        Loops.turns(1);
        return null;
      });
    }
    assertEquals(1, caught.size());
  }
}
