package dev.weft.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.PreInterruptCallback;
import org.junit.jupiter.api.extension.PreInterruptContext;

/**
 * Prints the stacks of all threads when a test exceeds its timeout. The dump includes virtual threads, where Weft's
 * tests hang and which neither jstack nor JUnit's own dump shows.
 *
 * <p>This class is registered for every test (META-INF/services). junit-platform.properties sets the timeout. It runs
 * each test on a separate thread, because the test's thread may ignore interrupts: a loop's carrier clears them. After
 * the timeout JUnit stops waiting, reports the failure and continues with the next test.
 */
public final class ThreadDumpOnTimeout implements PreInterruptCallback {
  /* Enough to analyse a hang. A million sleeping tasks would be too many for the log. */
  private static final int MAX_LINES = 3_000;

  @Override
  public void beforeThreadInterrupt(PreInterruptContext timeout, ExtensionContext test)
      throws IOException {
    var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    var dir = Files.createTempDirectory("weft-threads");
    var file = dir.resolve("dump.txt"); // must not exist: dumpThreads creates the file
    var out = new StringBuilder("\n==== timeout of " + test.getDisplayName() + " in "
        + test.getRequiredTestClass().getName() + ", on " + timeout.getThreadToInterrupt()
        + ": all threads\n");
    try {
      bean.dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (var lines = Files.lines(file)) {
        lines.limit(MAX_LINES).forEach(line -> out.append(line).append('\n'));
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(dir);
    }
    System.err.println(out.append("==== end of the threads\n"));
  }
}
