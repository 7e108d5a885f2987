package dev.weft.selector;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/*
 * The JDK makes up to five pipes for a start. If the system refuses one of them, the JDK closes descriptors whose
 * numbers it has never set: what an earlier start of the same thread has left in memory, or 0. By then such a number
 * may be a connection's. So no start begins unless there are descriptors enough for it, for the other starts that have
 * begun, and for what other threads may open meanwhile.
 *
 * They are counted, not tried out: descriptors that are opened for a try may be those that a start needs just then.
 */

/** Starts processes by the JDK while there are descriptors for it. Any thread. */
final class JdkStart {

  /** What a start takes at most: both ends of five pipes. */
  private static final int NEEDED = 10;

  /** What other threads may take between the count and the pipes. */
  private static final int SPARE = 16;

  /** Longer than a start takes, but for one that waits for the other end of a FIFO. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

  private static final Path OPEN = Path.of("/proc/self/fd");
  private static final Path LIMITS = Path.of("/proc/self/limits");
  private static final String LIMIT = "Max open files";
  private static final boolean COUNTED = Files.isReadable(LIMITS);

  private static int starting; // guarded by the class

  private JdkStart() {}

  /**
   * Starts a process. Blocks until its program is loaded.
   *
   * @throws IOException if it cannot be started, or too few descriptors are left to try
   */
  static Process start(ProcessBuilder builder) throws IOException {
    begin(builder.command().get(0));
    try {
      return builder.start();
    } finally {
      end();
    }
  }

  /** Waits a while for other starts to end, if those are what takes the descriptors. */
  private static synchronized void begin(String program) throws IOException {
    long deadline = System.nanoTime() + PATIENCE;
    while (COUNTED && !isLeft((starting + 1L) * NEEDED + SPARE)) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (starting == 0 || millis <= 0) {
        throw new IOException("Cannot run program \"" + program + "\": Too many open files");
      }
      try {
        JdkStart.class.wait(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("Interrupted before \"" + program + "\" was started");
      }
    }
    starting++;
  }

  private static synchronized void end() {
    starting--;
    JdkStart.class.notifyAll();
  }

  private static boolean isLeft(long count) {
    try {
      long most = limit() - count;
      long open = Files.size(OPEN); // that is their number from Linux 6.2 on, and 0 before
      return open > 0 && open <= most || listed() <= most;
    } catch (IOException | UncheckedIOException e) {
      return false; // none for this
    }
  }

  private static long limit() throws IOException {
    for (String line : Files.readAllLines(LIMITS)) {
      if (line.startsWith(LIMIT)) {
        String soft = line.substring(LIMIT.length()).strip().split(" ", 2)[0];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    return Long.MAX_VALUE;
  }

  private static long listed() throws IOException {
    try (Stream<Path> all = Files.list(OPEN)) {
      return all.count();
    }
  }
}
