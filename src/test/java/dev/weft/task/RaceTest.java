package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.loop.TaskFactory;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A race, which returns the result of the first contender that succeeds. */
class RaceTest {

  private final Order order = new Order();
  private final List<String> undelivered = new ArrayList<>();

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  private static Callable<String> after(int turns, String result) {
    return () -> {
      turns(turns);
      return result;
    };
  }

  private static Callable<String> stubborn(String result) {
    return () -> {
      assertThrows(CancelledError.class, RaceTest::waitForEver);
      turns(5);
      return result;
    };
  }

  private static Callable<String> failing(int turns, Throwable failure) {
    return () -> {
      turns(turns);
      throw Failures.rethrow(failure);
    };
  }

  @Test
  @DisplayName(
      "the first contender that succeeds wins; the others are cancelled, and race waits until they end")
  void winner() {
    Loops.run(() -> {
      Callable<String> loser = () -> {
        try {
          waitForEver();
        } finally {
          turns(3);
          order.expect(1);
        }
        return "loser";
      };
      assertEquals("x", Concurrently.race(List.of(loser, after(2, "x"))));
      assertEquals(0, Task.current().orElseThrow().cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName("null can be the winning result")
  void nullWins() {
    Loops.run(() -> assertNull(Concurrently.race(List.of(after(1, null), after(5, "x")))));
  }

  @Test
  @DisplayName(
      "race ignores a contender that fails; if all fail, race throws all failures in order")
  void failures() {
    Loops.run(() -> {
      var first = new IOException("first");
      var second = new AssertionError("second");
      assertEquals(
          "x", Concurrently.race(List.of(failing(0, first), after(3, "x"), failing(1, second))));
      var error = assertThrows(
          ExceptionGroup.class,
          () -> Concurrently.race(List.of(failing(2, second), failing(1, first))));
      assertEquals(List.of(first, second), error.exceptions());
    });
  }

  @Test
  @DisplayName(
      "race ignores contenders that end as cancelled; if all do, race throws CancelledError")
  void cancelledContenders() {
    Loops.run(() -> {
      var cancelled = new CancelledError("own");
      assertEquals("x", Concurrently.race(List.of(failing(0, cancelled), after(3, "x"))));
      assertThrows(CancelledError.class, () -> Concurrently.race(List.of(failing(0, cancelled))));
      var boom = new IOException("boom");
      var error = assertThrows(
          ExceptionGroup.class,
          () -> Concurrently.race(List.of(failing(0, cancelled), failing(1, boom))));
      assertEquals(List.of(boom), error.exceptions());
    });
  }

  @Test
  @DisplayName(
      "if two contenders could continue in the same turn, the second is cancelled, and its result is lost")
  void sameTurn() {
    Loops.run(() -> {
      Future<String> first = EventLoop.getRunningLoop().createFuture();
      Future<String> second = EventLoop.getRunningLoop().createFuture();
      Callable<String> unlucky = () -> {
        try {
          return second.await();
        } catch (CancelledError cancelled) {
          assertEquals("second", second.result());
          order.expect(1);
          throw cancelled;
        }
      };
      EventLoop.getRunningLoop().callLater(Duration.ofSeconds(1), () -> {
        first.setResult("first");
        second.setResult("second");
      });
      assertEquals("first", Concurrently.race(List.of(first::await, unlucky), undelivered::add));
      assertEquals(List.of(), undelivered);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("a contender that swallows its cancellation is awaited; its result is undelivered")
  void late() {
    Loops.run(() -> {
      List<Callable<String>> contenders = List.of(stubborn("late"), after(1, "x"));
      assertEquals("x", Concurrently.race(contenders), "without a callback the result is dropped");
      assertEquals("x", Concurrently.race(contenders, undelivered::add));
      assertEquals(List.of("late"), undelivered);
    });
  }

  @Test
  @DisplayName(
      "if the caller is cancelled, all contenders are cancelled, and a result that has already won is undelivered")
  void cancelled() {
    Loops.run(() -> {
      Callable<String> lingering = () -> {
        try {
          waitForEver();
        } finally {
          turns(5);
        }
        return "loser";
      };
      Task<String> caller =
          started(() -> Concurrently.race(List.of(lingering, after(1, "won")), undelivered::add));
      turns(4); // the first has won, and race waits for the end of the other
      caller.cancel("why");
      assertEquals("why", assertThrows(CancelledError.class, caller::await).getMessage());
      assertEquals(List.of("won"), undelivered);

      Task<String> early =
          started(() -> Concurrently.race(List.of(after(9, "never")), undelivered::add));
      turns(2);
      early.cancel();
      assertThrows(CancelledError.class, early::await);
      assertEquals(List.of("won"), undelivered);
    });
  }

  @Test
  @DisplayName(
      "race throws an exception of the undelivered callback, and the winner's result is undelivered too")
  void undeliveredThrows() {
    Loops.run(() -> {
      var boom = new IllegalStateException("boom");
      var error = assertThrows(
          ExceptionGroup.class,
          () -> Concurrently.race(List.of(stubborn("late"), after(1, "won")), result -> {
            undelivered.add(result);
            if (result.equals("late")) {
              throw boom;
            }
          }));
      assertEquals(List.of(boom), error.exceptions());
      assertEquals(List.of("late", "won"), undelivered);
    });
  }

  @Test
  @DisplayName("if an eager contender wins at once, the others do not start")
  void eager() {
    Loops.run(() -> {
      EventLoop.getRunningLoop().setTaskFactory(TaskFactory.EAGER);
      Callable<String> second = () -> {
        order.expectUnreached();
        return "second";
      };
      assertEquals("first", Concurrently.race(List.of(after(0, "first"), second)));
      order.finish(1);
    });
  }

  @Test
  @DisplayName("a fatal failure is thrown without a group")
  void fatal() {
    var interrupt = new KeyboardInterrupt();
    try (EventLoop loop = Loops.newLoop()) {
      Task<String> main =
          loop.createTask(() -> Concurrently.race(List.of(failing(1, interrupt), after(9, "x"))));
      assertThrows(
          KeyboardInterrupt.class, () -> loop.runUntilComplete(main)); // the failure ends the run
      assertThrows(KeyboardInterrupt.class, () -> loop.runUntilComplete(main));
      assertSame(interrupt, main.exception().orElseThrow());
    }
  }

  @Test
  @DisplayName("no contenders, or null among them, are errors before anything starts")
  void arguments() {
    Loops.run(() -> {
      assertThrows(IllegalArgumentException.class, () -> Concurrently.race(List.of()));
      Callable<String> counted = () -> {
        order.expectUnreached();
        return "x";
      };
      assertThrows(
          NullPointerException.class, () -> Concurrently.race(Arrays.asList(counted, null)));
      assertThrows(NullPointerException.class, () -> Concurrently.race(List.of(counted), null));
      turns(1);
      order.finish(1);
    });
  }
}
