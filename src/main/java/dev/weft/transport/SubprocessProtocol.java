package dev.weft.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A protocol for a child process: asyncio's {@code SubprocessProtocol}.
 *
 * <p>{@link #connectionMade} comes first, with a {@link SubprocessTransport}; then the events of the pipes and
 * {@link #processExited}, in any order; then, when the process has ended and all pipes are gone, {@link
 * #connectionLost}.
 */
public interface SubprocessProtocol extends BaseProtocol {

  /**
   * The child has written something ({@code pipe_data_received}).
   *
   * @param fd 1 for its stdout, 2 for its stderr
   * @param data never empty; belongs to the receiver, who may keep it and change it
   */
  default void pipeDataReceived(int fd, ByteBuffer data) {}

  /**
   * A pipe is closed ({@code pipe_connection_lost}); the last that is told of it.
   *
   * @param fd 0 for the child's stdin, 1 for its stdout, 2 for its stderr
   * @param error what broke the pipe; null after its end or a close
   */
  default void pipeConnectionLost(int fd, @Nullable Throwable error) {}

  /** The child has ended ({@code process_exited}); its output may still be coming. */
  default void processExited() {}
}
