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
import org.jspecify.annotations.Nullable;

/**
 * An iterator of futures in the order in which they complete: asyncio's {@code as_completed}, in the form of {@code
 * async for}.
 *
 * <pre>{@code
 * for (Task<String> done : asCompleted(tasks)) {   // each step parks this task until another task is done
 *   System.out.println(done.result());
 * }
 * }</pre>
 *
 * <p>{@link #next} suspends until another future is done, and returns that future. {@link #results} is the form of a
 * plain {@code for}. Ending the iteration early does not affect the futures. Loop thread only.
 *
 * @param <F> the type of the futures
 */
public final class AsCompleted<F extends Future<?>> implements Iterator<F>, Iterable<F> {

  private final Queue<Optional<F>> done = new Queue<>();
  private final Set<F> todo;
  private final Consumer<Future<?>> completed = this::completed;
  private final Optional<Task<?>> waiter = Task.current();
  private @Nullable Handle timer;
  private final Optional<Duration> limit;
  private int left;

  /**
   * Begins to watch futures ({@code as_completed}). Never suspends. Loop thread only.
   *
   * @param futures futures of the running loop; one that is given twice counts once
   * @param timeout the time after which {@link #next} throws for each future that is not done; empty for no limit
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if no loop runs the caller
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
   * Returns an iterator of results in the order in which futures complete: asyncio's {@code as_completed} in the form
   * of a plain {@code for}, whose elements are awaited. This call never suspends. Loop thread only.
   *
   * <p>Each call of {@code next} suspends until another future is done. It returns the result of that future, or throws
   * its failure, unwrapped, checked or not. The iteration can continue after a failure. For each future that is not
   * done when the time is over, {@code next} throws a {@link TimeoutException}, which it does not declare.
   *
   * @param futures futures of the running loop; one that is given twice counts once
   * @param timeout the time after which {@code next} throws for each future that is not done; empty for no limit
   * @param <T> the type of the results
   * @return the results
   * @throws IllegalArgumentException if a future belongs to another loop
   * @throws IllegalStateException if no loop runs the caller
   */
  public static <T extends @Nullable Object> Iterator<T> results(
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
      waiter.ifPresent(task -> CallGraph.futureDiscardFromAwaitedBy(future, task));
      future.removeDoneCallback(completed);
      done.putNowait(Optional.empty());
    }
    todo.clear();
  }

  @SuppressWarnings("unchecked") // todo has only futures of this type
  private void completed(Future<?> future) {
    if (todo.remove(future)) {
      done.putNowait(Optional.of((F) future));
      if (todo.isEmpty() && timer != null) {
        timer.cancel();
      }
    }
  }

  /**
   * Returns whether there are futures that {@link #next} has not returned. Never suspends. Loop thread only.
   *
   * @return false after the last future
   */
  @Override
  public boolean hasNext() {
    return left > 0;
  }

  /**
   * Returns the next future that is done. It throws a {@link TimeoutException}, which it does not declare, if the time
   * is over; {@link #nextOrTimeout} declares it. Suspends until a future is done. Loop thread only.
   *
   * @return a future that is done
   * @throws NoSuchElementException if all futures were returned
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
   * Returns the next future that is done, and declares the exception of the time limit. Suspends until a future is
   * done. Loop thread only.
   *
   * @return a future that is done
   * @throws TimeoutException if the time is over
   * @throws NoSuchElementException if all futures were returned
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; no future is lost then
   */
  public F nextOrTimeout() throws TimeoutException {
    return next();
  }

  @Override
  public Iterator<F> iterator() {
    return this;
  }
}
