package dev.weft.selector;

import dev.weft.log.Log;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;

/**
 * Sends signals to a child, in order. The JDK can send SIGTERM and SIGKILL. It compares the start time of the process
 * first, so a signal never reaches a later process with the same number. A shell sends the other signals, after the
 * same comparison.
 */
final class ChildSignals {

  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int HIGHEST = 64;

  private static final Logger LOG = Log.of(ChildSignals.class);

  /* The program's name may contain any character, so the fields are counted from its closing bracket. */
  private static final String SEND =
      "signal=$1 pid=$2 began=$3; read -r line 2>/dev/null < /proc/$pid/stat || exit 0; set -f;"
          + " set -- ${line##*) }; [ \"${20}\" != \"$began\" ] || kill -$signal $pid";

  private static final String SEND_UNCHECKED = "kill -$1 $2";

  private final ProcessHandle process;

  // loop thread only
  private final Set<Integer> sent = new HashSet<>();
  private CompletableFuture<Void> sending = CompletableFuture.completedFuture(null);

  ChildSignals(ProcessHandle process) {
    this.process = process;
  }

  /** Sends a signal after the signals that are still being sent. */
  void send(int signal) {
    sent.add(signal);
    if (signal == SIGKILL || signal == SIGTERM) {
      if (sending.isDone()) {
        destroy(signal);
      } else {
        sending = sending.thenRunAsync(() -> destroy(signal), Spawner.POOL);
      }
    } else {
      sending = sending.thenRunAsync(() -> runHelper(signal), Spawner.POOL);
    }
  }

  /** Kills the process at once, without waiting for signals that are still being sent. */
  void killNow() {
    sent.add(SIGKILL);
    destroy(SIGKILL);
  }

  private void destroy(int signal) {
    destroy(process, signal == SIGKILL);
  }

  /** Ends a process, if it is still running. */
  static void destroy(ProcessHandle process, boolean forcibly) {
    if (!destroyOnce(process, forcibly)) { // the reason may be that no descriptor is left
      SpareDescriptor.lend(() -> destroyOnce(process, forcibly));
    }
  }

  private static boolean destroyOnce(ProcessHandle process, boolean forcibly) {
    return forcibly ? process.destroyForcibly() : process.destroy();
  }

  /**
   * Sends a signal by a shell. Called on a thread of the pool. It reads the start time before it asks the JDK, which
   * has stored the start time of the process, whether the process is alive. So the start time is that of this process.
   */
  private void runHelper(int signal) {
    String began = startTime(process.pid());
    if (!process.isAlive()) {
      return;
    }
    try {
      if (JdkStart.start(helper(signal, process.pid(), began)).waitFor() != 0
          && process.isAlive()) {
        LOG.warn("cannot send signal {} to process {}", signal, process.pid());
      }
    } catch (IOException e) {
      LOG.warn("cannot send signal {} to process {}", signal, process.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // happens only when the JVM ends
    }
  }

  /**
   * Returns a command that sends a signal to the process with this number and start time. The command does nothing if
   * there is no such process.
   *
   * @param began the result of {@link #startTime}; if it is empty, the command checks only the number
   */
  static ProcessBuilder helper(int signal, long pid, String began) {
    return new ProcessBuilder(
            "/bin/sh",
            "-c",
            began.isEmpty() ? SEND_UNCHECKED : SEND,
            "sh",
            Integer.toString(signal),
            Long.toString(pid),
            began)
        .redirectErrorStream(true)
        .redirectOutput(Redirect.DISCARD);
  }

  /** Returns the start time of the process with this number, as in /proc; empty if it is not known. */
  static String startTime(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return line.substring(line.lastIndexOf(')') + 2).split(" ")[19];
    } catch (IOException | RuntimeException e) {
      return ""; // there is no /proc, or the process has ended
    }
  }

  /**
   * Returns asyncio's return code for an exit value of the JDK. After a signal N the exit value is 128 + N and the
   * return code -N, if this object has sent that signal.
   */
  int returncode(int exitValue) {
    return sent.contains(exitValue - 128) ? 128 - exitValue : exitValue;
  }
}
