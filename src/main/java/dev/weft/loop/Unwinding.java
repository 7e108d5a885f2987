package dev.weft.loop;

import dev.weft.carrier.Carrier;
import dev.weft.carrier.Fiber;
import dev.weft.carrier.ReadyQueue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Ends the tasks that a closing loop still has. The current wait of each task throws a {@link CancelledError}, and so
 * does each further wait, until the task has ended. A task that does not end is reported with its stack and left as it
 * is. So are virtual threads that are not tasks: Weft must not interrupt them, because they may belong to a library
 * that serves other loops too.
 *
 * <p>Reports call user code, so they run on a virtual thread, as callbacks do. A handler that waits for a lock of one
 * of these tasks gets it when the task is unwound.
 */
final class Unwinding {

  /** The number of refused waits, and of steps, after which a task counts as one that does not end. */
  private static final int PATIENCE = 1000;

  /** The number of checks whether a waiting report has ended, at intervals of {@link #LOOK}: 1 s in all. */
  private static final int LOOKS = 1000;

  private static final long LOOK = 1_000_000;

  private final BaseEventLoop loop;
  private final Carrier carrier;
  private final ReadyQueue<Object> ready;
  private final List<Task<?>> tasks;
  private final Map<Task<?>, Integer> refusals = new HashMap<>();
  private final List<Handle> discarded;
  private final List<Thread> reporting = new ArrayList<>();

  /**
   * Prepares the end of a loop's tasks.
   *
   * @param discarded gets the callbacks that are dropped
   */
  Unwinding(
      BaseEventLoop loop,
      Carrier carrier,
      ReadyQueue<Object> ready,
      List<Task<?>> tasks,
      List<Handle> discarded) {
    this.discarded = discarded;
    this.loop = loop;
    this.carrier = carrier;
    this.ready = ready;
    this.tasks = tasks;
  }

  /** Ends the tasks: drops callbacks and runs continuations. Carrier thread only, after {@link Carrier#enter}. */
  void run() {
    if (hasLeft()) {
      report(this::reportPending);
      tasks.forEach(Task::unwind);
    }
    runContinuations();
    if (hasLeft()) {
      report(this::reportLeftovers);
      runContinuations();
    }
    awaitReports();
  }

  /** Waits for the reports. Other threads may hold the log's lock, and the JVM may end when the loop is closed. */
  private void awaitReports() {
    for (int looks = LOOKS; looks > 0 && isReporting(); looks--) {
      LockSupport.parkNanos(LOOK);
      runContinuations();
    }
  }

  private boolean isReporting() {
    for (Thread thread : reporting) { // not a stream, which would delay the start of each program
      if (thread.isAlive()) {
        return true;
      }
    }
    return false;
  }

  private boolean hasLeft() {
    return !tasks.isEmpty()
        || !loop.unretrieved().isEmpty()
        || !carrier.guests().isEmpty();
  }

  private void report(Runnable reports) {
    Thread thread = carrier.newThread(new Reporting(reports), "weft-closing");
    reporting.add(thread);
    carrier.run(carrier.startCaptured(thread));
  }

  private void runContinuations() {
    ready.drainInbox();
    Object entry;
    for (int steps = PATIENCE * (tasks.size() + 1);
        steps > 0 && (entry = ready.poll()) != null;
        ready.drainInbox()) {
      if (entry instanceof Handle handle) {
        discarded.add(handle);
      } else {
        steps--;
        carrier.run((Runnable) entry);
      }
    }
  }

  /**
   * Refuses a task's wait. Lets the other tasks run a step first, because the task may wait again and again for
   * something that one of them has, or for its end.
   */
  void refuse(Task<?> task) {
    if (refusals.merge(task, 1, Integer::sum) > PATIENCE) {
      while (true) {
        LockSupport.park();
        Thread.interrupted();
      }
    }
    Thread.yield();
    throw new CancelledError("the event loop is closed");
  }

  private void reportPending() {
    loop.unretrieved().report();
    for (Task<?> task : tasks) {
      if (!task.isInternal()) {
        loop.callExceptionHandler(ExceptionContext.of("Task was destroyed but it is pending!")
            .with(ExceptionContext.TASK, task)
            .withSource(loop.origins().of(task)));
      }
    }
  }

  private void reportLeftovers() {
    loop.unretrieved().report();
    for (Task<?> task : tasks) {
      if (!task.done()) {
        loop.callExceptionHandler(ExceptionContext.of("Task did not end when its loop was closed")
            .with(ExceptionContext.TASK, task)
            .with("stack", task.getStack()));
      }
    }
    List<Thread> guests = carrier.guests();
    if (!guests.isEmpty()) {
      loop.callExceptionHandler(
          ExceptionContext.of("Virtual threads outlive the loop that they ran on")
              .with("threads", guests));
    }
    loop.unretrieved().report(); // for tasks that failed while they were unwound
  }

  /** The virtual thread that makes reports. At its end, {@code close} throws a fatal failure of a handler. */
  private final class Reporting implements Fiber {

    private final Runnable reports;

    Reporting(Runnable reports) {
      this.reports = reports;
    }

    @Override
    public void run() {
      reports.run();
    }

    @Override
    public void uncaughtException(Thread thread, Throwable error) {
      loop.turns.unwind(error);
    }
  }
}
