package dev.weft.selector;

import dev.weft.loop.Context;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a {@link WritePipe} go. Loop thread only. */
interface PipeSink {

  /**
   * Begins; nothing is watched yet.
   *
   * @param ready called in {@code context} when {@link #write} can go on and is watched
   * @throws IOException if the pipe cannot be used
   */
  void attach(SelectorEventLoop loop, Runnable ready, Context context) throws IOException;

  /** Whether to call {@code ready} from now on. */
  void watch(boolean wanted);

  /**
   * Writes what the pipe takes without waiting, and moves the buffer's position behind it. What is left must be
   * offered again, beginning with the same bytes: they may be on their way already.
   *
   * @throws IOException if the pipe fails
   */
  void write(ByteBuffer data) throws IOException;

  /** Whether nobody reads any more, as far as that can be known now that the child has ended. */
  boolean isBroken() throws IOException;

  /** Gives the pipe back to the system, as soon as that is possible without waiting. */
  void close();

  /** The pipe itself. */
  Object pipe();
}
