package dev.weft.selector;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a {@link WritePipe} go. */
interface PipeSink extends PipeEnd {

  /**
   * Writes what the pipe takes without waiting, and moves the buffer's position behind it. What is left must be
   * offered again, beginning with the same bytes: they may be on their way already.
   *
   * @throws IOException if the pipe fails
   */
  void write(ByteBuffer data) throws IOException;

  /** Whether nobody reads any more, as far as that can be known now that the child has ended. */
  boolean isBroken() throws IOException;
}
