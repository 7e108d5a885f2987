package dev.weft.selector;

/**
 * A child that runs.
 *
 * @param process the child
 * @param stdin the pipe to its stdin; null if that is something else
 * @param stdout the pipe from its stdout; null if that is something else
 * @param stderr the pipe from its stderr; null if that is something else
 */
record Spawned(Process process, PipeSink stdin, PipeSource stdout, PipeSource stderr) {

  /** Kills the child and gives the pipes back. Any thread, as long as no transport has them. */
  void discard() {
    process.toHandle().destroyForcibly();
    if (stdin != null) {
      stdin.close();
    }
    if (stdout != null) {
      stdout.close();
    }
    if (stderr != null) {
      stderr.close();
    }
  }
}
