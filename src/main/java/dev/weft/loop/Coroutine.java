package dev.weft.loop;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The one kind of {@link Task}: the code that the task's virtual thread runs, and the mark that identifies the thread.
 * Task and code are one object, because tasks are many. A class of its own hides {@code run} from programs.
 */
final class Coroutine<T extends @Nullable Object> extends Task<T> implements LoopFiber {

  // loop thread only
  private @Nullable Callable<? extends T> body;
  private Object given; // bindings or a Context

  Coroutine(BaseEventLoop loop, Callable<? extends T> body, TaskOptions options) {
    super(loop, options);
    Context given = options.context().orElse(null);
    this.body = body;
    this.given = given == null ? Context.bindings() : given;
  }

  @Override
  public BaseEventLoop loop() {
    return loop;
  }

  @Override
  public Object given() {
    return given;
  }

  @Override
  public void give(Object bindingsOrContext) {
    given = bindingsOrContext;
  }

  @Override
  @SuppressWarnings("NullAway") // runs once, with its body
  public void run() {
    Callable<? extends T> code = body;
    body = null;
    T result = null;
    Throwable failure = begin();
    if (failure == null) {
      try {
        result = code.call();
      } catch (Throwable error) {
        failure = error;
      }
    }
    end(result, failure);
  }

  /** Whether a frame is that of {@link #run}, below the frames of a task's own code. */
  static boolean isBottom(String className, String methodName) {
    return className.equals(Coroutine.class.getName()) && methodName.equals("run");
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    loop.turns.unwind(error);
  }
}
