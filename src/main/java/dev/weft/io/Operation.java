package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import org.jspecify.annotations.Nullable;

/** An operation that a task waits for. It proceeds by one step each time a channel is ready. Loop thread only. */
public final class Operation {

  /** The code of each step. */
  public interface Step {
    /**
     * Does as much as is possible without blocking.
     *
     * @return whether the operation is complete
     * @throws Exception if the operation fails
     */
    boolean take() throws Exception;
  }

  private final Future<@Nullable Void> end;
  private final Step step;

  /**
   * Creates an operation. The first step is that of {@link #proceed}.
   *
   * @param loop the loop of the task that waits
   * @param step the code of each step
   */
  public Operation(BaseEventLoop loop, Step step) {
    this.end = loop.createFuture();
    this.step = step;
  }

  /** Takes a step, unless the operation has ended, for example by the cancellation of the task. */
  public void proceed() {
    if (end.done()) {
      return;
    }
    try {
      if (step.take()) {
        end.setResult(null);
      }
    } catch (Throwable error) {
      end.setException(error);
    }
  }

  /**
   * Ends the operation with an error, unless it has ended.
   *
   * @param error what {@link #await} throws
   */
  public void fail(Throwable error) {
    if (!end.done()) {
      end.setException(error);
    }
  }

  /**
   * Returns whether the operation has ended.
   *
   * @return true after the last step, a failure or a cancellation
   */
  public boolean isOver() {
    return end.done();
  }

  /** Waits for the end of the operation, and throws its error. Suspends, unless the operation has ended. */
  public void await() {
    end.await();
  }
}
