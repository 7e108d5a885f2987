package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Distributes work over several tasks, which have all ended when the call returns. Asyncio has no such functions.
 *
 * <pre>{@code
 * List<String> pages = Concurrently.mapConcurrent(urls, 10, url -> fetch(url));
 * String fastest = Concurrently.race(List.of(() -> fetch("a"), () -> fetch("b")));
 * }</pre>
 *
 * <p>Both functions use a {@link TaskGroup}, which defines how they respond to {@code Task.cancel}.
 */
public final class Concurrently {

  private Concurrently() {}

  /**
   * The work for one item.
   *
   * @param <T> the type of the items
   * @param <R> the type of the results
   */
  @FunctionalInterface
  public interface Mapper<T, R extends @Nullable Object> {

    /**
     * Does the work for one item, in a task. May suspend.
     *
     * @param item the item
     * @return the result
     * @throws Exception if the work fails; the whole call then fails
     */
    R map(T item) throws Exception;
  }

  /**
   * Applies a function to each item, in order, and to a limited number of items at a time. After the work for one item
   * has failed or was cancelled, the call begins no other item. Asyncio has no such function. Suspends. Loop thread
   * only.
   *
   * @param items the items
   * @param limit how many items to work on at the same time, 1 or more
   * @param mapper does the work for one item
   * @param <T> the type of the items
   * @param <R> the type of the results
   * @return the results in the order of the items
   * @throws IllegalArgumentException if {@code limit} is less than 1
   * @throws ExceptionGroup if the work for an item fails; the other tasks are cancelled then
   * @throws CancelledError if the calling task is cancelled, or the work for an item ends as cancelled by itself; the
   *     other tasks are cancelled then
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, R extends @Nullable Object> List<R> mapConcurrent(
      Collection<? extends T> items, int limit, Mapper<? super T, ? extends R> mapper) {
    List<T> all = requireNonNull(items, "items");
    Objects.requireNonNull(mapper, "mapper");
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1: " + limit);
    }
    var mapping = new Mapping<T, R>(all, mapper);
    new TaskGroup().run(group -> {
      for (int i = 0; i < Math.min(limit, all.size()) && mapping.goesOn(); i++) {
        group.createTask(() -> mapping.work(group));
      }
    });
    if (mapping.cancelled != null) {
      throw mapping.cancelled;
    }
    return Collections.unmodifiableList(mapping.results);
  }

  private static final class Mapping<T, R extends @Nullable Object> {
    private final List<T> items;
    private final Mapper<? super T, ? extends R> mapper;
    private final List<R> results;
    private int begun;
    private boolean failed;
    private @Nullable CancelledError cancelled;

    Mapping(List<T> items, Mapper<? super T, ? extends R> mapper) {
      this.items = items;
      this.mapper = mapper;
      this.results = new ArrayList<>(Collections.nCopies(items.size(), null));
    }

    boolean goesOn() {
      return begun < items.size() && !failed;
    }

    void work(TaskGroup group) throws Exception {
      Task<?> self = Task.current().orElseThrow();
      try {
        while (goesOn() && self.cancelling() == 0) {
          int index = begun++;
          results.set(index, mapper.map(items.get(index)));
        }
      } catch (Throwable failure) {
        failed = true;
        if (CancelledError.isCancellation(failure) && self.cancelling() == 0) {
          cancelled = failure instanceof CancelledError own
              ? own
              : (CancelledError) new CancelledError().initCause(failure);
          group.cancel();
        }
        throw failure;
      }
    }
  }

  /**
   * Runs coroutines at the same time until the first succeeds, then cancels the others and waits for them. The result
   * of a coroutine that ends in spite of its cancellation is dropped; {@link #race(List, Consumer)} passes such results
   * on. If a coroutine's wait is over in the same turn as the winner's, the wait is cancelled nevertheless, as in every
   * task; its result is lost unless other code holds it. Asyncio has no such function. Suspends. Loop thread only.
   *
   * @param contenders the coroutines, at least one
   * @param <T> the type of the result
   * @return the result of the first to succeed
   * @throws IllegalArgumentException if {@code contenders} is empty
   * @throws ExceptionGroup if all fail; has all failures
   * @throws CancelledError if the calling task is cancelled, which cancels all contenders, or if all contenders end as
   *     cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object> T race(
      List<? extends Callable<? extends T>> contenders) {
    return race(contenders, dropped -> {});
  }

  /**
   * Runs coroutines at the same time until the first succeeds, then cancels the others and waits for them. A consumer
   * gets the results that the call does not return: those that come after the first, and also the first if the calling
   * task is cancelled before the call returns. Asyncio has no such function. Suspends. Loop thread only.
   *
   * @param contenders the coroutines, at least one
   * @param undelivered gets each such result, for example to close it
   * @param <T> the type of the result
   * @return the result of the first to succeed
   * @throws IllegalArgumentException if {@code contenders} is empty
   * @throws ExceptionGroup if all fail, or if {@code undelivered} throws
   * @throws CancelledError if the calling task is cancelled, which cancels all contenders, or if all contenders end as
   *     cancelled
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object> T race(
      List<? extends Callable<? extends T>> contenders, Consumer<? super T> undelivered) {
    List<Callable<? extends T>> all = requireNonNull(contenders, "contenders");
    Objects.requireNonNull(undelivered, "undelivered");
    if (all.isEmpty()) {
      throw new IllegalArgumentException("contenders must not be empty");
    }
    var race = new Race<T>(undelivered);
    try {
      new TaskGroup().run(group -> {
        for (Iterator<Callable<? extends T>> rest = all.iterator();
            rest.hasNext() && !race.won; ) { // an eager one may win before others have begun
          Callable<? extends T> contender = rest.next();
          group.createTask(() -> race.run(contender, group));
        }
      });
    } catch (Throwable failure) {
      if (race.won) {
        undelivered.accept(race.result);
      }
      throw failure;
    }
    if (race.won) {
      return race.result;
    }
    if (race.failures.isEmpty()) {
      throw new CancelledError("all contenders of a race were cancelled");
    }
    throw new ExceptionGroup("all contenders of a race have failed", race.failures);
  }

  private static final class Race<T extends @Nullable Object> {
    private final Consumer<? super T> undelivered;
    private final List<Throwable> failures = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set by the winner
    private T result;

    private boolean won;

    Race(Consumer<? super T> undelivered) {
      this.undelivered = undelivered;
    }

    void run(Callable<? extends T> contender, TaskGroup group) throws Exception {
      T own;
      try {
        own = contender.call();
      } catch (Throwable failure) {
        if (CancelledError.isCancellation(failure) || KeyboardInterrupt.isFatal(failure)) {
          throw failure;
        }
        failures.add(failure);
        return;
      }
      if (won) {
        undelivered.accept(own);
      } else {
        won = true;
        result = own;
        group.cancel();
      }
    }
  }

  private static <T> List<T> requireNonNull(Collection<? extends T> elements, String name) {
    List<T> copy = new ArrayList<>(Objects.requireNonNull(elements, name));
    copy.forEach(element -> Objects.requireNonNull(element, () -> "null in " + name));
    return copy;
  }
}
