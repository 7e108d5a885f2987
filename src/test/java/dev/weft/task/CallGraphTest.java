package dev.weft.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CallGraph;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.FutureCallGraph;
import dev.weft.loop.Runner;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingRunnable;
import dev.weft.testkit.Loops;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The graph of tasks that wait for others, and its text. */
class CallGraphTest {

  private final EventLoop loop = Loops.newLoop();

  @AfterEach
  void close() {
    loop.close();
  }

  private void run(ThrowingRunnable<?> coroutine) {
    loop.runUntilComplete(coroutine);
  }

  private Task<?> task(String name, ThrowingRunnable<?> coroutine) {
    return loop.createTask(coroutine, TaskOptions.defaults().withName(name));
  }

  /** The names of the tasks that wait for a future. */
  private static List<String> waiters(Future<?> future) {
    return CallGraph.captureCallGraph(future).awaitedBy().stream()
        .map(graph -> ((Task<?>) graph.future()).getName())
        .toList();
  }

  private static List<String> methods(FutureCallGraph graph) {
    return graph.callStack().stream()
        .map(entry -> entry.frame().getMethodName())
        .toList();
  }

  // ---- edges

  @Test
  @DisplayName(
      "INTRO-1: there is an edge from a future or task to each task that awaits it, until it completes")
  void await() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      Task<?> inner = task("inner", future::await);
      task("outer", inner::await);
      task("other", future::await);
      Loops.turns(2);
      assertEquals(List.of("inner", "other"), waiters(future));
      assertEquals(List.of("outer"), waiters(inner));
      future.setResult(null);
      Loops.turns(3);
      assertEquals(List.of(), waiters(future));
      assertEquals(List.of(), waiters(inner));
    });
  }

  @Test
  @DisplayName(
      "INTRO-1, FUT-4: a task that is a future's result, or part of it, does not wait for the future")
  void resultIsNoWaiter() {
    run(() -> {
      Task<?> task = task("result", () -> {});
      Future<Object> one = loop.createFuture();
      Future<Object> several = loop.createFuture();
      one.setResult(task);
      several.setResult(new ArrayList<>(List.of(task)));
      assertEquals(List.of(), waiters(one));
      assertEquals(List.of(), waiters(several));
      CallGraph.futureDiscardFromAwaitedBy(one, task);
      CallGraph.futureDiscardFromAwaitedBy(several, task);
      assertEquals(0, several.removeDoneCallback(done -> {}));
      assertEquals(task, one.result());
      assertEquals(List.of(task), several.result());
    });
  }

  /** A way to wait for several futures. */
  private interface Waiting {
    void on(List<Future<Void>> futures) throws Exception;
  }

  /** Asserts the edges while a task waits for two futures, of which first one and then the other completes. */
  private void assertEdges(Waiting waiting) {
    run(() -> {
      Future<Void> first = loop.createFuture();
      Future<Void> second = loop.createFuture();
      Task<?> waiter = task("waiter", () -> waiting.on(List.of(first, second)));
      Loops.turns(2);
      assertEquals(List.of("waiter"), waiters(first));
      assertEquals(List.of("waiter"), waiters(second));
      first.setResult(null);
      Loops.turns(2);
      assertEquals(List.of(), waiters(first));
      assertEquals(List.of("waiter"), waiters(second));
      second.setResult(null);
      Loops.turns(5);
      assertEquals(List.of(), waiters(second));
      waiter.await();
    });
  }

  @Test
  @DisplayName("INTRO-1: the caller of gather, wait or asCompleted waits for the remaining futures")
  void combinators() {
    assertEdges(futures -> Gather.of(futures).await());
    assertEdges(Asyncio::wait);
    assertEdges(futures -> Asyncio.asCompleted(futures).forEach(Future::await));
  }

  @Test
  @DisplayName(
      "INTRO-1: after gather fails or wait ends, there are no edges from the other futures")
  void overEarly() {
    run(() -> {
      Future<Void> failing = loop.createFuture();
      Future<Void> left = loop.createFuture();
      Task<?> gathering = task(
          "gathering",
          () -> assertThrows(
              IOException.class, () -> Gather.of(List.of(failing, left)).await()));
      Task<?> waiting = task(
          "waiting",
          () ->
              Wait.of(List.of(left), Optional.of(Duration.ofSeconds(1)), ReturnWhen.ALL_COMPLETED));
      Task<?> iterating = task("iterating", () -> {
        var done = Asyncio.asCompleted(List.of(left), Duration.ofSeconds(1));
        assertThrows(TimeoutException.class, done::next);
      });
      Loops.turns(1);
      assertEquals(List.of("gathering", "waiting", "iterating"), waiters(left));
      failing.setException(new IOException());
      gathering.await();
      assertEquals(List.of("waiting", "iterating"), waiters(left));
      waiting.await();
      iterating.await();
      assertEquals(List.of(), waiters(left));
    });
  }

  @Test
  @DisplayName(
      "INTRO-1: the caller of shield waits for the inner future, until the caller is cancelled")
  void shield() {
    run(() -> {
      Future<Void> inner = loop.createFuture();
      Task<?> shielding = task("shielding", () -> Shield.of(inner).await());
      Loops.turns(1);
      assertEquals(List.of("shielding"), waiters(inner));
      shielding.cancel();
      assertThrows(CancelledError.class, shielding::await);
      assertEquals(List.of(), waiters(inner));
    });
  }

  @Test
  @DisplayName("INTRO-1: the parent of a task group waits for its tasks, also inside the body")
  void group() {
    run(() -> {
      Future<Void> gate = loop.createFuture();
      var child = new AtomicReference<Task<?>>();
      Task<?> parent = task(
          "parent",
          () -> new TaskGroup().run(group -> {
            child.set(group.createTask(() -> gate.await()));
            return null;
          }));
      Loops.turns(2);
      assertEquals(List.of("parent"), waiters(child.get()));
      gate.setResult(null);
      parent.await();
      assertEquals(List.of(), waiters(child.get()));
    });
  }

  @Test
  @DisplayName("INTRO-1: waitFor waits for the end of the future that it cancels")
  void waitFor() {
    run(() -> {
      Future<Void> gate = loop.createFuture();
      Task<?> stubborn = task("stubborn", () -> {
        assertThrows(CancelledError.class, loop.createFuture()::await);
        gate.await();
      });
      Loops.turns(1);
      Task<?> waiter = task("waiter", () -> Timeouts.waitFor(stubborn, Duration.ZERO));
      Loops.turns(2);
      assertEquals(List.of("waiter"), waiters(stubborn));
      gate.setResult(null);
      waiter.await();
      assertEquals(List.of(), waiters(stubborn));
    });
  }

  @Test
  @DisplayName(
      "INTRO-1: a library can add its own edges, which wake no task and disappear when the future completes")
  void ownEdges() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      Task<?> waiter = task("waiter", loop.createFuture()::await);
      Loops.turns(1);
      CallGraph.futureAddToAwaitedBy(future, waiter);
      CallGraph.futureAddToAwaitedBy(future, waiter);
      assertEquals(List.of("waiter"), waiters(future), "once");
      CallGraph.futureDiscardFromAwaitedBy(future, waiter);
      CallGraph.futureDiscardFromAwaitedBy(future, waiter);
      assertEquals(List.of(), waiters(future));
      CallGraph.futureAddToAwaitedBy(future, waiter);
      future.setResult(null);
      CallGraph.futureAddToAwaitedBy(future, waiter);
      assertEquals(List.of(), waiters(future));
      Loops.turns(2);
      assertFalse(waiter.done());
      waiter.cancel();
    });
  }

  @Test
  @DisplayName("removing a callback that was added before an edge does not remove the edge")
  void edgeOutlivesCallback() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      Task<?> one = task("one", loop.createFuture()::await);
      Task<?> two = task("two", loop.createFuture()::await);
      Consumer<Future<Void>> callback = done -> {};
      future.addDoneCallback(callback);
      CallGraph.futureAddToAwaitedBy(future, one);
      CallGraph.futureAddToAwaitedBy(future, two);
      assertEquals(List.of("one", "two"), waiters(future));
      assertEquals(1, future.removeDoneCallback(callback));
      assertEquals(List.of("one", "two"), waiters(future).stream().sorted().toList());
      CallGraph.futureDiscardFromAwaitedBy(future, one);
      assertEquals(List.of("two"), waiters(future));
      future.addDoneCallback(callback);
      CallGraph.futureDiscardFromAwaitedBy(future, two);
      assertEquals(List.of(), waiters(future));
      CallGraph.futureAddToAwaitedBy(future, one);
      CallGraph.futureDiscardFromAwaitedBy(future, one);
      assertEquals(List.of(), waiters(future));
      assertEquals(1, future.removeDoneCallback(callback));
      one.cancel();
      two.cancel();
    });
  }

  // ---- stacks

  private static FutureCallGraph inner(int depth, OptionalInt limit) {
    return CallGraph.captureCallGraph(Optional.empty(), depth, limit).orElseThrow();
  }

  private static FutureCallGraph outer(int depth, OptionalInt limit) {
    return inner(depth, limit);
  }

  @Test
  @DisplayName(
      "INTRO-2: the graph of the current task has its live stack from the caller on; depth skips calls")
  void live() {
    run(() -> {
      List<String> all = methods(outer(1, OptionalInt.empty()));
      assertEquals(List.of("inner", "outer"), all.subList(0, 2));
      assertTrue(all.get(2).startsWith("lambda$live$"), all::toString);
      assertEquals(3, all.size(), all::toString);
      assertEquals("outer", methods(outer(2, OptionalInt.empty())).get(0));
      assertEquals(List.of(), methods(outer(100, OptionalInt.empty())));
    });
  }

  private static void waitInside(Future<?> future) {
    future.await();
  }

  private static void waitOutside(Future<?> future) {
    waitInside(future);
  }

  @Test
  @DisplayName(
      "INTRO-2: the graph of another task has its calls from the await outwards, without Weft's internal ones")
  void suspended() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      Task<?> task = task("task", () -> waitOutside(future));
      Task<?> fresh = task("fresh", () -> {});
      assertEquals(List.of(), methods(CallGraph.captureCallGraph(fresh)));
      Loops.turns(1);
      List<String> all = methods(CallGraph.captureCallGraph(task));
      assertEquals(List.of("await", "waitInside", "waitOutside"), all.subList(0, 3));
      assertEquals(4, all.size(), all::toString);
      assertEquals(List.of(), methods(CallGraph.captureCallGraph(fresh)));
      assertEquals(List.of(), methods(CallGraph.captureCallGraph(future)));
      future.setResult(null);
    });
  }

  @Test
  @DisplayName(
      "INTRO-2: a positive limit keeps that number of outermost calls, a negative one of innermost calls, and 0 keeps none")
  void limit() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      Task<?> task = task("task", () -> waitOutside(future));
      Loops.turns(1);
      for (var graph : List.of(CallGraph.captureCallGraph(task), outer(1, OptionalInt.empty()))) {
        List<String> all = methods(graph);
        List<String> limited = new ArrayList<>();
        for (int limit : new int[] {2, -2, 0, 100, Integer.MIN_VALUE}) {
          OptionalInt given = OptionalInt.of(limit);
          limited.addAll(methods(
              graph.future() == task
                  ? CallGraph.captureCallGraph(Optional.of(task), 1, given).orElseThrow()
                  : outer(1, given)));
        }
        List<String> expected = new ArrayList<>(all.subList(all.size() - 2, all.size()));
        expected.addAll(all.subList(0, 2));
        expected.addAll(all);
        expected.addAll(all);
        assertEquals(
            expected.stream().map(CallGraphTest::withoutNumber).toList(),
            limited.stream().map(CallGraphTest::withoutNumber).toList());
      }
      future.setResult(null);
    });
  }

  private static String withoutNumber(String lambda) {
    return lambda.replaceAll("\\d+$", "");
  }

  @Test
  @DisplayName(
      "INTRO-2: without a current task there is no graph; outside the loop a future must be given")
  void noTask() {
    run(() -> {
      var graph = loop.<Optional<FutureCallGraph>>createFuture();
      loop.callSoon(() -> graph.setResult(CallGraph.captureCallGraph()));
      assertEquals(Optional.empty(), graph.await());
      var text = loop.<String>createFuture();
      loop.callSoon(() -> text.setResult(CallGraph.formatCallGraph()));
      assertEquals("", text.await());
    });
    assertThrows(IllegalStateException.class, CallGraph::captureCallGraph);
  }

  // ---- texts

  @Test
  @DisplayName(
      "INTRO-3: the text shows stacks and waiters, indented; a repeated task is shown as a cycle")
  void text() {
    run(() -> {
      Future<Void> future = loop.createFuture();
      Task<?> task = task("left", () -> waitOutside(future));
      Task<?> other = task("right", future::await);
      Loops.turns(1);
      CallGraph.futureAddToAwaitedBy(task, other);
      CallGraph.futureAddToAwaitedBy(other, task);
      String text = CallGraph.formatCallGraph(Optional.of(future), 1, OptionalInt.of(1))
          .replaceAll("0x[0-9a-f]+", "ID")
          .replaceAll("at .*", "at HERE");
      assertEquals("""
          * Future(id=ID)
            + Awaited by:
              * Task(name=left, id=ID)
                + Call stack:
                |   at HERE
                + Awaited by:
                  * Task(name=right, id=ID)
                    + Call stack:
                    |   at HERE
                    + Awaited by:
                      * Task(name=left, id=ID) (cycle)
              * Task(name=right, id=ID)
                + Call stack:
                |   at HERE
                + Awaited by:
                  * Task(name=left, id=ID)
                    + Call stack:
                    |   at HERE
                    + Awaited by:
                      * Task(name=right, id=ID) (cycle)""".lines().toList(), text.lines().toList());
      future.setResult(null);
    });
  }

  @Test
  @DisplayName("INTRO-3: printing gives the same text and a line end")
  void printed() {
    run(() -> {
      var bytes = new ByteArrayOutputStream();
      Future<Void> future = loop.createFuture();
      CallGraph.printCallGraph(
          Optional.of(future),
          1,
          OptionalInt.empty(),
          new PrintStream(bytes, true, StandardCharsets.UTF_8));
      assertEquals(
          CallGraph.formatCallGraph(future) + System.lineSeparator(),
          bytes.toString(StandardCharsets.UTF_8));
    });
  }

  // ---- from other threads

  @Test
  @DisplayName("INTRO-5: other threads may call allTasks and get graphs while the loop runs")
  void otherThreads() {
    try (var runner = new Runner(EventLoop::newEventLoop)) {
      runner.run(() -> {
        EventLoop running = EventLoop.getRunningLoop();
        Task<?> main = Task.current().orElseThrow();
        Future<List<Object>> seen = running.runInExecutor(() -> List.of(
            running.allTasks(), CallGraph.captureCallGraph(main).callStack().size()));
        List<Object> answers = seen.await();
        assertEquals(List.of(main), answers.get(0));
        assertTrue((int) answers.get(1) >= 2, answers::toString); // await, and the lambda
      });
    }
  }

  @Test
  @DisplayName(
      "INTRO-5: if the loop ends before it answers, the other thread does not wait for ever")
  void loopEnds() throws InterruptedException {
    var tasks = new AtomicReference<List<Task<?>>>();
    var asking = Thread.ofPlatform().unstarted(() -> tasks.set(loop.allTasks()));
    loop.callSoon(() -> {
      asking.start();
      while (asking.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      loop.stop(); // the loop ends with this turn, and the question belongs to the next
    });
    loop.runForever();
    asking.join();
    assertEquals(List.of(), tasks.get());
  }
}
