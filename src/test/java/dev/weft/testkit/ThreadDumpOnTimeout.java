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
 * Prints the stacks of all threads when a test runs into its timeout, virtual threads included, which neither jstack
 * nor JUnit's own dump shows and which are where Weft's tests hang.
 *
 * <p>Registered for every test (META-INF/services); the timeout itself is set in junit-platform.properties. It runs
 * tests on a thread of their own, because the test's thread may not care about interrupts: a loop's carrier erases
 * them. JUnit then gives up waiting, reports the failure and goes on with the next test.
 */
public final class ThreadDumpOnTimeout implements PreInterruptCallback {
  /* Enough for any hang that a person reads; a million sleeping tasks would be too much for the log. */
  private static final int MAX_LINES = 3_000;

  @Override
  public void beforeThreadInterrupt(PreInterruptContext timeout, ExtensionContext test)
      throws IOException {
    var bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    var dir = Files.createTempDirectory("weft-threads");
    var file = dir.resolve("dump.txt"); // dumpThreads insists on creating the file itself
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
