package dev.weft.io;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Future;
import org.jspecify.annotations.Nullable;

/** An operation that a task waits for. It proceeds by one step each time a channel is ready. Loop thread only. */
public final class Operation {

  /** The code of each step. */
  public interface Step {
    /** Does as much as is possible without blocking. Returns whether the operation is complete. */
    boolean take() throws Exception;
  }

  private final Future<@Nullable Void> end;
  private final Step step;

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

  /** Ends the operation with an error, unless it has ended. */
  public void fail(Throwable error) {
    if (!end.done()) {
      end.setException(error);
    }
  }

  public boolean isOver() {
    return end.done();
  }

  /** Waits for the end of the operation, and throws its error. Suspends, unless the operation has ended. */
  public void await() {
    end.await();
  }
}
