package dev.weft.selector;

/** A resource that the loop must release when it is closed, other than the channels of its selector. */
interface Releasable {

  /** Returns whether it is closing, so that no warning is due when the loop is closed. */
  boolean isClosing();

  /** Releases the resource without a call of a protocol. */
  void release();
}
