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
 * The end of the tasks that a closing loop still has. Each task gets a {@link CancelledError} where it waits, and again
 * at each further wait, until it has ended. A task that does not end is reported with its stack and left alone. So are
 * virtual threads that are not tasks: Weft must not interrupt them, because they may belong to a library that serves
 * other loops too.
 *
 * <p>Reports go to user code, so they are made on a virtual thread, as callbacks are. A handler that waits for a lock
 * of one of these tasks gets it when the task is unwound.
 */
final class Unwinding {

  /**
   * How many waits are refused to a task, and how many steps it may take, before it counts as one that does not end.
   */
  private static final int PATIENCE = 1000;

  /** How often to check whether a waiting report is made, and the nanoseconds between two checks: 1 s in all. */
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

  /** Runs on the carrier, which must have been entered. Drops callbacks, runs continuations. */
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
    for (Thread thread :
        reporting) { // not as a stream, which would slow down the start of each program
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
   * Refuses a task's wait. Lets the other tasks run a step first, because the task may insist on something that one of
   * them has, or on its end.
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

  /** The virtual thread of some reports; a fatal failure of a handler leaves {@code close} at its end. */
  private final class Reporting extends Fiber {

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
      loop.unwind(error);
    }
  }
}
