package dev.weft.selector;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.loop.EventLoop;

/** The ways to start a child; each test of a child runs for all. */
public enum ChildKind {
  /** Started by the C library, with pipes that the selector watches. */
  DIRECT,
  /** Started by the JDK, with pipes of Weft, which the selector watches. */
  SELECTOR,
  /** Started by the JDK with pipes of the JDK, whose bytes threads move. */
  PUMP;

  /** Makes a loop start its children in this way; skips the test where the way is not available. */
  public void set(EventLoop loop) {
    var children = (SelectorEventLoop) loop;
    if (this == DIRECT) {
      assumeTrue(isPossible(), "needs JDK 22 and native access");
    } else {
      children.startByJdk();
    }
    if (this == PUMP) {
      children.pumpPipes();
    }
  }

  /** Whether this way is available here; from then on it is used at once. */
  public boolean isPossible() {
    return this != DIRECT || PosixSpawn.prepare();
  }

  /** Whether the selector watches the pipes. */
  public boolean isSelected() {
    return this != PUMP;
  }
}
