package dev.weft.loop;

import java.util.Optional;

/** Where the signals come from that ask a program to end: the process, or a test. */
interface Signals {

  /**
   * Has a signal go to {@code handler}, on a thread of its own, in place of the default handling.
   *
   * @param signal as {@code INT}
   * @return empty if something else handles it already, or it cannot or must not be handled here
   */
  Optional<Taken> takeDefault(String signal, Runnable handler);

  /** The right to handle a signal. */
  interface Taken {

    /** Brings the default handling back, unless somebody has set a handler meanwhile. Idempotent. */
    void giveBack();

    /** Gives back, then sends the process the signal. */
    void raise();
  }
}
