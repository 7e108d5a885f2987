package dev.weft.io;

import java.io.IOException;

/** The writing end of a pipe. */
public interface PipeSink extends Sink {

  /**
   * Returns whether the pipe has no reader, as far as this is known. Called only after the child has ended.
   *
   * @return false if it has one, or if a write is in progress
   * @throws IOException if the pipe has failed
   */
  boolean isBroken() throws IOException;
}
