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

  /** Whether this loses something when its loop is closed now, so that a warning is due. */
  default boolean unclosed() {
    return false;
  }

  /** The loop has closed the channel. Called on whatever thread closes the loop. */
  default void closed() {}
}
