package dev.weft.task;

import dev.weft.loop.CallGraph;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.loop.ThrowingCallable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A future of the results of several futures: asyncio's {@code gather}.
 *
 * <pre>{@code
 * List<String> pages = await(gather(() -> fetch("a"), () -> fetch("b")));
 * }</pre>
 *
 * <p>It is done when all futures are done, or when one of them fails; the others then continue. Cancelling it cancels
 * all futures, and it ends when they have ended.
 *
 * @param <T> the type of the futures' results
 * @param <R> the type of the elements: results, or outcomes
 */
public final class Gather<T extends @Nullable Object, R extends @Nullable Object>
    extends Future<List<R>> {

  private final List<Future<? extends T>> children;
  private final Function<Future<? extends T>, ? extends R> look;
  private final boolean endsAtFailure;
  private final Optional<Task<?>> waiter = Task.current();
  private int pending;
  private boolean cancelRequested;

  private Gather(
      EventLoop loop,
      List<Future<? extends T>> children,
      Function<Future<? extends T>, ? extends R> look,
      boolean endsAtFailure) {
    super(loop);
    this.children = children;
    this.look = look;
    this.endsAtFailure = endsAtFailure;
  }

  /**
   * Returns a future of the list of the results of several futures ({@code gather}). It fails when the first of them
   * fails. Cancelling it cancels them all; it then fails with {@link CancelledError} when the first of them is
   * cancelled, or when all have ended. Never suspends. Loop thread only.
   *
   * @param futures futures of one loop; the result of one that is given twice appears twice
   * @param <T> the type of the results
   * @return the results in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   */
  public static <T extends @Nullable Object> Future<List<T>> of(
      List<? extends Future<? extends T>> futures) {
    return gather(futures, distinct(futures), Future::result, true);
  }

  /**
   * Creates a task for each coroutine, in order, and returns a future of the list of the results ({@code gather}). It
   * fails when the first of the tasks fails. Cancelling it cancels all tasks. Never suspends. Loop thread only.
   *
   * @param coroutines the tasks' code; the same object given twice runs twice, as asyncio's coroutine function would
   * @param <T> the type of the results
   * @return the results in the order of the coroutines
   * @throws IllegalStateException if no loop runs the caller
   */
  public static <T extends @Nullable Object> Future<List<T>> ofCoroutines(
      List<? extends ThrowingCallable<? extends T, ?>> coroutines) {
    List<Task<T>> tasks = tasks(coroutines);
    return gather(tasks, tasks, Future::result, true);
  }

  /**
   * Returns a future of the outcomes of several futures ({@code gather(return_exceptions=True)}). It waits for all, and
   * a failure is an element of the list like a result. Cancelling it cancels them all; it then fails with
   * {@link CancelledError} when the last of them has ended. Never suspends. Loop thread only.
   *
   * @param futures futures of one loop; the outcome of one that is given twice appears twice
   * @param <T> the type of the results
   * @return the outcomes in the order of the futures
   * @throws IllegalArgumentException if the futures belong to different loops
   */
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> outcomes(
      List<? extends Future<? extends T>> futures) {
    return gather(futures, distinct(futures), Gather::outcomeOf, false);
  }

  /**
   * Creates a task for each coroutine, in order, and returns a future of the outcomes
   * ({@code gather(return_exceptions=True)}). It waits for all, and a failure is an element of the list like a result.
   * Cancelling it cancels all tasks. Never suspends. Loop thread only.
   *
   * @param coroutines the tasks' code; the same object given twice runs twice, as asyncio's coroutine function would
   * @param <T> the type of the results
   * @return the outcomes in the order of the coroutines
   * @throws IllegalStateException if no loop runs the caller
   */
  public static <T extends @Nullable Object> Future<List<Outcome<T>>> outcomesOfCoroutines(
      List<? extends ThrowingCallable<? extends T, ?>> coroutines) {
    List<Task<T>> tasks = tasks(coroutines);
    return gather(tasks, tasks, Gather::outcomeOf, false);
  }

  private static <T extends @Nullable Object> List<Task<T>> tasks(
      List<? extends ThrowingCallable<? extends T, ?>> coroutines) {
    requireNonNull(coroutines, "coroutines");
    EventLoop loop = EventLoop.getRunningLoop();
    return coroutines.stream().map(loop::<T>createTask).toList();
  }

  /** Returns the futures without repetitions, each at its first place. */
  private static <F> List<F> distinct(List<? extends F> futures) {
    requireNonNull(futures, "futures");
    var seen = new IdentityHashMap<F, Boolean>(futures.size());
    var distinct = new ArrayList<F>(futures.size());
    for (F future : futures) {
      if (seen.put(future, true) == null) {
        distinct.add(future);
      }
    }
    return distinct;
  }

  private static <T extends @Nullable Object, R extends @Nullable Object> Future<List<R>> gather(
      List<? extends Future<? extends T>> futures,
      List<? extends Future<? extends T>> distinct,
      Function<Future<? extends T>, ? extends R> look,
      boolean endsAtFailure) {
    EventLoop loop =
        futures.isEmpty() ? EventLoop.getRunningLoop() : futures.get(0).getLoop();
    for (Future<? extends T> future : distinct) {
      if (future.getLoop() != loop) {
        throw new IllegalArgumentException("futures are tied to different event loops");
      }
    }
    var gather = new Gather<T, R>(loop, List.copyOf(futures), look, endsAtFailure);
    if (futures.isEmpty()) {
      gather.setResult(List.of());
    }
    gather.pending = distinct.size();
    Consumer<Future<? extends T>> childDone = gather::childDone; // one object for all children
    Task<?> waiter = gather.waiter.orElse(null);
    var ended = new ArrayList<Future<? extends T>>();
    for (Future<? extends T> future : distinct) {
      if (future.done()) {
        ended.add(future);
      } else {
        future.addDoneCallback(childDone);
        if (waiter != null) {
          CallGraph.futureAddToAwaitedBy(future, waiter);
        }
      }
    }
    ended.forEach(childDone);
    return gather;
  }

  private static void requireNonNull(List<?> list, String name) {
    Objects.requireNonNull(list, name)
        .forEach(element -> Objects.requireNonNull(element, () -> "null in " + name));
  }

  private void childDone(Future<? extends T> child) {
    pending--;
    if (done()) {
      if (!child.cancelled()) {
        child.exception(); // retrieved and dropped
      }
      return;
    }
    Throwable failure = endsAtFailure ? Outcome.failureOf(child) : null;
    if (failure != null) {
      endEarly(failure);
    } else if (pending == 0) {
      end();
    }
  }

  /** Ends with a failure. The task no longer waits for the children that continue. */
  private void endEarly(Throwable failure) {
    waiter.ifPresent(
        task -> children.forEach(child -> CallGraph.futureDiscardFromAwaitedBy(child, task)));
    setException(failure);
  }

  private void end() {
    List<R> results = results(); // retrieves all failures, also if this is cancelled
    if (cancelRequested) {
      setException(cancellationOf(children.get(children.size() - 1)));
    } else {
      setResult(results);
    }
  }

  /** Returns the outcome of a child. It leaves the error of a cancelled child for the first reader of the child. */
  private static <T extends @Nullable Object> Outcome<T> outcomeOf(Future<? extends T> child) {
    return child.cancelled() ? Outcome.cancelled(cancelMessageOf(child)) : Outcome.of(child);
  }

  private List<R> results() {
    var results = new ArrayList<R>(children.size());
    children.forEach(child -> results.add(look.apply(child)));
    return Collections.unmodifiableList(results);
  }

  /**
   * Cancels all futures that are gathered here ({@code cancel}). This future ends when they have ended. Never suspends.
   * Loop thread only.
   *
   * @param message the message of the {@link CancelledError}; null for none
   * @return false if this future is done, or none of them can be cancelled
   */
  @Override
  public boolean cancel(@Nullable String message) {
    if (done()) {
      return false;
    }
    boolean any = false;
    for (Future<? extends T> child : children) {
      any |= child.cancel(message);
    }
    if (any) {
      // This ends when a child does, because the child may have to clean up.
      cancelRequested = true;
    }
    return any;
  }
}
