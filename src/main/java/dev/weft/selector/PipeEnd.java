package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.IOException;

/** An end of a pipe, of one of the kinds that {@link Pipes} tells apart. Loop thread only. */
interface PipeEnd {

  /**
   * Begins; nothing is watched yet.
   *
   * @param ready called in {@code context} when there is something to read, or to go on with writing, and is watched
   * @throws IOException if the pipe cannot be used
   */
  void attach(SelectorEventLoop loop, Runnable ready, Context context) throws IOException;

  /** Whether to call {@code ready} from now on. */
  void watch(boolean wanted);

  /** Gives the pipe back to the system, as soon as that is possible without waiting. */
  void close();

  /** The pipe itself. */
  Object pipe();
}
