package dev.weft.loop;

import java.util.Optional;

/** The source of the signals that ask a program to end: the process, or a test. */
interface Signals {

  /**
   * Gives a signal to a handler, which runs on a thread of its own, in place of the default handling.
   *
   * @param signal the name, for example {@code INT}
   * @return empty if other code handles the signal already, or it cannot or must not be handled here
   */
  Optional<Taken> takeDefault(String signal, Runnable handler);

  /** The right to handle a signal. */
  interface Taken {

    /** Restores the default handling, unless the program has set a handler meanwhile. Idempotent. */
    void giveBack();

    /** Gives the signal back, then sends it to the process. */
    void raise();
  }
}
