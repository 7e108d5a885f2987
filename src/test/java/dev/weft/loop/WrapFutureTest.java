package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** FUT-14: futures of the loop and of java.util.concurrent, joined both ways. */
class WrapFutureTest {

  private final Order order = new Order();

  @Test
  @DisplayName("FUT-14: a stage that another thread completes wakes the waiter on the loop")
  void result() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var stage = new CompletableFuture<String>();
      Future<String> wrapped = loop.wrapFuture(stage);
      Thread.ofPlatform().start(() -> stage.complete("x"));
      assertEquals("x", wrapped.await());
      assertSame(loop, EventLoop.getRunningLoop());
    });
  }

  @Test
  @DisplayName(
      "FUT-14: the end of a stage takes its place in the ready queue, also if the stage was done before")
  void hops() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var stage = new CompletableFuture<String>();
      Future<String> wrapped = loop.wrapFuture(stage);
      wrapped.addDoneCallback(done -> order.expect(3));
      loop.callSoon(() -> order.expect(2));
      stage.complete("x");
      assertFalse(wrapped.done());
      assertFalse(loop.wrapFuture(stage).done());
      order.expect(1);
      wrapped.await();
      order.finish(4);
    });
  }

  @Test
  @DisplayName("FUT-14: a stage's failure arrives unwrapped")
  void failure() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var boom = new IOException("boom");
      var stage = new CompletableFuture<String>();
      stage.completeExceptionally(boom);
      assertSame(boom, assertThrows(IOException.class, loop.wrapFuture(stage)::await));
      var dependent = stage.thenApply(String::length); // fails with a CompletionException
      assertThrows(CompletionException.class, dependent::join);
      assertSame(boom, assertThrows(IOException.class, loop.wrapFuture(dependent)::await));
    });
  }

  @Test
  @DisplayName("FUT-14: cancelling the loop's future cancels the stage, and vice versa")
  void cancel() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var stage = new CompletableFuture<String>();
      loop.wrapFuture(stage).cancel();
      Loops.turns(1);
      assertTrue(stage.isCancelled());

      var other = new CompletableFuture<String>();
      Future<String> wrapped = loop.wrapFuture(other);
      other.cancel(false);
      assertThrows(CancelledError.class, wrapped::await);
      assertTrue(wrapped.cancelled());
    });
  }

  @Test
  @DisplayName(
      "FUT-14: a stage that ends after the future was cancelled or the loop closed is dropped")
  void tooLate() {
    var source = new CompletableFuture<String>();
    EventLoop loop = Loops.newLoop();
    loop.setExceptionHandler((l, record) -> order.expectUnreached());
    loop.runUntilComplete(() -> {
      Future<String> cancelled = loop.wrapFuture(source.minimalCompletionStage());
      cancelled.cancel();
      source.complete("x");
      Loops.turns(2);
      assertTrue(cancelled.cancelled());
    });
    var late = new CompletableFuture<String>();
    Future<String> wrapped = loop.wrapFuture(late);
    loop.close();
    late.complete("x");
    assertFalse(wrapped.done());
    order.finish(1);
  }

  @Test
  @DisplayName(
      "FUT-14: the end of a task reaches its CompletableFuture: result, failure, cancellation")
  void toCompletableFuture() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var boom = new IOException("boom");
      CompletableFuture<String> result = loop.createTask(() -> "x").toCompletableFuture();
      CompletableFuture<Object> failure = loop.createTask(() -> {
            throw boom;
          })
          .toCompletableFuture();
      Task<Void> forgotten = loop.createTask(() -> Loops.turns(100));
      CompletableFuture<Void> cancelled = forgotten.toCompletableFuture();
      forgotten.cancel();
      Loops.turns(3);
      assertEquals("x", result.join());
      assertSame(boom, assertThrows(CompletionException.class, failure::join).getCause());
      assertThrows(CancellationException.class, cancelled::join);
    });
  }

  @Test
  @DisplayName("FUT-14: cancelling a task's CompletableFuture from another thread cancels the task")
  void cancelFromOutside() {
    Loops.run(() -> {
      Task<String> task = EventLoop.getRunningLoop()
          .createTask(EventLoop.getRunningLoop().<String>createFuture()::await);
      CompletableFuture<String> completable = task.toCompletableFuture();
      Thread.ofPlatform().start(() -> completable.cancel(true));
      assertThrows(CancelledError.class, task::await);
      assertEquals(1, task.cancelling());
    });
  }
}
