package dev.weft.testkit;

/**
 * Asserts that the steps of a test happen in exactly one order: 1, 2, 3 and so on, whoever executes them.
 *
 * <pre>{@code
 * var order = new Order();
 * loop.callSoon(() -> order.expect(2));
 * order.expect(1);
 * ...
 * order.finish(3);
 * }</pre>
 *
 * <p>A wrong step throws where it happens, which may be inside the code under test, and code under test may swallow
 * it. The first wrong step is therefore remembered: every later call throws it again, {@link #finish} and {@link
 * #checkFinished} too, so that it reaches the test's own thread. The verbs are those of kotlinx.coroutines' TestBase.
 *
 * <p>Any thread may call any method; one lock guards everything, and is never held while foreign code runs.
 */
public final class Order {
  private int last;
  private boolean finished;
  private AssertionError failure;

  /** This point is reached as step {@code index}, the one after the step before. */
  public synchronized void expect(int index) {
    rethrow();
    if (finished) {
      fail("step " + index + " after finish(" + last + ")");
    }
    if (index != last + 1) {
      fail("expected step " + (last + 1) + ", but this is step " + index);
    }
    last = index;
  }

  /** As {@link #expect}, and no step may follow. */
  public synchronized void finish(int lastIndex) {
    expect(lastIndex);
    finished = true;
  }

  /** This point must never be reached. */
  public synchronized void expectUnreached() {
    rethrow();
    fail("reached what must not be reached, after step " + last);
  }

  /** Asserts that {@link #finish} was called and that no step was wrong, before or after it. */
  public synchronized void checkFinished() {
    rethrow();
    if (!finished) {
      fail("not finished, the last step was " + last);
    }
  }

  private void fail(String message) {
    failure = new AssertionError(message + " (on " + Thread.currentThread() + ")");
    throw failure;
  }

  private void rethrow() {
    if (failure != null) {
      throw new AssertionError("an earlier step was wrong: " + failure.getMessage(), failure);
    }
  }
}
