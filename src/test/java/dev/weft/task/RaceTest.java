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

/** The first to succeed. */
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
  @DisplayName("the first to succeed wins; the others are cancelled and have ended")
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
      "a contender that fails is out; only if all fail is it an error, with all failures in order")
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
      "contenders that end as cancelled are out too; if all are, race throws CancelledError")
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
      "two could continue in the same turn: the second is cancelled, and loses what it waited for")
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
      assertEquals("x", Concurrently.race(contenders), "dropped without a callback");
      assertEquals("x", Concurrently.race(contenders, undelivered::add));
      assertEquals(List.of("late"), undelivered);
    });
  }

  @Test
  @DisplayName(
      "the caller is cancelled: all are cancelled; a result that had already won is undelivered")
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
      turns(4); // has won, and waits for the end of the other
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
  @DisplayName("an exception of undelivered is thrown, and the winner's result is undelivered too")
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
  @DisplayName("an eager contender wins at once: the others do not start")
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
      assertThrows(KeyboardInterrupt.class, () -> loop.runUntilComplete(main)); // it ends the run
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
