package dev.weft.transport;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The side of a child process that faces its protocol: asyncio's {@code SubprocessTransport}. Nothing here
 * suspends; all belongs to the loop's thread.
 *
 * <p>{@link #close} closes the pipes and kills the child if it still runs, without waiting for it.
 */
public interface SubprocessTransport extends BaseTransport {

  /** The system's number of the process ({@code get_pid}). */
  long getPid();

  /**
   * How the process has ended ({@code get_returncode}): its exit code; -N if it was ended by signal N and that
   * signal was sent by this transport. A signal from elsewhere shows as 128 + N: the JDK does not tell it from
   * an exit code.
   *
   * @return empty while it runs
   */
  OptionalInt getReturncode();

  /**
   * The transport of a pipe ({@code get_pipe_transport}).
   *
   * @param fd 0 for the child's stdin, a {@link WriteTransport}; 1 for its stdout, 2 for its stderr, each a
   *     {@link ReadTransport}
   * @return empty if that is no pipe
   */
  Optional<BaseTransport> getPipeTransport(int fd);

  /**
   * Sends the child a signal ({@code send_signal}). Signals arrive in the order in which they are sent. Does
   * nothing if the child has ended, even if its number is in use again.
   *
   * <p>SIGTERM and SIGKILL are sent at once, others soon, by a helper process.
   *
   * @param signal its number, 1 to 64
   * @throws ProcessLookupException after {@link BaseProtocol#connectionLost}
   */
  void sendSignal(int signal);

  /** Sends SIGTERM ({@code terminate}), as {@link #sendSignal} does. */
  void terminate();

  /** Sends SIGKILL ({@code kill}), as {@link #sendSignal} does. */
  void kill();
}
