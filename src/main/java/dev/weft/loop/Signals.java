package dev.weft.loop;

import java.util.Optional;

/** Where Ctrl-C comes from: the process, or a test. */
interface Signals {

  /**
   * Has SIGINT go to {@code handler}, on a thread of its own, in place of the default handling.
   *
   * @return empty if something else handles it already, or it cannot or must not be handled here
   */
  Optional<Taken> takeSigint(Runnable handler);

  /** The right to handle SIGINT. */
  interface Taken {

    /** Brings the default handling back, unless somebody has set a handler meanwhile. Idempotent. */
    void giveBack();

    /** Gives back, then sends the process a SIGINT. */
    void raise();
  }
}
