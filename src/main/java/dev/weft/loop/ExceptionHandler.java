package dev.weft.loop;

/** What a loop calls with the errors that nobody else can be given. */
@FunctionalInterface
public interface ExceptionHandler {

  /**
   * Handles an error. Called on the loop's thread, not in a task: it must not await.
   *
   * @param loop the loop concerned
   * @param context what happened
   */
  void handle(EventLoop loop, ExceptionContext context);
}
