package dev.weft.selector;

import dev.weft.loop.EventLoop;

/** The two ways to a child's pipes; every test of a child is for both. */
public enum PipeKind {
  /** Pipes of ours, which the selector watches. */
  SELECTOR,
  /** Pipes of the JDK's, whose bytes threads move. */
  PUMP;

  /** Has a loop treat the pipes of its children in this way. */
  public void set(EventLoop loop) {
    if (this == PUMP) {
      ((SelectorEventLoop) loop).pumpPipes();
    }
  }
}
