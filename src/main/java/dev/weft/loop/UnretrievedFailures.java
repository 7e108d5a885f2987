package dev.weft.loop;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The failures in a loop's futures that are not retrieved yet. Loop thread only while the loop runs; any thread
 * afterwards.
 */
final class UnretrievedFailures {

  // A closed loop reports the failures of collected futures, and may itself be collected before.
  private static final Set<UnretrievedFailure> AFTER_CLOSE = ConcurrentHashMap.newKeySet();

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
    if (loop.isClosed()) {
      AFTER_CLOSE.add(record);
    }
    return record;
  }

  void remove(UnretrievedFailure failure) {
    synchronized (failures) {
      failures.remove(failure);
    }
    if (loop.isClosed()) {
      AFTER_CLOSE.remove(failure);
    }
  }

  boolean isEmpty() {
    synchronized (failures) {
      return failures.isEmpty();
    }
  }

  /** Reports the failures that can no longer be retrieved. */
  void report() {
    List<UnretrievedFailure> left;
    synchronized (failures) {
      left = List.copyOf(failures);
    }
    left.forEach(UnretrievedFailure::report);
  }
}
