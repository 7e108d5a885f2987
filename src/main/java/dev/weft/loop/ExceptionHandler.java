package dev.weft.loop;

/** Handles the errors of a loop that have no caller to receive them, see {@link EventLoop#setExceptionHandler}. */
@FunctionalInterface
public interface ExceptionHandler {

  /**
   * Handles an error. The loop calls this on its thread and not in a task, so the method must not suspend.
   *
   * @param loop the loop concerned
   * @param context what happened
   */
  void handle(EventLoop loop, ExceptionContext context);
}
