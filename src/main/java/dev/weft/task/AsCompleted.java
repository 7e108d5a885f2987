package dev.weft.task;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Handle;
import dev.weft.sync.Queue;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Futures in the order in which they are done: asyncio's {@code as_completed}, in the form of {@code
 * async for}. {@link #next} suspends until the next one is done, and returns it; its result or failure is
 * then to be had at once.
 *
 * <p>Abandoning the iteration leaves the futures alone.
 *
 * @param <F> the type of the futures
 */
public final class AsCompleted<F extends Future<?>> implements Iterator<F>, Iterable<F> {

  private final Queue<Optional<F>> done = new Queue<>();
  private final Set<F> todo;
  private final Consumer<Future<?>> completed = this::completed;
  private Handle timer;
  private int left;

  /**
   * Begins to watch futures. Never suspends.
   *
   * @param futures given twice counts once
   * @param timeout after which {@link #next} throws for each that is not done; empty for no limit
   */
  public AsCompleted(Collection<? extends F> futures, Optional<Duration> timeout) {
    todo = new LinkedHashSet<>(futures);
    todo.forEach(future -> future.addDoneCallback(completed));
    left = todo.size();
    if (left > 0 && timeout.isPresent()) {
      timer = EventLoop.getRunningLoop().callLater(timeout.get(), this::timedOut);
    }
  }

  private void timedOut() {
    for (F future : todo) {
      future.removeDoneCallback(completed);
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
    return next.orElseThrow(() -> Failures.rethrow(new TimeoutException()));
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
