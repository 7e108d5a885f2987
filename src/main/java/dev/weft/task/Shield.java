package dev.weft.task;

import dev.weft.loop.CallGraph;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Protects a future from the cancellation of the task that waits for it: asyncio's {@code shield}. */
public final class Shield {

  private Shield() {}

  /**
   * Returns a future that ends as another future does, and whose cancellation does not reach the other future
   * ({@code shield}). If {@code inner} fails after that cancellation, its failure counts as not retrieved. Never
   * suspends. Loop thread only.
   *
   * @param inner the future to protect
   * @param <T> the type of the result
   * @return a new future; {@code inner} itself if it is done
   */
  public static <T extends @Nullable Object> Future<T> of(Future<T> inner) {
    if (inner.done()) {
      return inner;
    }
    EventLoop loop = inner.getLoop();
    Future<T> outer = loop.createFuture();
    Consumer<Future<T>> pass = done -> pass(done, outer);
    Optional<Task<?>> waiter = Task.current();
    inner.addDoneCallback(pass);
    waiter.ifPresent(task -> CallGraph.futureAddToAwaitedBy(inner, task));
    outer.addDoneCallback(done -> {
      if (!inner.done()) {
        waiter.ifPresent(task -> CallGraph.futureDiscardFromAwaitedBy(inner, task));
        inner.removeDoneCallback(pass);
      }
    });
    return outer;
  }

  private static <T extends @Nullable Object> void pass(Future<T> inner, Future<T> outer) {
    if (outer.cancelled()) {
      return;
    }
    if (inner.cancelled()) {
      outer.cancel();
    } else if (inner.exception().isPresent()) {
      outer.setException(inner.exception().get());
    } else {
      outer.setResult(inner.result());
    }
  }
}
