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
 * Sends a child signals, in order. The JDK can send two, and makes sure that they hit this process and not another
 * one that has its number by now. The others are sent by a shell, which makes as sure by the same means: the
 * time at which the process began.
 */
final class ChildSignals {

  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int HIGHEST = 64;

  private static final Logger LOG = Log.of(ChildSignals.class);

  /* The name of a program may hold anything, so the fields are counted from its closing bracket on. */
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

  /** Sends a signal behind those that are still being sent. */
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

  /** Kills the process, whatever is still being sent. */
  void killNow() {
    sent.add(SIGKILL);
    destroy(SIGKILL);
  }

  private void destroy(int signal) {
    destroy(process, signal == SIGKILL);
  }

  /** Ends a process, if it is still there. */
  static void destroy(ProcessHandle process, boolean forcibly) {
    if (!destroyOnce(process, forcibly)) { // perhaps because no descriptor is left
      SpareDescriptor.lend(() -> destroyOnce(process, forcibly));
    }
  }

  private static boolean destroyOnce(ProcessHandle process, boolean forcibly) {
    return forcibly ? process.destroyForcibly() : process.destroy();
  }

  /**
   * On a thread of the pool. The number's start time is read first: if the process, of which the JDK remembers it, is
   * alive after that, it was this one's.
   */
  private void runHelper(int signal) {
    String began = startTime(process.pid());
    if (!process.isAlive()) {
      return;
    }
    try {
      if (JdkStart.start(helper(signal, process.pid(), began)).waitFor() != 0
          && process.isAlive()) {
        LOG.warn("signal {} could not be sent to process {}", signal, process.pid());
      }
    } catch (IOException e) {
      LOG.warn("signal {} could not be sent to process {}", signal, process.pid(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody but the JVM's end interrupts this thread
    }
  }

  /**
   * What sends a signal to the process that has this number and began then; does nothing if there is none.
   *
   * @param began see {@link #startTime}; empty: to whatever process has the number
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

  /** When the process with this number began, as the system's process table says it; empty if it says nothing. */
  static String startTime(long pid) {
    try {
      String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return line.substring(line.lastIndexOf(')') + 2).split(" ")[19];
    } catch (IOException | RuntimeException e) {
      return ""; // no such table, or it has ended already
    }
  }

  /** What asyncio would call an exit value of the JDK's, which is 128 + N after a signal N. */
  int returncode(int exitValue) {
    return sent.contains(exitValue - 128) ? 128 - exitValue : exitValue;
  }
}
