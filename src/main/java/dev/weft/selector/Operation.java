package dev.weft.selector;

import dev.weft.loop.Future;
import org.jspecify.annotations.Nullable;

/** What a task waits for while it is done in steps, one whenever a channel is ready. Loop thread only. */
final class Operation {

  /** A step. */
  interface Step {
    /** Does what is possible without blocking. Returns whether nothing is left to do. */
    boolean take() throws Exception;
  }

  private final Future<@Nullable Void> end;
  private final Step step;

  Operation(SelectorEventLoop loop, Step step) {
    this.end = loop.createFuture();
    this.step = step;
  }

  /** Takes a step; none if the task was cancelled, which it may have been since the channel was ready. */
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

  /** Ends it, if it has not ended. */
  void fail(Throwable error) {
    if (!end.done()) {
      end.setException(error);
    }
  }

  boolean isOver() {
    return end.done();
  }

  /** Waits for the last step, and throws what it threw. Suspends, unless it is over. */
  void await() {
    end.await();
  }
}
