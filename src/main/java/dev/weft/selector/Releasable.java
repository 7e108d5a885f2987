package dev.weft.selector;

/** What has to be given back to the system when the loop is closed, and is not a channel of its selector. */
interface Releasable {

  /** Whether its end has been asked for. */
  boolean isClosing();

  /** Gives it back, without a word to anybody's protocol. */
  void release();
}
