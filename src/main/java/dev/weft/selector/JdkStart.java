package dev.weft.selector;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/*
 * To start a process, the JDK creates up to five pipes. If the system refuses one of them, the JDK closes descriptors
 * whose numbers it has never set: numbers that an earlier start of the same thread has left in memory, or 0. Meanwhile
 * such a number may belong to a connection. So a start begins only if there are enough descriptors for it, for the
 * other starts in progress, and for what other threads may open meanwhile.
 *
 * This class counts the free descriptors. It does not open any as a test, because a start in progress may need just
 * those.
 */

/** Starts processes with the JDK, if enough descriptors are free. Any thread. */
final class JdkStart {

  /** The largest number of descriptors that a start uses: both ends of five pipes. */
  private static final int NEEDED = 10;

  /** The number of descriptors that are reserved for other threads between the count and the pipes. */
  private static final int SPARE = 16;

  /** The longest wait for other starts, in nanoseconds. Only a start that opens a FIFO takes longer. */
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
   * @throws IOException if the process cannot be started, or too few descriptors are free
   */
  static Process start(ProcessBuilder builder) throws IOException {
    begin(builder.command().get(0));
    try {
      return builder.start();
    } finally {
      end();
    }
  }

  /** Registers a start. If descriptors are missing and other starts are in progress, waits for those first. */
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
      return false; // no descriptor is left to read these files
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
