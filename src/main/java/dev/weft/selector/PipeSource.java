package dev.weft.selector;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the bytes of a {@link ReadPipe} come from. */
interface PipeSource extends PipeEnd {

  /**
   * Takes what there is, without waiting.
   *
   * @return empty at the end; null if there is nothing yet
   * @throws IOException if the pipe fails
   */
  byte @Nullable [] read() throws IOException;
}
