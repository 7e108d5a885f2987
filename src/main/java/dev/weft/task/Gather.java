package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The future of several others: asyncio's {@code gather}. Done when all are, or when the first fails;
 * the others then go on. Cancelling it cancels them all, and it ends when they do.
 *
 * @param <T> the type of the results
 */
public final class Gather<T> extends Future<List<T>> {

  private final List<Future<? extends T>> children;
  private int pending;
  private boolean cancelRequested;

  private Gather(EventLoop loop, List<Future<? extends T>> children) {
    super(loop);
    this.children = children;
  }

  /**
   * Gathers futures; the same one given twice counts once, and its result appears twice. Never suspends.
   *
   * @return the results in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   */
  public static <T> Future<List<T>> of(List<? extends Future<? extends T>> futures) {
    requireNonNull(futures, "futures");
    EventLoop loop =
        futures.isEmpty() ? EventLoop.getRunningLoop() : futures.get(0).getLoop();
    Set<Future<? extends T>> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Future<? extends T> future : futures) {
      if (future.getLoop() != loop) {
        throw new IllegalArgumentException("futures are tied to different event loops");
      }
      distinct.add(future);
    }
    var gather = new Gather<T>(loop, List.copyOf(futures));
    if (futures.isEmpty()) {
      gather.setResult(List.of());
    }
    gather.pending = distinct.size();
    var ended = new ArrayList<Future<? extends T>>();
    for (Future<? extends T> future : futures) {
      if (!distinct.remove(future)) {
        continue;
      }
      if (future.done()) {
        ended.add(future);
      } else {
        future.addDoneCallback(gather::childDone);
      }
    }
    ended.forEach(gather::childDone);
    return gather;
  }

  /**
   * Creates a task for each coroutine, in their order, and gathers the tasks. The same object given twice
   * is run twice: it stands for asyncio's coroutine function, not for a coroutine begun. Never suspends.
   *
   * @return the results in the order of the coroutines
   * @throws IllegalStateException if the caller is not on a loop
   */
  public static <T> Future<List<T>> ofCoroutines(List<? extends Callable<? extends T>> coroutines) {
    requireNonNull(coroutines, "coroutines");
    EventLoop loop = EventLoop.getRunningLoop();
    return of(coroutines.stream().map(loop::<T>createTask).toList());
  }

  private static void requireNonNull(List<?> list, String name) {
    Objects.requireNonNull(list, name)
        .forEach(element -> Objects.requireNonNull(element, () -> "null in " + name));
  }

  private void childDone(Future<? extends T> child) {
    pending--;
    if (done()) {
      if (!child.cancelled()) {
        child.exception(); // seen, and dropped
      }
      return;
    }
    if (child.cancelled()) {
      setException(cancellationOf(child));
    } else if (child.exception().isPresent()) {
      setException(child.exception().get());
    } else if (pending == 0) {
      if (cancelRequested) {
        setException(new CancelledError());
      } else {
        setResult(results());
      }
    }
  }

  private static CancelledError cancellationOf(Future<?> child) {
    try {
      child.result();
    } catch (CancelledError cancelled) {
      return cancelled;
    }
    throw new AssertionError(child);
  }

  private List<T> results() {
    var results = new ArrayList<T>(children.size());
    children.forEach(child -> results.add(child.result()));
    return Collections.unmodifiableList(results);
  }

  @Override
  public boolean cancel(String message) {
    if (done()) {
      return false;
    }
    boolean any = false;
    for (Future<? extends T> child : children) {
      any |= child.cancel(message);
    }
    if (any) {
      // Ends when a child does, not now: a child may have to clean up.
      cancelRequested = true;
    }
    return any;
  }
}
