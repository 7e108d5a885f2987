package dev.weft.carrier;

import org.jspecify.annotations.Nullable;

/**
 * The code of a virtual thread that Weft creates, and the mark that identifies the thread.
 *
 * <p>{@link Carrier#newThread} makes the fiber the thread's uncaught-exception handler. Any code can read that field,
 * it costs nothing, and child threads do not inherit it. So {@link #current} needs neither a {@code ThreadLocal}, which
 * would be a map for each task, nor a wrapper around each continuation. Weft no longer recognises a thread whose
 * handler user code has replaced.
 */
public interface Fiber extends Runnable, Thread.UncaughtExceptionHandler {

  /** {@return the fiber of the calling thread, or null if Weft did not create the thread} Any thread. */
  static @Nullable Fiber current() {
    Thread thread = Thread.currentThread();
    return thread.isVirtual() && thread.getUncaughtExceptionHandler() instanceof Fiber fiber
        ? fiber
        : null;
  }
}
