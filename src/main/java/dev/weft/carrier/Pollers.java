package dev.weft.carrier;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JDK's socket pollers off a loop.
 *
 * <p>The pollers are virtual threads. The first virtual thread that blocks on a socket starts them, and a virtual
 * thread inherits the scheduler of the thread that starts it. If a task started them, they would run on its loop, and
 * when the loop stops, the socket I/O of all other virtual threads would hang. So a carrier that gets the continuation
 * of a poller runs it on a separate thread. Pollers keep their scheduler, and so this carrier, until the JVM ends.
 *
 * <p>It would be simpler to start them before the first task. But one of them waits in a system call for ever, and a
 * JVM that ends gives such threads 300 ms to return. Each program would end later, and few programs need the pollers.
 */
final class Pollers {

  private static final String CLASS = "sun.nio.ch.Poller";

  /** The thread that runs the pollers. The class is initialised when it is first needed. */
  private static final class Apart {
    static final ThreadPoolExecutor THREAD = new ThreadPoolExecutor(
        1,
        1,
        1,
        TimeUnit.SECONDS,
        new LinkedTransferQueue<>(),
        Daemons.builder().name("weft-pollers").factory());

    static {
      THREAD.allowCoreThreadTimeOut(true);
    }
  }

  // The carrier replaces the set before a new poller first runs, so a thread that wakes the poller
  // later finds it here.
  private @Nullable Set<Runnable> found;

  /**
   * Runs the continuation of a known poller on the separate thread. Returns false, and does nothing, for any other
   * continuation. Any thread.
   */
  boolean run(Runnable continuation) {
    if (found == null || !found.contains(continuation)) {
      return false;
    }
    Apart.THREAD.execute(continuation);
    return true;
  }

  /**
   * Runs the continuation of a poller on the separate thread, and remembers a poller that has just been started.
   * Returns false, and does nothing, for any other continuation. Carrier only.
   */
  boolean run(Runnable continuation, Thread.UncaughtExceptionHandler handler) {
    if (run(continuation)) {
      return true;
    }
    // no other code has a handler of this class or of a class nested in it
    if (!handler.getClass().getName().startsWith(CLASS)) {
      return false;
    }
    Set<Runnable> more = found == null ? new HashSet<>() : new HashSet<>(found);
    more.add(continuation);
    found = more;
    return run(continuation);
  }

  /** Starts the pollers now. A JDK in which Weft cannot recognise them needs this. */
  static void initialize() {
    CompletableFuture.runAsync(Pollers::load, Apart.THREAD).join();
  }

  private static void load() {
    try {
      Class.forName(CLASS, true, null);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("Java " + Runtime.version() + " has no " + CLASS, e);
    }
  }
}
