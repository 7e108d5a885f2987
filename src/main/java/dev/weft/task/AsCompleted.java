package dev.weft.task;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.CallGraph;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.loop.Task;
import dev.weft.sync.Queue;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Futures in the order in which they are done: asyncio's {@code as_completed}, in the form of {@code
 * async for}. {@link #next} suspends until the next one is done, and returns it; its result or failure is
 * then to be had at once. {@link #results} is the plain form.
 *
 * <p>Abandoning the iteration leaves the futures alone.
 *
 * @param <F> the type of the futures
 */
public final class AsCompleted<F extends Future<?>> implements Iterator<F>, Iterable<F> {

  private final Queue<Optional<F>> done = new Queue<>();
  private final Set<F> todo;
  private final Consumer<Future<?>> completed = this::completed;
  private final Optional<Task<?>> waiter = Task.current();
  private Handle timer;
  private final Optional<Duration> limit;
  private int left;

  /**
   * Begins to watch futures. Never suspends.
   *
   * @param futures given twice counts once
   * @param timeout after which {@link #next} throws for each that is not done; empty for no limit
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if the caller is not on a loop
   */
  public AsCompleted(Collection<? extends F> futures, Optional<Duration> timeout) {
    limit = Objects.requireNonNull(timeout, "timeout");
    EventLoop loop = EventLoop.getRunningLoop();
    todo = Wait.distinct(futures);
    for (F future : todo) {
      if (future.getLoop() != loop) {
        throw new IllegalArgumentException(future + " belongs to a different event loop");
      }
    }
    for (F future : todo) {
      future.addDoneCallback(completed);
      waiter.ifPresent(task -> CallGraph.futureAddToAwaitedBy(future, task));
    }
    left = todo.size();
    if (left > 0 && timeout.isPresent()) {
      timer = ((BaseEventLoop) loop).callDeadline(timeout.get(), this::timedOut);
    }
  }

  /**
   * What the futures have to say, in the order in which they are done: asyncio's {@code as_completed} in the
   * form of a plain {@code for}, whose steps are awaited. Each call of {@code next} suspends until another
   * future is done, and returns its result or throws its failure, the very object, checked or not; the one
   * after it goes on with the next future. {@link TimeoutException} is thrown, undeclared, for each future
   * that is not done when the time is over. Never suspends.
   *
   * @param futures as {@link #AsCompleted}
   * @param timeout as {@link #AsCompleted}
   */
  public static <T> Iterator<T> results(
      Collection<? extends Future<? extends T>> futures, Optional<Duration> timeout) {
    var done = new AsCompleted<Future<? extends T>>(futures, timeout);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return done.hasNext();
      }

      @Override
      public T next() {
        return done.next().await();
      }
    };
  }

  private void timedOut() {
    for (F future : todo) {
      future.removeDoneCallback(completed);
      waiter.ifPresent(task -> CallGraph.futureDiscardFromAwaitedBy(future, task));
      done.putNowait(Optional.empty());
    }
    todo.clear();
  }

  @SuppressWarnings("unchecked") // it is one of ours
  private void completed(Future<?> future) {
    if (todo.remove(future)) {
      done.putNowait(Optional.of((F) future));
      if (todo.isEmpty() && timer != null) {
        timer.cancel();
      }
    }
  }

  /** Whether there are futures that {@link #next} has not returned. Never suspends. */
  @Override
  public boolean hasNext() {
    return left > 0;
  }

  /**
   * The next future that is done. Suspends until one is. Throws {@link TimeoutException}, undeclared, if
   * the time is over; see {@link #nextOrTimeout}.
   *
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; no future is lost then
   */
  @Override
  public F next() {
    if (left == 0) {
      throw new NoSuchElementException();
    }
    left--;
    Optional<F> next;
    try {
      next = done.get();
    } catch (Throwable error) {
      left++;
      throw error;
    }
    return next.orElseThrow(
        () -> Failures.rethrow(Timeout.timedOut("asCompleted", limit.orElseThrow())));
  }

  /**
   * As {@link #next}, declaring what it throws.
   *
   * @throws TimeoutException if the time is over
   */
  public F nextOrTimeout() throws TimeoutException {
    return next();
  }

  @Override
  public Iterator<F> iterator() {
    return this;
  }
}
