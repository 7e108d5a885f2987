package dev.weft.transport;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A transport of a child process and its pipes: asyncio's {@code SubprocessTransport}. No method suspends. Loop thread
 * only.
 *
 * <p>{@link #close} closes the pipes and kills the child if it still runs, without waiting for it.
 */
public interface SubprocessTransport extends BaseTransport {

  /**
   * Returns the process id ({@code get_pid}). Never suspends. Loop thread only.
   *
   * @return the process id
   */
  long getPid();

  /**
   * Returns the exit code of the process ({@code get_returncode}). Never suspends. Loop thread only.
   *
   * @return the exit code; -N if signal N of this transport has ended the process; 128 + N if signal N of another
   *     sender has, which the JDK does not distinguish from an exit code; empty while the process runs
   */
  OptionalInt getReturncode();

  /**
   * Returns the transport of a pipe ({@code get_pipe_transport}). Never suspends. Loop thread only.
   *
   * @param fd 0 for the child's stdin, a {@link WriteTransport}; 1 for its stdout, 2 for its stderr, each a
   *     {@link ReadTransport}
   * @return the transport; empty if that stream is not a pipe, or there is no such stream
   */
  Optional<BaseTransport> getPipeTransport(int fd);

  /**
   * Sends the child a signal ({@code send_signal}). Signals arrive in the order in which they are sent. Has no effect
   * if the child has ended, even if another process has its number. Never suspends. Loop thread only.
   *
   * <p>SIGTERM and SIGKILL are sent at once. A helper process sends other signals a little later.
   *
   * @param signal the signal's number, 1 to 64
   * @throws IllegalArgumentException if {@code signal} is not in this range
   * @throws ProcessLookupException after {@link BaseProtocol#connectionLost}
   */
  void sendSignal(int signal);

  /**
   * Sends the child SIGTERM ({@code terminate}). Has no effect if the child has ended. Never suspends. Loop thread
   * only.
   *
   * @throws ProcessLookupException after {@link BaseProtocol#connectionLost}
   */
  void terminate();

  /**
   * Sends the child SIGKILL ({@code kill}). Has no effect if the child has ended. Never suspends. Loop thread only.
   *
   * @throws ProcessLookupException after {@link BaseProtocol#connectionLost}
   */
  void kill();
}
