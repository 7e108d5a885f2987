package dev.weft.loop;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The asynchronous generators of a loop that have begun and not ended. Loop thread only. */
final class Generators {

  private final BaseEventLoop loop;
  private final Set<Production<?>> open = new LinkedHashSet<>();
  private boolean shutDown;

  Generators(BaseEventLoop loop) {
    this.loop = loop;
  }

  /** Keeps track of a generator that begins. Returns whether it comes too late to be shut down. */
  boolean add(Production<?> generator) {
    open.add(generator);
    return shutDown;
  }

  void remove(Production<?> generator) {
    open.remove(generator);
  }

  /** The tasks in which the bodies run. */
  List<Task<?>> tasks() {
    return open.stream().<Task<?>>map(Production::task).toList();
  }

  /** Closes all at the same time, and reports those that fail. Suspends. */
  void shutDown() {
    shutDown = true;
    var closing = new LinkedHashMap<Production<?>, Task<?>>();
    for (Production<?> generator : open) {
      closing.put(generator, loop.newTask(generator::closing, TaskOptions.defaults()));
    }
    closing.forEach((generator, task) -> {
      Future<Void> ended = loop.createFuture();
      task.addDoneCallback(done -> ended.finish(null));
      ended.await();
      if (!task.cancelled() && task.exception().isPresent()) {
        generator.reportFailure(
            "an error occurred during closing of an asynchronous generator",
            task.exception().get());
      }
    });
  }
}
