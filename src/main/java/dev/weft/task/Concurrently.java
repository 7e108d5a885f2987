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

/**
 * Work done at the same time by tasks that all have ended when the call returns: what asyncio leaves to
 * its users. All are built on {@link TaskGroup}, and so is how they answer to {@code Task.cancel}.
 */
public final class Concurrently {

  private Concurrently() {}

  /**
   * What is done with each item.
   *
   * @param <T> the type of the items
   * @param <R> the type of the results
   */
  @FunctionalInterface
  public interface Mapper<T, R> {

    /**
     * Does the work for one item, in a task.
     *
     * @throws Exception whatever goes wrong; ends the whole
     */
    R map(T item) throws Exception;
  }

  /**
   * Applies a function to each item, to no more than {@code limit} at a time, begun in order. No item is
   * begun after one has failed or been cancelled. Suspends.
   *
   * @param limit at least 1
   * @return the results in the order of the items
   * @throws ExceptionGroup if one fails; the others are cancelled then
   * @throws CancelledError if the calling task is cancelled, or the work for an item ends as cancelled by
   *     itself; the others are cancelled then, too
   */
  public static <T, R> List<R> mapConcurrent(
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
      return null;
    });
    if (mapping.cancelled != null) {
      throw mapping.cancelled;
    }
    return Collections.unmodifiableList(mapping.results);
  }

  private static final class Mapping<T, R> {
    private final List<T> items;
    private final Mapper<? super T, ? extends R> mapper;
    private final List<R> results;
    private int begun;
    private boolean failed;
    private CancelledError cancelled;

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
   * Runs coroutines at the same time until the first succeeds, then cancels the others and waits for
   * them. One that does not let itself be cancelled has its result dropped; if that is something to be
   * closed, see {@link #race(List, Consumer)}. One whose wait is over in the same turn as the winner's is
   * cancelled in that wait, as any task would be: what it waited for is lost, if nobody else holds it.
   * Suspends.
   *
   * @param contenders at least one
   * @return what the first to succeed has returned
   * @throws ExceptionGroup if all fail
   * @throws CancelledError if the calling task is cancelled; all others are, too
   */
  public static <T> T race(List<? extends Callable<? extends T>> contenders) {
    return race(contenders, dropped -> {});
  }

  /**
   * As {@link #race(List)}, with somebody to take the results that the race does not return: those that
   * come after the first, and the first if the calling task is cancelled before it gets it. Suspends.
   *
   * @param contenders at least one
   * @param undelivered gets each such result, to close it for instance
   * @return what the first to succeed has returned
   * @throws ExceptionGroup if all fail, or {@code undelivered} throws
   * @throws CancelledError if the calling task is cancelled; all others are, too
   */
  public static <T> T race(
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
        return null;
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

  private static final class Race<T> {
    private final Consumer<? super T> undelivered;
    private final List<Throwable> failures = new ArrayList<>();
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
