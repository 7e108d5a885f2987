package dev.weft.testkit;

/**
 * Asserts that the steps of a test happen in exactly one order: 1, 2, 3 and so on, in any tasks and threads.
 *
 * <pre>{@code
 * var order = new Order();
 * loop.callSoon(() -> order.expect(2));
 * order.expect(1);
 * ...
 * order.finish(3);
 * }</pre>
 *
 * <p>A wrong step throws where it happens. Code under test may swallow this exception, so every later call throws it
 * again, including {@link #finish} and {@link #checkFinished}, which the test's own thread calls. The method names are
 * those of kotlinx.coroutines' TestBase.
 *
 * <p>Any thread may call any method. One lock guards all state, and is never held while foreign code runs.
 */
public final class Order {
  private int last;
  private boolean finished;
  private AssertionError failure;

  /** Asserts that this point is step {@code index}, directly after step {@code index - 1}. */
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

  /** Asserts that this point is step {@code index}, and that no step follows. */
  public synchronized void finish(int lastIndex) {
    expect(lastIndex);
    finished = true;
  }

  /** Fails, because this point must not be reached. */
  public synchronized void expectUnreached() {
    rethrow();
    fail("reached a point that must not be reached, after step " + last);
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
