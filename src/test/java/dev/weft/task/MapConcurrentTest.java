package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Task;
import dev.weft.loop.TaskFactory;
import dev.weft.testkit.Loops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A function that is applied to many items concurrently. */
class MapConcurrentTest {

  private final List<Object> log = new ArrayList<>();

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  @Test
  @DisplayName("results have the order of the items, not of completion; null is a result")
  void order() {
    Loops.run(() -> {
      List<String> results = Concurrently.mapConcurrent(List.of(3, 1, 2), 3, item -> {
        turns(item);
        log.add(item);
        return item == 2 ? null : "x" + item;
      });
      assertEquals(Arrays.asList("x3", "x1", null), results);
      assertEquals(List.of(1, 2, 3), log);
      assertThrows(UnsupportedOperationException.class, () -> results.set(0, "y"));
    });
  }

  @Test
  @DisplayName(
      "calls start in order, up to the limit at a time, and the next starts as soon as one ends")
  void limit() {
    Loops.run(() -> {
      int[] now = {0};
      int[] most = {0};
      Concurrently.mapConcurrent(List.of(5, 1, 1, 1, 1), 2, item -> {
        log.add("begin " + log.size());
        most[0] = Math.max(most[0], ++now[0]);
        turns(item);
        now[0]--;
        return item;
      });
      assertEquals(2, most[0]);
      assertEquals(List.of("begin 0", "begin 1", "begin 2", "begin 3", "begin 4"), log);
    });
  }

  @Test
  @DisplayName("no items give an empty list; bad arguments are errors before anything starts")
  void arguments() {
    Loops.run(() -> {
      assertEquals(List.of(), Concurrently.mapConcurrent(List.of(), 1, item -> item));
      assertThrows(
          IllegalArgumentException.class,
          () -> Concurrently.mapConcurrent(List.of(1), 0, log::add));
      assertThrows(
          NullPointerException.class, () -> Concurrently.mapConcurrent(List.of(1), 1, null));
      var error = assertThrows(
          NullPointerException.class,
          () -> Concurrently.mapConcurrent(Arrays.asList(1, null), 1, log::add));
      assertEquals("null in items", error.getMessage());
      assertEquals(List.of(), log);
    });
  }

  @Test
  @DisplayName("if one call fails, the others are cancelled, and no further item starts")
  void failure() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      var error = assertThrows(
          ExceptionGroup.class,
          () -> Concurrently.mapConcurrent(List.of(0, 1, 2, 3), 2, item -> {
            log.add(item);
            if (item == 1) {
              turns(1);
              throw boom;
            }
            // the worker must not swallow the cancellation and take the next item
            log.add(assertThrows(CancelledError.class, MapConcurrentTest::waitForEver)
                .getClass());
            return null;
          }));
      assertEquals(List.of(boom), error.exceptions());
      assertEquals(List.of(0, 1, CancelledError.class), log);
    });
  }

  @Test
  @DisplayName("if the caller is cancelled, all calls are cancelled, and no further item starts")
  void cancelled() {
    Loops.run(() -> {
      Task<List<Object>> caller =
          started(() -> Concurrently.mapConcurrent(List.of(0, 1, 2), 2, item -> {
            log.add(item);
            return assertThrows(CancelledError.class, MapConcurrentTest::waitForEver);
          }));
      turns(1);
      caller.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, caller::await).getMessage());
      assertEquals(List.of(0, 1), log);
    });
  }

  @Test
  @DisplayName(
      "if the call for one item ends as cancelled by itself, the map fails, so no result is silently missing")
  void cancelledByItself() {
    Loops.run(() -> {
      for (int limit = 1; limit <= 3; limit++) {
        log.clear();
        int most = limit;
        var own = new CancelledError("own");
        var error = assertThrows(
            CancelledError.class,
            () -> Concurrently.mapConcurrent(List.of(0, 1, 2), most, item -> {
              log.add(item);
              if (item == 0) {
                turns(1);
                throw own;
              }
              return waitForEver();
            }));
        assertSame(own, error);
        assertEquals(limit, log.size());
        assertEquals(0, Task.current().orElseThrow().cancelling());
      }
    });
  }

  @Test
  @DisplayName("if the call for one item ends as interrupted, it counts as cancelled")
  void interrupted() {
    Loops.run(() -> {
      var own = new InterruptedException();
      var error = assertThrows(
          CancelledError.class,
          () -> Concurrently.mapConcurrent(List.of(0, 1), 1, item -> {
            throw own;
          }));
      assertSame(own, error.getCause());
    });
  }

  @Test
  @DisplayName("the behaviour is the same with an eager task factory")
  void eager() {
    Loops.run(() -> {
      EventLoop.getRunningLoop().setTaskFactory(TaskFactory.EAGER);
      assertEquals(
          List.of(2, 4, 6), Concurrently.mapConcurrent(List.of(1, 2, 3), 2, item -> 2 * item));
      var error = assertThrows(
          ExceptionGroup.class,
          () -> Concurrently.mapConcurrent(List.of(0, 1, 2), 3, item -> {
            log.add(item);
            throw new IOException("boom " + item);
          }));
      assertEquals(1, error.exceptions().size());
      assertEquals(List.of(0), log);
      assertThrows(
          CancelledError.class,
          () -> Concurrently.mapConcurrent(List.of(0, 1, 2), 3, item -> {
            throw new CancelledError("own");
          }));
    });
  }
}
