package dev.weft.loop;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The failures in a loop's futures that nobody has looked at yet. Any thread: the cleaner's is one. */
final class UnretrievedFailures {

  private final BaseEventLoop loop;
  private final Set<UnretrievedFailure> failures = new LinkedHashSet<>(); // under its own lock

  UnretrievedFailures(BaseEventLoop loop) {
    this.loop = loop;
  }

  UnretrievedFailure add(Future<?> future, Throwable failure) {
    var record = new UnretrievedFailure(loop, future, failure);
    synchronized (failures) {
      failures.add(record);
    }
    return record;
  }

  void remove(UnretrievedFailure failure) {
    synchronized (failures) {
      failures.remove(failure);
    }
  }

  boolean isEmpty() {
    synchronized (failures) {
      return failures.isEmpty();
    }
  }

  /** Reports those that nobody will look at any more. */
  void report() {
    List<UnretrievedFailure> left;
    synchronized (failures) {
      left = List.copyOf(failures);
    }
    left.forEach(UnretrievedFailure::report);
  }
}
