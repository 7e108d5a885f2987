package dev.weft.io;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An end that bytes go to. */
public interface Sink extends End {

  /** The largest number of bytes that a connection writes in one turn, so a fast peer does not delay the others. */
  int TURN_SIZE = 1024 * 1024;

  /** The largest number of bytes of one {@link #write(WriteQueue)}. */
  int STEP_SIZE = 256 * 1024;

  /**
   * Starts or stops the calls of {@link Owner#writable}.
   *
   * @param wanted whether to call it
   */
  void watchOutput(boolean wanted);

  /**
   * Writes as many bytes as the system takes without waiting, at most {@link #TURN_SIZE}, and advances the buffer's
   * position by that number. The buffer is the caller's again when the call returns. The caller queues the rest, and the
   * next write must begin with it, because a thread or the system may be writing it already.
   *
   * @param data the bytes
   * @throws IOException if the stream has failed
   */
  void write(ByteBuffer data) throws IOException;

  /**
   * Writes once from the head of a queue, which is not empty, and removes what is written.
   *
   * @param queue the bytes
   * @return whether the system took all that it was offered, and may take more
   * @throws IOException if the stream has failed
   */
  boolean write(WriteQueue queue) throws IOException;
}
