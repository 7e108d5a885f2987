package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.task.Timeouts;
import dev.weft.testkit.Loops;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Only a task can wait. Any other code that tries gets an error at once, and the loop goes on. */
class AwaitOutsideTaskTest {

  @Test
  @DisplayName("VT-6: await in a callback fails at once, naming the thread and the remedy")
  void inACallback() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertFails(loop, run -> loop.callSoon(run));
      assertFails(loop, run -> loop.callLater(Duration.ofSeconds(1), run));
    });
  }

  @Test
  @DisplayName("VT-6: await in a done callback of a future fails at once")
  void inADoneCallback() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Future<Void> done = loop.createFuture();
      done.setResult(null);
      assertFails(loop, run -> done.addDoneCallback(future -> run.run()));
    });
  }

  @Test
  @DisplayName("await on another platform thread fails at once")
  void inAPlatformThread() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertFails(loop, run -> Thread.ofPlatform().start(run));
    });
  }

  @Test
  @DisplayName(
      "await on a virtual thread that a task has started fails at once, though it is on the loop")
  void inAForeignVirtualThread() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      assertFails(
          loop,
          run -> Thread.ofVirtual().start(() -> {
            assertSame(loop, EventLoop.getRunningLoop());
            run.run();
          }));
    });
  }

  private interface Elsewhere {
    void run(Runnable code);
  }

  private static void assertFails(EventLoop loop, Elsewhere elsewhere) {
    Future<String> pending = loop.createFuture();
    Future<String> done = loop.createFuture();
    done.setResult("x");
    Duration second = Duration.ofSeconds(1);
    assertFails(loop, elsewhere, "createTask", pending::await);
    assertFails(loop, elsewhere, "createTask", done::await);
    assertFails(loop, elsewhere, "createTask", () -> Task.sleep(Duration.ZERO));
    assertFails(loop, elsewhere, "createTask", () -> Task.sleep(second));
    assertFails(loop, elsewhere, "inside a task", () -> Timeouts.waitFor(pending, second));
    assertFails(loop, elsewhere, "inside a task", () -> Timeouts.waitFor(pending, Duration.ZERO));
    assertFails(loop, elsewhere, "inside a task", () -> Timeouts.timeout(second, scope -> 1));
    assertFails(
        loop,
        elsewhere,
        "inside a task",
        () -> Timeouts.timeoutAt(OptionalLong.empty(), scope -> 1));
    assertFalse(
        pending.done(), "TMO-1: nothing is cancelled before the caller is known to be a task");
  }

  private static void assertFails(
      EventLoop loop, Elsewhere elsewhere, String remedy, ThrowingRunnable<?> wait) {
    var seen = new CompletableFuture<Void>();
    elsewhere.run(() -> {
      try {
        var error = assertThrows(IllegalStateException.class, wait::run);
        String message = error.getMessage();
        assertTrue(message.contains(remedy), message);
        assertTrue(message.contains("#" + Thread.currentThread().threadId()), message);
        seen.complete(null);
      } catch (Throwable failure) {
        seen.completeExceptionally(failure);
      }
    });
    loop.wrapFuture(seen).await();
  }
}
