package dev.weft.loop;

import dev.weft.carrier.ReadyQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of the tasks that a closing loop still has: each sees a {@link CancelledError} where it waits,
 * and again wherever it tries to wait after that, until it has ended. One that does not end is reported
 * with its stack and left alone.
 */
final class Unwinding {

  /** How many waits a task may be refused before it counts as one that will not end. */
  private static final int PATIENCE = 1000;

  private final BaseEventLoop loop;
  private final List<Task<?>> tasks;
  private final Map<Task<?>, Integer> refusals = new HashMap<>();

  Unwinding(BaseEventLoop loop, List<Task<?>> tasks) {
    this.loop = loop;
    this.tasks = tasks;
  }

  /** Runs on the carrier, which must have been entered. Drops callbacks, runs continuations. */
  void run(ReadyQueue<Object> ready) {
    for (Task<?> task : tasks) {
      if (!task.isInternal()) {
        loop.callExceptionHandler(ExceptionContext.of("Task was destroyed but it is pending!")
            .with(ExceptionContext.TASK, task));
      }
      task.unwind();
    }
    ready.drainInbox();
    for (Object entry; (entry = ready.poll()) != null; ready.drainInbox()) {
      if (!(entry instanceof Handle)) {
        ((Runnable) entry).run();
      }
    }
  }

  /** Called by a task that wants to park: it must not. */
  void refuse(Task<?> task) {
    if (refusals.merge(task, 1, Integer::sum) > PATIENCE) {
      while (true) {
        LockSupport.park();
        Thread.interrupted();
      }
    }
    throw new CancelledError("the event loop is closed");
  }

  void reportLeftovers() {
    for (Task<?> task : tasks) {
      if (!task.done()) {
        loop.callExceptionHandler(ExceptionContext.of("Task did not end when its loop was closed")
            .with(ExceptionContext.TASK, task)
            .with("stack", task.getStack()));
      }
    }
  }
}
