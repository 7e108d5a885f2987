package dev.weft.selector;

/** The owner of a channel that the selector watches; the attachment of its selection key. */
interface Selectable {

  /**
   * Handles readiness of the channel. The carrier calls it while it polls. An implementation only appends handles to
   * the loop or unparks threads.
   *
   * @param operations the operations of interest that are possible now
   */
  void ready(int operations);

  /**
   * Returns the operations to watch again. The loop stops watching a channel that becomes ready while no callback can
   * run. The carrier calls this method when callbacks can run again.
   *
   * @param operations the operations that the loop has stopped watching
   * @return those of them in which the owner is still interested
   */
  default int stillWanted(int operations) {
    return operations;
  }

  /** Returns whether the loop must log a warning if it is closed now, because the owner is open or has unsent data. */
  default boolean unclosed() {
    return false;
  }

  /** Handles the close of the channel by the loop. The thread that closes the loop calls it. */
  default void closed() {}
}
