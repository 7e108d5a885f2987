package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.IOException;

/** Where the bytes of a {@link ReadPipe} come from. Loop thread only. */
interface PipeSource {

  /**
   * Begins; nothing is watched yet.
   *
   * @param ready called in {@code context} when {@link #read} has something to say and is watched
   * @throws IOException if the pipe cannot be used
   */
  void attach(SelectorEventLoop loop, Runnable ready, Context context) throws IOException;

  /** Whether to call {@code ready} from now on. */
  void watch(boolean wanted);

  /**
   * Takes what there is, without waiting.
   *
   * @return empty at the end; null if there is nothing yet
   * @throws IOException if the pipe fails
   */
  byte[] read() throws IOException;

  /** Gives the pipe back to the system, as soon as that is possible without waiting. */
  void close();

  /** The pipe itself. */
  Object pipe();
}
