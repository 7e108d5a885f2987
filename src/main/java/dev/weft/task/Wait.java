package dev.weft.task;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.CallGraph;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.Task;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for some of several futures: asyncio's {@code wait}. */
public final class Wait {

  private final ReturnWhen returnWhen;
  private final Future<@Nullable Void> waiter;
  private int pending;
  private @Nullable Handle timer;

  private Wait(ReturnWhen returnWhen, Future<@Nullable Void> waiter, int pending) {
    this.returnWhen = returnWhen;
    this.waiter = waiter;
    this.pending = pending;
  }

  /**
   * The futures that were done, and those that were not, when the wait ended, each in the given order.
   *
   * @param done the futures that are done
   * @param pending the futures that are not done
   * @param <F> the type of the futures
   */
  public record Result<F>(Set<F> done, Set<F> pending) {}

  /**
   * Waits until enough of the futures are done, or a time is over ({@code wait}). Cancels none of them and throws none
   * of their failures. Suspends, even if enough are done already. Loop thread only.
   *
   * @param futures at least one; a future that is given twice counts once
   * @param timeout how long to wait at most; empty for no limit
   * @param returnWhen the condition that ends the wait
   * @param <F> the type of the futures
   * @return the futures that are done, and those that are not
   * @throws IllegalArgumentException if there are no futures
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the futures are not
   * @throws IllegalStateException if the caller is not a task
   */
  public static <F extends Future<?>> Result<F> of(
      Collection<? extends F> futures, Optional<Duration> timeout, ReturnWhen returnWhen) {
    Objects.requireNonNull(timeout, "timeout");
    Objects.requireNonNull(returnWhen, "returnWhen");
    Set<F> distinct = distinct(futures);
    if (distinct.isEmpty()) {
      throw new IllegalArgumentException("Set of Tasks/Futures is empty.");
    }
    EventLoop loop = EventLoop.getRunningLoop();
    new Wait(returnWhen, loop.createFuture(), distinct.size()).run(loop, distinct, timeout);
    var result = new Result<F>(new LinkedHashSet<>(), new LinkedHashSet<>());
    for (F future : distinct) {
      (future.done() ? result.done() : result.pending()).add(future);
    }
    return new Result<>(
        Collections.unmodifiableSet(result.done()), Collections.unmodifiableSet(result.pending()));
  }

  /** Returns the futures without repetitions, in order. */
  static <F extends Future<?>> Set<F> distinct(Collection<? extends F> futures) {
    Set<F> distinct = new LinkedHashSet<>(Objects.requireNonNull(futures, "futures"));
    distinct.forEach(future -> Objects.requireNonNull(future, "null in futures"));
    return distinct;
  }

  private void run(EventLoop loop, Set<? extends Future<?>> futures, Optional<Duration> timeout) {
    Consumer<Future<?>> completed = this::completed;
    Optional<Task<?>> waiting = Task.current(); // without a task, await throws
    try {
      if (timeout.isPresent()) {
        timer = ((BaseEventLoop) loop).callDeadline(timeout.get(), this::release);
      }
      for (Future<?> future : futures) {
        future.addDoneCallback(completed);
        waiting.ifPresent(task -> CallGraph.futureAddToAwaitedBy(future, task));
      }
      waiter.await();
    } finally {
      cancelTimer();
      for (Future<?> future : futures) {
        waiting.ifPresent(task -> CallGraph.futureDiscardFromAwaitedBy(future, task));
        future.removeDoneCallback(completed);
      }
    }
  }

  private void completed(Future<?> future) {
    pending--;
    if (pending <= 0
        || returnWhen == ReturnWhen.FIRST_COMPLETED
        || returnWhen == ReturnWhen.FIRST_EXCEPTION
            && !future.cancelled()
            && future.exception().isPresent()) {
      cancelTimer();
      release();
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void release() {
    if (!waiter.done()) {
      waiter.setResult(null);
    }
  }
}
