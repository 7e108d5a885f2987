package dev.weft.process;

import dev.weft.loop.EventLoop;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.util.List;

/** Starts child processes; {@code dev.weft.Asyncio} has the same under asyncio's names. */
public final class Subprocesses {

  private Subprocesses() {}

  /**
   * Starts a program ({@code create_subprocess_exec}). Suspends. If the calling task is cancelled, the child has been
   * killed and reaped before this throws.
   *
   * @param command the program and its arguments
   * @param limit the readers' limit in bytes, more than 0
   * @throws IOException if the program cannot be started, or a file not opened
   */
  public static Process exec(List<String> command, SubprocessOptions options, int limit)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    checkLimit(limit);
    var started = loop.subprocessExec(() -> new ProcessProtocol(loop, limit), command, options);
    return new Process(started.transport(), started.protocol());
  }

  /**
   * Starts a command line of the shell ({@code create_subprocess_shell}). Suspends; otherwise as {@link #exec}.
   *
   * @param command what {@code /bin/sh} is to run
   * @param limit the readers' limit in bytes, more than 0
   * @throws IOException if the shell cannot be started, or a file not opened
   */
  public static Process shell(String command, SubprocessOptions options, int limit)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    checkLimit(limit);
    var started = loop.subprocessShell(() -> new ProcessProtocol(loop, limit), command, options);
    return new Process(started.transport(), started.protocol());
  }

  private static void checkLimit(int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("limit must be more than 0: " + limit);
    }
  }
}
