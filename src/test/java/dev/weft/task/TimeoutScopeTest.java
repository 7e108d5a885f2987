package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import dev.weft.testkit.VirtualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The exceptions that leave a timeout scope, and the state of its task afterwards. */
class TimeoutScopeTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final Order order = new Order();
  private final Timeout[] scopes = new Timeout[2];

  private static Task<?> self() {
    return Task.current().orElseThrow();
  }

  private static Object waitForEver() {
    return EventLoop.getRunningLoop().createFuture().await();
  }

  @Test
  @DisplayName("a body that ends in time returns its result, and the scope has not expired")
  void inTime() {
    Loops.run(() -> {
      String result = Timeouts.timeout(HOUR, scope -> {
        scopes[0] = scope;
        Task.sleep(SECOND);
        return "x";
      });
      assertEquals("x", result);
      assertFalse(scopes[0].expired());
    });
  }

  @Test
  @DisplayName(
      "TMO-3, TMO-4: at the deadline the body is cancelled, and TimeoutException leaves the scope")
  void tooLate() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      long before = loop.time();
      var inside = new CancelledError[1];
      var timeout = assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(SECOND, scope -> {
            scopes[0] = scope;
            try {
              return waitForEver();
            } catch (CancelledError cancelled) {
              inside[0] = cancelled;
              assertTrue(scope.expired(), "expiring");
              assertEquals(1, self().cancelling());
              throw cancelled;
            }
          }));
      assertSame(inside[0], timeout.getCause());
      assertTrue(scopes[0].expired());
      assertEquals(before + SECOND.toNanos(), loop.time());
      assertEquals(0, self().cancelling());
      Loops.turns(1); // throws if a request remains
    });
  }

  @Test
  @DisplayName("TMO-2: with a deadline in the past, the body runs until it first suspends")
  void past() {
    Loops.run(() -> {
      for (Duration delay : new Duration[] {Duration.ZERO, SECOND.negated(), HOUR.negated()}) {
        assertThrows(
            TimeoutException.class,
            () -> Timeouts.timeout(delay, scope -> {
              assertFalse(scope.expired());
              Loops.turns(1);
              order.expectUnreached();
              return null;
            }));
      }
      assertEquals("x", Timeouts.timeout(Duration.ZERO, scope -> "x"), "never suspended");
      Loops.turns(1); // TMO-12: the scheduled expiry is cancelled
      order.finish(1);
    });
  }

  @Test
  @DisplayName("enormous durations neither overflow nor expire")
  void extremes() {
    Loops.run(() -> {
      assertEquals("x", Timeouts.timeout(Duration.ofSeconds(Long.MAX_VALUE), scope -> {
        Task.sleep(HOUR);
        return "x";
      }));
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(Duration.ofSeconds(Long.MIN_VALUE), scope -> waitForEver()));
    });
  }

  @Test
  @DisplayName(
      "TMO-5: if other code cancels too, the cancellation leaves the scope, and its count remains")
  void externalCancelWins() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Object> task = loop.createTask(() -> Timeouts.timeout(SECOND, scope -> {
        scopes[0] = scope;
        return waitForEver();
      }));
      Loops.turns(1);
      loop.callLater(SECOND, task::cancel); // in the same turn as the timeout
      assertThrows(CancelledError.class, task::await);
      assertTrue(task.cancelled());
      assertTrue(scopes[0].expired());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName("TMO-4: a cancellation before the deadline is not a timeout")
  void cancelledBefore() {
    Loops.run(() -> {
      Task<Object> task = EventLoop.getRunningLoop()
          .createTask(() -> Timeouts.timeout(HOUR, scope -> {
            scopes[0] = scope;
            return waitForEver();
          }));
      Loops.turns(1);
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      assertFalse(scopes[0].expired());
      assertEquals(1, task.cancelling());
    });
  }

  @Test
  @DisplayName(
      "TMO-6: a body that swallows the cancellation ends normally; expired() is true, and the count is restored")
  void swallowed() {
    Loops.run(() -> {
      String result = Timeouts.timeout(SECOND, scope -> {
        scopes[0] = scope;
        assertThrows(CancelledError.class, TimeoutScopeTest::waitForEver);
        return "kept";
      });
      assertEquals("kept", result);
      assertTrue(scopes[0].expired());
      assertEquals(0, self().cancelling());
      Loops.turns(1);
    });
  }

  @Test
  @DisplayName(
      "TMO-6: if the body swallows the interrupt at its deadline and returns, there is no TimeoutException, and no cancellation remains")
  void firedButFinished() {
    Loops.run(() -> {
      String result = Timeouts.timeout(SECOND, scope -> {
        scopes[0] = scope;
        // The timer interrupts a call of the JDK, and the task swallows the interrupt.
        assertThrows(InterruptedException.class, () -> new LinkedBlockingQueue<>().take());
        Thread.currentThread().interrupt();
        return "kept";
      });
      assertEquals("kept", result);
      assertTrue(scopes[0].expired());
      assertFalse(Thread.currentThread().isInterrupted());
      Loops.turns(1);
    });
  }

  @Test
  @DisplayName(
      "TMO-7: another exception leaves an expired scope unchanged, and mentions the timeout")
  void otherFailure() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      assertSame(
          boom,
          assertThrows(
              IOException.class,
              () -> Timeouts.timeout(SECOND, scope -> {
                try {
                  return waitForEver();
                } catch (CancelledError cancelled) {
                  throw boom;
                }
              })));
      assertEquals(1, boom.getSuppressed().length);
      assertInstanceOf(TimeoutException.class, boom.getSuppressed()[0]);
      assertEquals(0, self().cancelling());

      var early = new IOException("early");
      assertSame(
          early,
          assertThrows(
              IOException.class,
              () -> Timeouts.timeout(SECOND, scope -> {
                throw early;
              })));
      assertEquals(0, early.getSuppressed().length);
    });
  }

  @Test
  @DisplayName(
      "TMO-8: of nested scopes with one deadline only the outermost throws; both have expired")
  void sameDeadline() {
    Loops.run(() -> {
      OptionalLong when = OptionalLong.of(EventLoop.getRunningLoop().time() + SECOND.toNanos());
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeoutAt(when, outer -> {
            scopes[0] = outer;
            assertThrows(
                CancelledError.class,
                () -> Timeouts.timeoutAt(when, inner -> {
                  scopes[1] = inner;
                  return waitForEver();
                }));
            order.expect(1);
            throw new CancelledError("goes on");
          }));
      assertTrue(scopes[0].expired() && scopes[1].expired());
      assertEquals(0, self().cancelling());
      order.finish(2);
    });
  }

  @Test
  @DisplayName(
      "if the outer of nested scopes expires first, the inner lets the cancellation pass, and has not expired")
  void outerFirst() {
    Loops.run(() -> {
      assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(SECOND, outer -> {
            return Timeouts.timeout(HOUR, inner -> {
              scopes[1] = inner;
              return waitForEver();
            });
          }));
      assertFalse(scopes[1].expired());
    });
  }

  @Test
  @DisplayName(
      "if the inner of nested scopes expires first, the outer body can handle the inner TimeoutException")
  void innerFirst() {
    Loops.run(() -> {
      assertEquals("handled", Timeouts.timeout(HOUR, outer -> {
        scopes[0] = outer;
        assertThrows(
            TimeoutException.class, () -> Timeouts.timeout(SECOND, inner -> waitForEver()));
        Task.sleep(SECOND);
        return "handled";
      }));
      assertFalse(scopes[0].expired());
    });
  }

  @Test
  @DisplayName("TMO-9: a scope works in the cleanup after a cancellation")
  void inCleanup() {
    Loops.run(() -> {
      Task<Object> task = EventLoop.getRunningLoop().createTask(() -> {
        try {
          return waitForEver();
        } finally {
          assertThrows(
              TimeoutException.class, () -> Timeouts.timeout(SECOND, scope -> waitForEver()));
          assertEquals(1, self().cancelling());
          order.expect(1);
        }
      });
      Loops.turns(1);
      task.cancel();
      assertThrows(CancelledError.class, task::await);
      order.finish(2);
    });
  }

  @Test
  @DisplayName("TMO-10: if the loop is busy until both deadlines have passed, both scopes expire")
  void busy() {
    var clock = new VirtualClock();
    try (EventLoop loop = EventLoop.newEventLoop(clock)) {
      loop.runUntilComplete(() -> {
        assertThrows(
            TimeoutException.class,
            () -> Timeouts.timeout(SECOND, outer -> {
              scopes[0] = outer;
              return Timeouts.timeout(SECOND.multipliedBy(2), inner -> {
                scopes[1] = inner;
                clock.advance(HOUR);
                return waitForEver();
              });
            }));
        assertTrue(scopes[0].expired() && scopes[1].expired());
        assertEquals(0, self().cancelling());
      });
    }
  }

  @Test
  @DisplayName(
      "TMO-12: the end of a scope cancels its timer, also if the body fails or is cancelled")
  void noTimerLeft() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Timeouts.timeout(SECOND, scope -> "x");
      assertThrows(
          IOException.class,
          () -> Timeouts.timeout(SECOND, scope -> {
            throw new IOException("boom");
          }));
      Task.sleep(HOUR); // a remaining timer would cancel this
      assertEquals(0, self().cancelling());
      assertTrue(loop.allTasks().size() == 1);
    });
  }

  @Test
  @DisplayName(
      "TMO-13: if the timer fires after the future is done and before the task resumes, TimeoutException is thrown and the result is lost")
  void readyThenFired() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<String> future = loop.createFuture();
      loop.callLater(SECOND, () -> future.setResult("lost")); // same turn, before the timeout
      assertThrows(TimeoutException.class, () -> Timeouts.timeout(SECOND, scope -> future.await()));
      assertEquals("lost", future.result());
    });
  }

  @Test
  @DisplayName(
      "TMO-13: a task that resumes before a due timer in the same turn keeps its result, and the timer is cancelled")
  void resumedFirst() {
    var clock = new VirtualClock();
    try (EventLoop loop = EventLoop.newEventLoop(clock)) {
      loop.runUntilComplete(() -> {
        Future<String> future = loop.createFuture();
        Task<String> task =
            loop.createTask(() -> Timeouts.timeout(SECOND, scope -> future.await()));
        Loops.turns(1);
        loop.callSoon(() -> {
          future.setResult("kept"); // the waiter is now queued before the timer
          clock.advance(SECOND);
        });
        assertEquals("kept", task.await());
        assertEquals(0, task.cancelling());
      });
    }
  }

  @Test
  @DisplayName("a timeout interrupts a body that is parked in a JDK call")
  void blockingCall() {
    Loops.run(() -> {
      var timeout = assertThrows(
          TimeoutException.class,
          () -> Timeouts.timeout(SECOND, scope -> new LinkedBlockingQueue<>().take()));
      assertInstanceOf(InterruptedException.class, timeout.getCause());
      assertEquals(0, self().cancelling());
      Loops.turns(1);
    });
  }

  @Test
  @DisplayName("a timeout closes the java.net.Socket that the body reads from")
  void socket() throws IOException {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
      Loops.run(() -> {
        assertThrows(
            TimeoutException.class,
            () -> Timeouts.timeout(SECOND, scope -> socket.getInputStream().read()));
        assertFalse(Thread.currentThread().isInterrupted());
        Loops.turns(1);
      });
      assertTrue(socket.isClosed());
    }
  }

  @Test
  @DisplayName(
      "TMO-1, TMO-20: null is an error with the parameter's name; the exception is java.util.concurrent's")
  void nulls() {
    Loops.run(() -> {
      assertEquals("delay", nameInError(() -> Timeouts.timeout(null, scope -> "x")));
      assertEquals("body", nameInError(() -> Timeouts.timeout(SECOND, null)));
      assertEquals("when", nameInError(() -> Timeouts.timeoutAt(null, scope -> "x")));
      Task.sleep(HOUR); // no timer ends this sleep
    });
  }

  private static String nameInError(Executable call) {
    return assertThrows(NullPointerException.class, call).getMessage();
  }
}
