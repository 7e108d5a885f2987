package dev.weft.loop;

import dev.weft.carrier.Daemons;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;

/*
 * No Cleaner: to register with one takes a lock that its thread and all other loops share. A virtual thread that
 * waits for it lets others run, in the middle of the completion of a future, which they must find either pending or
 * done. Here the loop that keeps the record is all that there is to register with.
 */

/**
 * The failure of a future that no code has looked at yet. If the future is collected, or the loop
 * closed, before that, the loop reports the failure. Must not refer to the future itself.
 */
final class UnretrievedFailure extends PhantomReference<Future<?>> {

  private static final ReferenceQueue<Future<?>> COLLECTED = new ReferenceQueue<>();

  static {
    Daemons.builder().name("weft-unretrieved").start(UnretrievedFailure::awaitCollected);
  }

  private final BaseEventLoop loop;
  final Throwable failure;
  private final String taskName; // null for a future that is no task
  private final List<StackTraceElement> source;
  private boolean settled;

  UnretrievedFailure(BaseEventLoop loop, Future<?> future, Throwable failure) {
    super(future, COLLECTED);
    this.loop = loop;
    this.failure = failure;
    this.taskName = future instanceof Task<?> task ? task.getName() : null;
    this.source = loop.origins().of(future);
  }

  private static void awaitCollected() {
    while (true) {
      try {
        ((UnretrievedFailure) COLLECTED.remove()).collected();
      } catch (Throwable error) {
        Logs.LOOP.error("reporting a failure that was never retrieved failed", error);
      }
    }
  }

  /** Somebody has looked. */
  void retrieved() {
    if (settle()) {
      loop.unretrieved().remove(this);
    }
  }

  /** Nobody will look any more: the future is collected. A thread of its own. */
  private void collected() {
    // Settled only where it is reported: the loop may be closed before it gets there.
    loop.reportFromAnywhere(this::report);
  }

  /** Nobody will look any more: the future is collected, or the loop closes. */
  void report() {
    if (settle()) {
      loop.unretrieved().remove(this);
      loop.callExceptionHandler(context().withException(failure).withSource(source));
    }
  }

  private ExceptionContext context() {
    return taskName == null
        ? ExceptionContext.of("Future exception was never retrieved")
        : ExceptionContext.of("Task exception was never retrieved")
            .with(ExceptionContext.TASK_NAME, taskName);
  }

  private synchronized boolean settle() {
    boolean first = !settled;
    settled = true;
    clear();
    return first;
  }
}
