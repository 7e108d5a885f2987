package dev.weft.carrier;

import org.jspecify.annotations.Nullable;

/**
 * The body of a virtual thread of Weft's own, and the mark by which that thread is recognised.
 *
 * <p>A thread has one slot that any code can read, that costs nothing, and that children do not inherit:
 * its uncaught-exception handler. {@link Carrier#newThread} puts the fiber there, so that {@link
 * #current} needs neither a {@code ThreadLocal} (a map per task) nor a wrapper around each continuation.
 * A thread whose handler is replaced by user code is no longer recognised as a task's.
 */
public abstract class Fiber implements Runnable, Thread.UncaughtExceptionHandler {

  /** For subclasses. */
  protected Fiber() {}

  /** The fiber of the calling thread; null if the thread is not one of Weft's. */
  public static @Nullable Fiber current() {
    Thread thread = Thread.currentThread();
    return thread.isVirtual() && thread.getUncaughtExceptionHandler() instanceof Fiber fiber
        ? fiber
        : null;
  }
}
