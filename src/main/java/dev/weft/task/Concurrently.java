package dev.weft.task;

import dev.weft.loop.CancelledError;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.KeyboardInterrupt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

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
   * Applies a function to each item, to no more than {@code limit} at a time, begun in order. Suspends.
   *
   * @param limit at least 1
   * @return the results in the order of the items
   * @throws ExceptionGroup if one fails; the others are cancelled then
   * @throws CancelledError if the calling task is cancelled; all others are, too
   */
  public static <T, R> List<R> mapConcurrent(
      Collection<? extends T> items, int limit, Mapper<? super T, ? extends R> mapper) {
    Objects.requireNonNull(mapper, "mapper");
    if (limit < 1) {
      throw new IllegalArgumentException("limit must be at least 1: " + limit);
    }
    List<R> results = new ArrayList<>(Collections.nCopies(items.size(), null));
    Iterator<? extends T> rest = List.copyOf(items).iterator();
    int[] begun = {0};
    return new TaskGroup().run(group -> {
      for (int i = 0; i < Math.min(limit, items.size()); i++) {
        group.createTask(() -> {
          while (rest.hasNext()) {
            int index = begun[0]++;
            results.set(index, mapper.map(rest.next()));
          }
        });
      }
      return Collections.unmodifiableList(results);
    });
  }

  /**
   * Runs coroutines at the same time until the first succeeds, then cancels the others and waits for
   * them. Suspends.
   *
   * @param contenders at least one
   * @return what the first to succeed has returned
   * @throws ExceptionGroup if all fail
   * @throws CancelledError if the calling task is cancelled; all others are, too
   */
  public static <T> T race(List<? extends Callable<? extends T>> contenders) {
    if (contenders.isEmpty()) {
      throw new IllegalArgumentException("contenders must not be empty");
    }
    var race = new Race<T>();
    new TaskGroup().run(group -> {
      contenders.forEach(contender -> group.createTask(() -> race.run(contender, group)));
      return null;
    });
    if (!race.won && race.failures.isEmpty()) {
      throw new CancelledError("all contenders of a race were cancelled");
    }
    if (!race.won) {
      throw new ExceptionGroup("all contenders of a race have failed", race.failures);
    }
    return race.result;
  }

  private static final class Race<T> {
    private final List<Throwable> failures = new ArrayList<>();
    private T result;
    private boolean won;

    private void run(Callable<? extends T> contender, TaskGroup group) {
      T own;
      try {
        own = contender.call();
      } catch (CancelledError | InterruptedException cancelled) {
        throw Failures.rethrow(cancelled);
      } catch (Throwable failure) {
        if (KeyboardInterrupt.isFatal(failure)) {
          throw Failures.rethrow(failure);
        }
        failures.add(failure);
        return;
      }
      if (!won) {
        won = true;
        result = own;
        group.cancel();
      }
    }
  }
}
