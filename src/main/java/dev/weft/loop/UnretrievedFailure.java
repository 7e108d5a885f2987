package dev.weft.loop;

import java.lang.ref.Cleaner;
import java.util.List;

/**
 * The failure of a future at which nobody has looked yet. If the future is collected, or the loop
 * closed, before somebody does, the failure is reported. Must not refer to the future itself.
 */
final class UnretrievedFailure {

  static final Cleaner CLEANER =
      Cleaner.create(Thread.ofPlatform().name("weft-cleaner").daemon().factory());

  private final BaseEventLoop loop;
  final Throwable failure;
  private final String what;
  private final List<StackTraceElement> source;
  private Cleaner.Cleanable cleanable;
  private boolean settled;

  UnretrievedFailure(BaseEventLoop loop, Future<?> future, Throwable failure) {
    this.loop = loop;
    this.failure = failure;
    this.what = future instanceof Task ? "Task" : "Future";
    this.source = loop.origins().of(future);
    synchronized (this) {
      cleanable = CLEANER.register(future, this::collected);
    }
  }

  /** Somebody has looked. */
  void retrieved() {
    if (settle()) {
      cleanable.clean();
      loop.unretrieved().remove(this);
    }
  }

  /** Nobody will look any more: the future is collected. Cleaner thread. */
  private void collected() {
    // Settled only where it is reported: the loop may be closed before it gets there.
    loop.reportFromAnywhere(this::report);
  }

  /** Nobody will look any more: the future is collected, or the loop closes. */
  void report() {
    if (settle()) {
      cleanable.clean();
      loop.unretrieved().remove(this);
      loop.callExceptionHandler(ExceptionContext.of(what + " exception was never retrieved")
          .withException(failure)
          .withSource(source));
    }
  }

  private synchronized boolean settle() {
    boolean first = !settled;
    settled = true;
    return first;
  }
}
