package dev.weft.transport;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A protocol for a child process: asyncio's {@code SubprocessProtocol}.
 *
 * <pre>{@code
 * class Printer implements SubprocessProtocol {
 *   public void pipeDataReceived(int fd, ByteBuffer data) {
 *     System.out.print(StandardCharsets.UTF_8.decode(data));
 *   }
 * }
 * }</pre>
 *
 * <p>The loop first calls {@link #connectionMade}, with a {@link SubprocessTransport}. Then it reports the events of
 * the pipes and calls {@link #processExited}, in any order. It calls {@link #connectionLost} when the process has ended
 * and all pipes are closed.
 */
public interface SubprocessProtocol extends BaseProtocol {

  /**
   * Gets output of the child ({@code pipe_data_received}). Must not suspend. The loop calls this.
   *
   * @param fd 1 for the child's stdout, 2 for its stderr
   * @param data the bytes, at least one; the protocol may keep the buffer and change it
   */
  default void pipeDataReceived(int fd, ByteBuffer data) {}

  /**
   * Learns that a pipe is closed, which is the pipe's last event ({@code pipe_connection_lost}). Must not suspend. The
   * loop calls this.
   *
   * @param fd 0 for the child's stdin, 1 for its stdout, 2 for its stderr
   * @param error the failure of the pipe; null after its end or a close
   */
  default void pipeConnectionLost(int fd, @Nullable Throwable error) {}

  /**
   * Learns that the child has ended ({@code process_exited}). More output may follow. Must not suspend. The loop calls
   * this.
   */
  default void processExited() {}
}
