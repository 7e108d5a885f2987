package dev.weft.io;

import java.io.IOException;

/** The writing end of a pipe. */
public interface PipeSink extends Sink {

  /** Returns whether the pipe has no reader, as far as this is known. Called only after the child has ended. */
  boolean isBroken() throws IOException;
}
