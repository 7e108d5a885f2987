package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Exceptions that leave a loop, and exceptions that a handler for ordinary errors does not catch. */
class FatalErrorTest {

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName(
      "TASK-3, VT-9: a KeyboardInterrupt is stored in the task and leaves the loop, which can run again")
  void leavesTheLoop() {
    var fatal = new KeyboardInterrupt();
    Task<Void> task = loop.createTask(() -> {
      loop.callSoon(() -> order.expect(1));
      throw fatal;
    });
    Task<Void> other = loop.createTask(() -> Loops.turns(2));

    assertSame(fatal, assertThrows(KeyboardInterrupt.class, loop::runForever));
    assertSame(fatal, task.exception().orElseThrow());
    assertFalse(other.done());
    loop.runUntilComplete(other);
    order.finish(2);
  }

  @Test
  @DisplayName(
      "CANC-19: a KeyboardInterrupt during the handling of a cancellation leaves the loop too")
  void whileBeingCancelled() {
    var fatal = new KeyboardInterrupt();
    Task<Void> task = loop.createTask(() -> {
      try {
        loop.createFuture().await();
      } catch (CancelledError cancelled) {
        throw fatal;
      }
    });
    var thrown = assertThrows(
        KeyboardInterrupt.class,
        () -> loop.runUntilComplete(() -> {
          Loops.turns(1);
          task.cancel();
          task.await();
        }));
    assertSame(fatal, thrown);
    assertSame(fatal, task.exception().orElseThrow());
    assertFalse(task.cancelled());
  }

  /** An error by which a program ends itself. */
  private static final class SystemExit extends FatalError {
    private static final long serialVersionUID = 1L;
  }

  @Test
  @DisplayName(
      "A FatalError that the program throws leaves the loop from a task and from a callback")
  void ownType() {
    var fatal = new SystemExit();
    Task<Void> task = loop.createTask(() -> {
      throw fatal;
    });
    assertSame(fatal, assertThrows(SystemExit.class, loop::runForever));
    assertSame(fatal, task.exception().orElseThrow());
    loop.callSoon(() -> {
      throw fatal;
    });
    assertSame(fatal, assertThrows(SystemExit.class, loop::runForever));
    assertSame(
        fatal,
        assertThrows(
            SystemExit.class,
            () -> loop.runUntilComplete(() -> {
              throw fatal;
            })));
  }

  @Test
  @DisplayName("VT-8: catch (Exception) does not swallow a cancellation")
  void notAnException() {
    loop.runUntilComplete(() -> {
      Task<String> task = loop.createTask(() -> {
        try {
          loop.createFuture().await();
        } catch (Exception swallowed) {
          return "swallowed";
        }
        return "not reached";
      });
      Loops.turns(1);
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName(
      "TASK-11: a task that could not start is not listed, and the tasks suspended for it continue")
  void notStarted() {
    loop.runUntilComplete(() -> {
      startEagerlyWhilePossible().await();
      assertEquals(1, loop.allTasks().size(), "this task alone");
    });
  }

  private Task<Void> startEagerlyWhilePossible() {
    return loop.createTask(
        () -> {
          try {
            startEagerlyWhilePossible().await();
          } catch (StackOverflowError tooDeep) {
            order.finish(1);
          }
          return null;
        },
        TaskOptions.defaults().withEagerStart(true));
  }
}
