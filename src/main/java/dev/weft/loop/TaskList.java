package dev.weft.loop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a loop that are not done, the oldest first. The list refers to them strongly, so that a running task is
 * never collected. Loop thread only.
 */
final class TaskList {

  private @Nullable Task<?> first;
  private @Nullable Task<?> last;

  void add(Task<?> task) {
    task.previous = last;
    if (last == null) {
      first = task;
    } else {
      last.next = task;
    }
    last = task;
  }

  /** Removes a task if it is in the list. */
  void remove(Task<?> task) {
    if (task.previous == null && task != first) {
      return;
    }
    if (task.previous == null) {
      first = task.next;
    } else {
      task.previous.next = task.next;
    }
    if (task.next == null) {
      last = task.previous;
    } else {
      task.next.previous = task.previous;
    }
    task.previous = null;
    task.next = null;
  }

  /**
   * Returns the thread that has a thread id if it is a task's, or null. Watchdog only, while the loop is blocked: if
   * the loop continues meanwhile, the search still ends, but may miss a task.
   */
  @Nullable
  Thread find(long threadId) {
    for (Task<?> task = first; task != null; task = task.next) {
      if (task.thread().threadId() == threadId) {
        return task.thread();
      }
    }
    return null;
  }

  /**
   * Returns the first tasks of a kind. Watchdog only: if the loop continues meanwhile, the search still ends, but may
   * miss tasks.
   */
  List<Task<?>> find(Predicate<Task<?>> kind, int most) {
    var found = new ArrayList<Task<?>>();
    for (Task<?> task = first; task != null && found.size() < most; task = task.next) {
      if (kind.test(task)) {
        found.add(task);
      }
    }
    return found;
  }

  List<Task<?>> toList() {
    var tasks = new ArrayList<Task<?>>();
    for (Task<?> task = first; task != null; task = task.next) {
      tasks.add(task);
    }
    return tasks;
  }
}
