package dev.weft.selector;

import dev.weft.loop.Future;
import org.jspecify.annotations.Nullable;

/** An operation that a task waits for. It proceeds by one step each time a channel is ready. Loop thread only. */
final class Operation {

  /** The code of each step. */
  interface Step {
    /** Does as much as is possible without blocking. Returns whether the operation is complete. */
    boolean take() throws Exception;
  }

  private final Future<@Nullable Void> end;
  private final Step step;

  Operation(SelectorEventLoop loop, Step step) {
    this.end = loop.createFuture();
    this.step = step;
  }

  /** Takes a step, unless the operation has ended, for example by the cancellation of the task. */
  void proceed() {
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
  void fail(Throwable error) {
    if (!end.done()) {
      end.setException(error);
    }
  }

  boolean isOver() {
    return end.done();
  }

  /** Waits for the end of the operation, and throws its error. Suspends, unless the operation has ended. */
  void await() {
    end.await();
  }
}
