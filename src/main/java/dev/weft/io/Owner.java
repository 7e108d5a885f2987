package dev.weft.io;

import dev.weft.loop.Context;

/** The connection to which an {@link End} belongs. The back end calls it on the loop, as a callback in its context. */
public interface Owner {

  /**
   * Returns the context in which the back end calls the other methods.
   *
   * @return the context
   */
  Context context();

  /** Handles that bytes have arrived, or the end of data, or a failure: the next read returns or throws it. */
  void readable();

  /** Handles that written bytes have left, or that there is room for more, or a failure: the next write throws it. */
  void writable();

  /**
   * Returns whether the loop must log a warning if it is closed now.
   *
   * @return true if the connection is open, or has unsent bytes
   */
  boolean isUnclosed();
}
