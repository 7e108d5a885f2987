package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.IOException;

/** One end of a pipe. The selector watches it, or a thread moves its bytes, depending on its type. Loop thread only. */
interface PipeEnd {

  /**
   * Connects the end to a loop. {@link #watch} starts the watching.
   *
   * @param ready the callback for readiness, which runs in {@code context}: there are bytes to read, or there is room
   *     to write
   * @throws IOException if the pipe cannot be used
   */
  void attach(SelectorEventLoop loop, Runnable ready, Context context) throws IOException;

  /** Starts or stops the calls of {@code ready}. */
  void watch(boolean wanted);

  /** Closes the pipe. If that would block, a thread closes it later. */
  void close();

  /** Returns the channel or stream of the pipe. */
  Object pipe();
}
