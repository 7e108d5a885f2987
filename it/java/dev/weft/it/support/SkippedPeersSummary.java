package dev.weft.it.support;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Prints at the end of a run, in one box, which tests were skipped because a peer is missing, so that skipped tests
 * are noticed. Registered in META-INF/services; prints nothing if no test was skipped.
 */
public final class SkippedPeersSummary implements TestExecutionListener {
  // guarded by itself: test -> peers
  private static final SortedMap<String, List<String>> SKIPPED = new TreeMap<>();

  static void note(String test, List<String> missing) {
    synchronized (SKIPPED) {
      SKIPPED.put(test, missing);
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    synchronized (SKIPPED) {
      if (SKIPPED.isEmpty()) {
        return;
      }
      var line = "*".repeat(80) + "\n";
      var box = new StringBuilder("\n" + line)
          .append("*** SKIPPED, because programs are missing; it/install-peers installs them:\n");
      SKIPPED.forEach((test, peers) -> box.append("***   ")
          .append(test)
          .append(" needs ")
          .append(String.join(", ", peers))
          .append('\n'));
      System.err.println(box.append(line));
      SKIPPED.clear();
    }
  }
}
