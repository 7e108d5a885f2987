package dev.weft.selector;

/** What a selection key stands for; the key's attachment. */
interface Selectable {

  /**
   * The channel is ready. Called on the carrier while it polls: appends handles to the loop and does
   * nothing else.
   *
   * @param operations which of the operations of interest are possible now
   */
  void ready(int operations);

  /**
   * The channel was ready while no callback could run, and was not watched since. Called on the carrier.
   *
   * @param operations what was possible then
   * @return which of these to watch for again: not those that a task has lost interest in meanwhile
   */
  default int stillWanted(int operations) {
    return operations;
  }

  /** Whether this loses something when its loop is closed now, so that a warning is due. */
  default boolean unclosed() {
    return false;
  }

  /** The loop has closed the channel. Called on whatever thread closes the loop. */
  default void closed() {}
}
