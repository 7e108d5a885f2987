package dev.weft.selector;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The pipe that a {@link WritePipe} writes to. */
interface PipeSink extends PipeEnd {

  /**
   * Writes as many bytes as the pipe takes without waiting, and advances the buffer's position by that number. The next
   * call must begin with the remaining bytes, because a thread may be writing them already.
   *
   * @throws IOException if the pipe fails
   */
  void write(ByteBuffer data) throws IOException;

  /** Returns whether the pipe has no reader, as far as this is known. Called only after the child has ended. */
  boolean isBroken() throws IOException;
}
