package dev.weft.selector;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.loop.EventLoop;

/** The ways to a child; every test of a child is for all. */
public enum ChildKind {
  /** Started by the C library, with pipes that the selector watches. */
  DIRECT,
  /** Started by the JDK, with pipes of ours, which the selector watches. */
  SELECTOR,
  /** Started by the JDK with pipes of the JDK's, whose bytes threads move. */
  PUMP;

  /** Has a loop start its children in this way; skips a test for which there is none. */
  public void set(EventLoop loop) {
    var children = (SelectorPolling) loop;
    if (this == DIRECT) {
      assumeTrue(isPossible(), "needs JDK 22 and native access");
    } else {
      children.startByJdk();
    }
    if (this == PUMP) {
      children.pumpPipes();
    }
  }

  /** Whether there is such a way here; from then on it is taken at once. */
  public boolean isPossible() {
    return this != DIRECT || PosixSpawn.prepare();
  }

  /** Whether the selector watches the pipes. */
  public boolean isSelected() {
    return this != PUMP;
  }
}
