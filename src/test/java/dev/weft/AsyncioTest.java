package dev.weft;

import static dev.weft.Asyncio.allTasks;
import static dev.weft.Asyncio.await;
import static dev.weft.Asyncio.createTask;
import static dev.weft.Asyncio.currentTask;
import static dev.weft.Asyncio.gather;
import static dev.weft.Asyncio.getRunningLoop;
import static dev.weft.Asyncio.run;
import static dev.weft.Asyncio.sleep;
import static dev.weft.Asyncio.timeout;
import static dev.weft.Asyncio.timeoutAt;
import static dev.weft.Asyncio.waitFor;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The entry points, as programs use them: statically imported. */
class AsyncioTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Order order = new Order();

  @Test
  @DisplayName("run() returns the coroutine's result and closes the loop")
  void runReturns() {
    EventLoop loop = run(Asyncio::getRunningLoop);
    assertTrue(loop.isClosed());
  }

  @Test
  @DisplayName("run() throws the coroutine's exception, the same object, and closes the loop")
  void runThrows() {
    var boom = new IOException("boom");
    var loops = new EventLoop[1];
    assertSame(
        boom,
        assertThrows(
            IOException.class,
            () -> run(() -> {
              loops[0] = getRunningLoop();
              throw boom;
            })));
    assertTrue(loops[0].isClosed());
  }

  @Test
  @DisplayName("RUN-1: run() in a task fails, and the coroutine is not called")
  void runInATask() {
    Loops.run(() -> {
      assertThrows(IllegalStateException.class, () -> run(() -> order.expectUnreached()));
    });
    order.finish(1);
  }

  @Test
  @DisplayName("RUN-4: run() cancels the tasks that main leaves behind")
  void runCancelsTheRest() {
    Task<?> left = run(() -> {
      Task<Object> task = createTask(() -> await(getRunningLoop().createFuture()));
      sleep(Duration.ZERO);
      return task;
    });
    assertTrue(left.cancelled());
  }

  @Test
  @DisplayName("without a running loop createTask and similar functions fail at once")
  void noLoop() {
    assertThrows(IllegalStateException.class, () -> createTask(() -> order.expectUnreached()));
    assertThrows(IllegalStateException.class, () -> gather(() -> "x"));
    assertThrows(IllegalStateException.class, Asyncio::allTasks);
    assertThrows(IllegalStateException.class, () -> sleep(SECOND));
    assertThrows(IllegalStateException.class, () -> await(CompletableFuture.completedFuture("x")));
    assertTrue(currentTask().isEmpty());
  }

  @Test
  @DisplayName("await(future, X.class) declares the checked exception and throws the same object")
  void awaitTyped() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      Future<String> failing = getRunningLoop().createFuture();
      failing.setException(boom);
      try {
        await(failing, IOException.class);
        order.expectUnreached();
      } catch (IOException declared) { // does not compile without the declaration
        assertSame(boom, declared);
      }
      Future<String> fine = getRunningLoop().createFuture();
      fine.setResult("x");
      assertEquals("x", await(fine, IOException.class));
      var error = assertThrows(NullPointerException.class, () -> await(fine, null));
      assertEquals("failure", error.getMessage());
      order.finish(1);
    });
  }

  @Test
  @DisplayName("await(stage) waits for a stage of another library")
  void awaitStage() {
    Loops.run(() -> {
      var stage = new CompletableFuture<String>();
      getRunningLoop().callLater(SECOND, () -> stage.complete("x"));
      assertEquals("x", await(stage));
    });
  }

  @Test
  @DisplayName("LOOP-29: sleep(delay, result) returns the result, also with a delay of zero")
  void sleepResult() {
    Loops.run(() -> {
      long before = getRunningLoop().time();
      assertEquals("x", sleep(Duration.ZERO, "x"));
      assertEquals("y", sleep(SECOND, "y"));
      assertEquals(before + SECOND.toNanos(), getRunningLoop().time());
    });
  }

  @Test
  @DisplayName("tasks are created with and without options; currentTask and allTasks return them")
  void tasks() {
    Loops.run(() -> {
      var named = TaskOptions.defaults().withName("named");
      Task<String> value = createTask(() -> currentTask().orElseThrow().getName(), named);
      Task<Void> nothing = createTask(() -> order.expect(1), named);
      assertEquals(List.of(currentTask().orElseThrow(), value, nothing), allTasks());
      assertEquals("named", await(value));
      await(nothing);
      await(createTask(() -> order.finish(2)));
    });
  }

  @Test
  @DisplayName("timeout, timeoutAt and waitFor end code that takes too long")
  void bounds() {
    Loops.run(() -> {
      Future<String> never = getRunningLoop().createFuture();
      assertThrows(TimeoutException.class, () -> timeout(SECOND, scope -> sleep(SECOND, "x")));
      var when = OptionalLong.of(getRunningLoop().time());
      assertThrows(TimeoutException.class, () -> timeoutAt(when, scope -> sleep(SECOND, "x")));
      assertThrows(TimeoutException.class, () -> waitFor(() -> sleep(SECOND, "x"), SECOND));
      assertFalse(never.done());
      assertThrows(TimeoutException.class, () -> waitFor(never, SECOND));
      assertTrue(never.cancelled());
    });
  }

  @Test
  @DisplayName("gather accepts coroutines, futures, or a list of them")
  void gathering() {
    Loops.run(() -> {
      assertEquals(List.of("a", "b"), await(gather(() -> "a", () -> sleep(SECOND, "b"))));
      Task<String> one = createTask(() -> "1");
      Task<String> two = createTask(() -> "2");
      assertEquals(List.of("1", "2"), await(gather(one, two)));
      assertEquals(List.of("2", "1"), await(gather(List.of(two, one))));
    });
  }

  @Test
  @DisplayName("ensure_future returns a future itself, and creates a task for a coroutine")
  void ensureFuture() {
    Loops.run(() -> {
      Future<String> future = getRunningLoop().createFuture();
      assertSame(future, Asyncio.ensureFuture(future));
      Task<String> task = Asyncio.ensureFuture(() -> "x");
      assertFalse(task.done());
      assertEquals("x", await(task));
      await(Asyncio.ensureFuture(() -> order.expect(1)));
      order.finish(2);
      assertThrows(NullPointerException.class, () -> Asyncio.ensureFuture((Future<String>) null));
    });
  }
}
