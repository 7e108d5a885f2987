package dev.weft.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An end that bytes come from. */
public interface Source extends End {

  /**
   * Starts or stops the calls of {@link Owner#readable}. Bytes that arrive meanwhile wait for the next start.
   *
   * @param wanted whether to call it
   */
  void watchInput(boolean wanted);

  /**
   * Takes the bytes that are there, without waiting.
   *
   * @return the bytes, which belong to the caller; empty at the end of the stream; null if there are none yet
   * @throws IOException if the stream has failed
   */
  byte @Nullable [] read() throws IOException;
}
