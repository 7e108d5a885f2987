package dev.weft.loop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The asynchronous generators of a loop that have begun and not ended. Loop thread only. */
final class Generators {

  private final BaseEventLoop loop;
  private final Set<GeneratorState<?>> open = new LinkedHashSet<>();
  private boolean shutDown;

  Generators(BaseEventLoop loop) {
    this.loop = loop;
  }

  /** Records a generator that begins. Returns whether {@link #shutDown} was called before. */
  boolean add(GeneratorState<?> generator) {
    open.add(generator);
    return shutDown;
  }

  void remove(GeneratorState<?> generator) {
    open.remove(generator);
  }

  /** Returns the tasks in which the bodies run. */
  List<Task<?>> tasks() {
    List<Task<?>> tasks = new ArrayList<>();
    for (GeneratorState<?> generator : open) {
      tasks.add(generator.task());
    }
    return tasks;
  }

  /** Closes all generators at the same time and reports their failures. Suspends. */
  void shutDown() {
    shutDown = true;
    var closing = new LinkedHashMap<GeneratorState<?>, Task<?>>();
    for (GeneratorState<?> generator : open) {
      closing.put(generator, loop.newTask(generator::closing, TaskOptions.defaults()));
    }
    if (closing.isEmpty()) {
      return;
    }
    new AllEnded(loop, List.copyOf(closing.values())).await();
    closing.forEach((generator, task) -> {
      if (!task.cancelled() && task.exception().isPresent()) {
        generator.reportFailure(
            "an error occurred during closing of an asynchronous generator",
            task.exception().get());
      }
    });
  }

  /**
   * A future that is done when all tasks are done. Cancelling it cancels the tasks. Asyncio uses {@code gather} here.
   */
  private static final class AllEnded extends Future<@Nullable Void> {

    private final List<Task<?>> tasks;
    private int left;
    private boolean cancelRequested;

    AllEnded(BaseEventLoop loop, List<Task<?>> tasks) {
      super(loop);
      this.tasks = tasks;
      this.left = tasks.size();
      tasks.forEach(task -> task.addDoneCallback(this::ended));
    }

    @Override
    public boolean cancel(@Nullable String message) {
      boolean any = false;
      for (Task<?> task : tasks) {
        any |= task.cancel(message);
      }
      cancelRequested |= any;
      return any;
    }

    private void ended(Future<?> task) {
      left--;
      if (left > 0) {
        return;
      }
      if (!cancelRequested) {
        finish(null);
      } else {
        finishCancelled(errorOf(tasks.get(tasks.size() - 1))); // as gather: the last in the list
      }
    }

    private static CancelledError errorOf(Future<?> last) {
      if (last.cancelled()) {
        try {
          last.result();
        } catch (CancelledError itsOwn) {
          return itsOwn;
        }
      }
      return new CancelledError(last.cancelMessage());
    }
  }
}
