package dev.weft.selector;

import dev.weft.carrier.ChildExit;
import dev.weft.io.PipeSink;
import dev.weft.io.Source;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A child that has been started.
 *
 * @param handle the child
 * @param exit the stage that completes with the JDK's exit value; {@link ChildExit} says on which thread
 * @param direct whether {@link PosixSpawn} has started the child, not the JDK
 * @param stdin the pipe to the child's stdin; null if it is no pipe
 * @param stdout the pipe from the child's stdout; null if it is no pipe
 * @param stderr the pipe from the child's stderr; null if it is no pipe
 */
record Spawned(
    ProcessHandle handle,
    CompletionStage<Integer> exit,
    boolean direct,
    @Nullable PipeSink stdin,
    @Nullable Source stdout,
    @Nullable Source stderr) {

  /** Returns a stage that completes when the child has been reaped, on a thread that may block. */
  CompletionStage<@Nullable Void> reaped() {
    return exit.handleAsync((code, error) -> null, Spawner.POOL);
  }

  /** Kills the child and closes the pipes. Any thread, as long as no transport uses them. */
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
