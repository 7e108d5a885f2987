package dev.weft.carrier;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the JDK's own socket pollers off a loop.
 *
 * <p>The pollers are virtual threads made by whoever first blocks on a socket, and a virtual thread
 * inherits the scheduler of the one that starts it. Were that a task, the pollers of the whole JVM would
 * sit on its loop, and once the loop stops every other virtual thread's I/O would hang. So a carrier that is
 * given one has it run here, on a thread apart. They keep their scheduler, and so this one carrier, for good.
 *
 * <p>To make them before the first task would be simpler. But one of them waits in a system call for ever, and a JVM
 * that ends gives such threads 300 ms to come out of it: each program would pay for what few need.
 */
final class Pollers {

  private static final String CLASS = "sun.nio.ch.Poller";

  /** What runs them, started when it is first needed. */
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

  // Replaced as a whole by the carrier, before the poller runs for the first time: who wakes it
  // later sees it here.
  private @Nullable Set<Runnable> found;

  /** Runs a continuation apart if it is that of a poller which has been found; false if not. Any thread. */
  boolean run(Runnable continuation) {
    if (found == null || !found.contains(continuation)) {
      return false;
    }
    Apart.THREAD.execute(continuation);
    return true;
  }

  /** As {@link #run}; a poller that has just been started is found. Carrier only. */
  boolean run(Runnable continuation, Thread.UncaughtExceptionHandler handler) {
    if (run(continuation)) {
      return true;
    }
    // no other code has a handler of that class, or of one inside it
    if (!handler.getClass().getName().startsWith(CLASS)) {
      return false;
    }
    Set<Runnable> more = found == null ? new HashSet<>() : new HashSet<>(found);
    more.add(continuation);
    found = more;
    return run(continuation);
  }

  /** Makes the pollers now, for a JDK that does not let us recognise them. */
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
