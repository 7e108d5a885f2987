package dev.weft.selector;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The pipe that a {@link ReadPipe} reads from. */
interface PipeSource extends PipeEnd {

  /**
   * Reads the bytes that are available, without waiting.
   *
   * @return the bytes; empty at the end of the stream; null if there are none yet
   * @throws IOException if the pipe fails
   */
  byte @Nullable [] read() throws IOException;
}
