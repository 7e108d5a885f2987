package dev.weft.process;

import dev.weft.loop.EventLoop;
import dev.weft.transport.SubprocessOptions;
import java.io.IOException;
import java.util.List;

/**
 * Starts child processes: asyncio's {@code create_subprocess_exec} and {@code create_subprocess_shell}.
 * {@code dev.weft.Asyncio} has the same functions.
 *
 * <pre>{@code
 * Process date = Subprocesses.exec(List.of("date", "-u"), SubprocessOptions.pipes(), StreamReader.DEFAULT_LIMIT);
 * byte[] output = date.communicate().stdout();
 * }</pre>
 */
public final class Subprocesses {

  private Subprocesses() {}

  /**
   * Starts a program as a child process ({@code create_subprocess_exec}). Suspends until the child is started. Loop
   * thread only.
   *
   * @param command the program and its arguments
   * @param options the child's streams, directory and environment
   * @param limit the limit of the readers of the child's output in bytes, more than 0: the length of the longest line;
   *     reading pauses when more than twice as much is buffered
   * @return the child
   * @throws IllegalArgumentException if {@code command} is empty, or {@code limit} is not more than 0
   * @throws UnsupportedOperationException if {@code newSession} is set and there is no program {@code setsid}
   * @throws IOException if the program cannot be started, or a file cannot be opened
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child is killed and reaped by then
   * @throws IllegalStateException if the caller is not a task
   */
  public static Process exec(List<String> command, SubprocessOptions options, int limit)
      throws IOException {
    EventLoop loop = EventLoop.getRunningLoop();
    checkLimit(limit);
    var started = loop.subprocessExec(() -> new ProcessProtocol(loop, limit), command, options);
    return new Process(started.transport(), started.protocol());
  }

  /**
   * Runs a command line of the shell as a child process ({@code create_subprocess_shell}). Suspends until the child is
   * started. Loop thread only.
   *
   * @param command the command line, which {@code /bin/sh} runs
   * @param options the child's streams, directory and environment
   * @param limit the limit of the readers of the child's output in bytes, more than 0: the length of the longest line;
   *     reading pauses when more than twice as much is buffered
   * @return the child
   * @throws IllegalArgumentException if {@code limit} is not more than 0
   * @throws UnsupportedOperationException if {@code newSession} is set and there is no program {@code setsid}
   * @throws IOException if the shell cannot be started, or a file cannot be opened
   * @throws dev.weft.loop.CancelledError if the calling task is cancelled; the child is killed and reaped by then
   * @throws IllegalStateException if the caller is not a task
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
