package dev.weft.loop;

import dev.weft.carrier.Daemons;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * This does not use a Cleaner: registering with one takes a lock that its thread and all other loops share. A virtual
 * thread that waits for the lock lets other threads run in the middle of the completion of a future, which they must
 * find either pending or done. Here the loop's own record is the only place to register with.
 */

/**
 * The failure of a future that is not retrieved yet. If the future is collected or the loop is closed before that, the
 * loop reports the failure. Must not refer to the future itself.
 */
final class UnretrievedFailure extends PhantomReference<Future<?>> {

  private static final ReferenceQueue<Future<?>> COLLECTED = new ReferenceQueue<>();

  static {
    Daemons.builder().name("weft-unretrieved").start(UnretrievedFailure::awaitCollected);
  }

  private final BaseEventLoop loop;
  final Throwable failure;
  private final @Nullable String taskName; // null for a future that is no task
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

  /** Records that the failure was retrieved. */
  void retrieved() {
    if (settle()) {
      loop.unretrieved().remove(this);
    }
  }

  /** Makes the loop report the failure, because the future was collected. Runs on the thread for collected futures. */
  private void collected() {
    // Only report() settles the failure, because the loop may be closed before it runs that.
    loop.reportFromAnywhere(this::report);
  }

  /** Reports the failure, unless it was retrieved or reported before. */
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
