package dev.weft.task;

import static dev.weft.testkit.Loops.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Iteration over futures, or their results, in the order of completion. */
class AsCompletedTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Order order = new Order();

  private static Task<Integer> after(int seconds) {
    return EventLoop.getRunningLoop().createTask(() -> {
      Task.sleep(SECOND.multipliedBy(seconds));
      return seconds;
    });
  }

  @Test
  @DisplayName(
      "ASC-1: as with async for, the steps return the futures themselves, in the order of completion")
  void futures() {
    Loops.run(() -> {
      Task<Integer> slow = after(3);
      Task<Integer> quick = after(1);
      var done = new ArrayList<Task<Integer>>();
      for (Task<Integer> task : Asyncio.asCompleted(List.of(slow, quick))) {
        assertTrue(task.done());
        done.add(task);
      }
      assertEquals(List.of(quick, slow), done);
    });
  }

  @Test
  @DisplayName(
      "ASC-1: as with a plain for, the steps return results or throw failures in that order, and a failure does not end the iteration")
  void results() {
    Loops.run(() -> {
      var boom = new IOException("boom");
      Future<Integer> cancelled = EventLoop.getRunningLoop().createFuture();
      Task<Integer> failing = EventLoop.getRunningLoop().createTask(() -> {
        Task.sleep(SECOND.multipliedBy(2));
        cancelled.cancel("why");
        throw boom;
      });
      Iterator<Integer> results =
          Asyncio.resultsAsCompleted(List.of(after(3), failing, cancelled, after(1)));
      assertEquals(1, results.next());
      assertEquals("why", assertThrows(CancelledError.class, results::next).getMessage());
      assertSame(boom, assertThrows(IOException.class, results::next));
      assertTrue(results.hasNext());
      assertEquals(3, results.next());
      assertFalse(results.hasNext());
      assertThrows(NoSuchElementException.class, results::next);
    });
  }

  @Test
  @DisplayName("ASC-1: futures that are done at the start come first, in the given order")
  void doneAlready() {
    Loops.run(() -> {
      Future<String> a = EventLoop.getRunningLoop().createFuture();
      Future<String> b = EventLoop.getRunningLoop().createFuture();
      b.setResult("b");
      a.setResult("a");
      Iterator<String> results = Asyncio.resultsAsCompleted(List.of(a, b));
      assertEquals("a", results.next());
      assertEquals("b", results.next());
    });
  }

  @Test
  @DisplayName("a cancelled step loses no future: the next step returns it")
  void cancelledStep() {
    Loops.run(() -> {
      Task<Integer> task = after(5);
      AsCompleted<Task<Integer>> done = Asyncio.asCompleted(List.of(task));
      Task<?> waiting = started(done::next);
      assertFalse(done.hasNext());
      waiting.cancel();
      assertThrows(CancelledError.class, waiting::await);
      assertTrue(done.hasNext());
      assertSame(task, done.next());
    });
  }

  @Test
  @DisplayName("ASC-2: after the timeout each remaining step throws, and the futures continue")
  void timeout() {
    Loops.run(() -> {
      Task<Integer> quick = after(1);
      Task<Integer> slow = after(3);
      Task<Integer> slower = after(4);
      EventLoop loop = EventLoop.getRunningLoop();
      long begin = loop.time();
      AsCompleted<Task<Integer>> done =
          Asyncio.asCompleted(List.of(slower, quick, slow), SECOND.multipliedBy(2));
      Iterator<Integer> results =
          Asyncio.resultsAsCompleted(List.of(slower, quick, slow), SECOND.multipliedBy(2));
      assertSame(quick, done.nextOrTimeout());
      assertThrows(TimeoutException.class, done::nextOrTimeout);
      assertEquals(SECOND.multipliedBy(2).toNanos(), loop.time() - begin);
      assertThrows(TimeoutException.class, done::next);
      assertFalse(done.hasNext());
      assertEquals(1, results.next());
      assertThrows(TimeoutException.class, results::next);
      assertThrows(TimeoutException.class, results::next);
      assertFalse(results.hasNext());
      assertFalse(slow.done());
      assertEquals(3, slow.await());
      assertEquals(4, slower.await());
    });
  }

  @Test
  @DisplayName("ASC-2: a future that was done in time is not lost if it is taken later")
  void inTimeButAskedLate() {
    Loops.run(() -> {
      Iterator<Integer> results =
          Asyncio.resultsAsCompleted(List.of(after(1)), SECOND.plus(SECOND));
      Task.sleep(SECOND.multipliedBy(5));
      assertEquals(1, results.next());
    });
  }

  @Test
  @DisplayName("ASC-3: abandoning the iteration leaves the futures running")
  void abandoned() {
    Loops.run(() -> {
      Task<Integer> slow = after(3);
      for (Task<Integer> task : Asyncio.asCompleted(List.of(slow, after(1)))) {
        assertEquals(1, task.result());
        break;
      }
      assertEquals(3, slow.await());
    });
  }

  @Test
  @DisplayName("ASC-4: a duplicate counts once; nulls and futures of other loops are errors")
  void arguments() {
    Loops.run(() -> {
      Task<Integer> task = after(1);
      AsCompleted<Task<Integer>> done = Asyncio.asCompleted(List.of(task, task));
      assertSame(task, done.next());
      assertFalse(done.hasNext());
      assertFalse(Asyncio.asCompleted(List.<Task<Integer>>of()).hasNext());
      assertThrows(
          NullPointerException.class, () -> Asyncio.asCompleted(Arrays.asList(task, null)));
      try (EventLoop other = Loops.newLoop()) {
        Future<Integer> foreign = other.createFuture();
        assertThrows(
            IllegalArgumentException.class, () -> Asyncio.asCompleted(List.of(task, foreign)));
      }
      order.finish(1);
    });
  }
}
