package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When the callbacks of a future run. */
class FutureCallbacksTest {

  private final Order order = new Order();
  private final EventLoop loop = Loops.newLoop();
  private final Future<String> future = loop.createFuture();

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  @DisplayName("FUT-2: callbacks run through the ready queue, in the order of registration")
  void order() {
    loop.runUntilComplete(() -> {
      future.addDoneCallback(done -> order.expect(4));
      future.addDoneCallback(done -> order.expect(5));
      loop.callSoon(() -> order.expect(3));
      order.expect(1);
      future.setResult("x");
      order.expect(2);
      loop.callSoon(() -> order.expect(6));
      Loops.turns(1);
      order.finish(7);
    });
  }

  @Test
  @DisplayName("FUT-2: a callback of a done future does not run at once either")
  void alreadyDone() {
    loop.runUntilComplete(() -> {
      future.setResult("x");
      loop.callSoon(() -> order.expect(2));
      future.addDoneCallback(done -> {
        assertSame(future, done);
        order.expect(3);
      });
      order.expect(1);
      Loops.turns(1);
      order.finish(4);
    });
  }

  @Test
  @DisplayName("FUT-2: cancelling and failing run the callbacks too")
  void cancelAndFailure() {
    loop.runUntilComplete(() -> {
      Future<String> failing = loop.createFuture();
      future.addDoneCallback(done -> order.expect(1));
      failing.addDoneCallback(done -> {
        assertEquals("boom", done.exception().orElseThrow().getMessage());
        order.expect(2);
      });
      future.cancel();
      failing.setException(new Exception("boom"));
      Loops.turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "FUT-3: a callback that a callback adds runs a turn later; a failure in one does not affect others")
  void addedByACallback() {
    var reported = new ArrayList<String>();
    loop.setExceptionHandler(
        (l, record) -> reported.add(record.exception().orElseThrow().getMessage()));
    loop.runUntilComplete(() -> {
      future.addDoneCallback(done -> {
        order.expect(1);
        future.addDoneCallback(again -> order.expect(3));
        throw new IllegalStateException("boom");
      });
      future.addDoneCallback(done -> order.expect(2));
      future.setResult("x");
      Loops.turns(2);
      order.finish(4);
    });
    assertEquals(List.of("boom"), reported);
  }

  @Test
  @DisplayName("FUT-4: removing a callback removes all its registrations and returns their number")
  void remove() {
    Consumer<Future<String>> twice = done -> order.expectUnreached();
    Consumer<Future<String>> once = done -> order.expect(1);
    loop.runUntilComplete(() -> {
      future.addDoneCallback(twice);
      assertEquals(0, future.removeDoneCallback(once));
      future.addDoneCallback(once);
      future.addDoneCallback(twice);
      assertEquals(2, future.removeDoneCallback(twice));
      assertEquals(0, future.removeDoneCallback(twice));
      future.setResult("x");
      Loops.turns(1);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("FUT-4: the only callback can be removed")
  void removeTheOnlyOne() {
    Consumer<Future<String>> only = done -> order.expectUnreached();
    loop.runUntilComplete(() -> {
      future.addDoneCallback(only);
      assertEquals(1, future.removeDoneCallback(only));
      future.setResult("x");
      Loops.turns(1);
      order.finish(1);
    });
  }

  @Test
  @DisplayName("FUT-4: once the future is done, there is nothing to remove and the callback runs")
  void removeTooLate() {
    Consumer<Future<String>> callback = done -> order.expect(2);
    loop.runUntilComplete(() -> {
      future.addDoneCallback(callback);
      future.setResult("x");
      assertEquals(0, future.removeDoneCallback(callback));
      order.expect(1);
      Loops.turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName(
      "FUT-4: removing a callback does not prevent the wake-up of a task that waits for the future")
  void removeBesidesATask() {
    Consumer<Future<String>> callback = done -> order.expectUnreached();
    loop.runUntilComplete(() -> {
      var task = loop.createTask(future::await);
      Loops.turns(1);
      future.addDoneCallback(callback);
      assertEquals(1, future.removeDoneCallback(callback));
      future.setResult("x");
      assertEquals("x", task.await());
      order.finish(1);
    });
  }

  @Test
  @DisplayName(
      "null as a callback or a context is an error with the parameter's name, before anything is registered")
  void nulls() {
    assertEquals("callback", nameInError(() -> future.addDoneCallback(null)));
    assertEquals("callback", nameInError(() -> future.removeDoneCallback(null)));
    assertEquals("context", nameInError(() -> future.addDoneCallback(done -> {}, null)));
    future.setResult("x");
    loop.runUntilComplete(() -> Loops.turns(1)); // a null callback would be reported
  }

  private static String nameInError(Runnable call) {
    return assertThrows(NullPointerException.class, call::run).getMessage();
  }
}
