package dev.weft.selector;

import dev.weft.carrier.ChildExit;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A child that runs.
 *
 * @param handle the child
 * @param exit completes with the exit value, as the JDK says it; see {@link ChildExit} about where
 * @param direct whether it was started without the JDK, see {@link PosixSpawn}
 * @param stdin the pipe to its stdin; null if that is something else
 * @param stdout the pipe from its stdout; null if that is something else
 * @param stderr the pipe from its stderr; null if that is something else
 */
record Spawned(
    ProcessHandle handle,
    CompletionStage<Integer> exit,
    boolean direct,
    @Nullable PipeSink stdin,
    @Nullable PipeSource stdout,
    @Nullable PipeSource stderr) {

  /** Completes when the child has been reaped, on a thread that can be used for anything. */
  CompletionStage<@Nullable Void> reaped() {
    return exit.handleAsync((code, error) -> null, Spawner.POOL);
  }

  /** Kills the child and gives the pipes back. Any thread, as long as no transport has them. */
  void discard() {
    ChildSignals.destroy(handle, true);
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
