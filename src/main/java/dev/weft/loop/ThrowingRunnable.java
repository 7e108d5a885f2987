package dev.weft.loop;

import java.util.concurrent.Callable;

/** A coroutine that returns nothing: what {@link Callable} is to a result, this is to none. */
@FunctionalInterface
public interface ThrowingRunnable {

  /**
   * Does the work.
   *
   * @throws Exception whatever goes wrong; it becomes the failure of the task, unwrapped
   */
  void run() throws Exception;

  /** The same as a callable, whose result is null. */
  default Callable<Void> asCallable() {
    return new Procedure<>(this);
  }
}
