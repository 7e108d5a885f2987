package dev.weft.loop;

import java.lang.ref.WeakReference;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The loop's and the body's side of an {@link AsyncGenerator}. It must not refer to the generator, so that the
 * generator is collected when its user drops it.
 */
final class GeneratorState<T extends @Nullable Object> implements AsyncGenerator.Yielder<T> {

  /** Stands for the absence of a value. */
  static final Object NONE = new Object();

  private final AsyncGenerator.Body<T> body;

  // loop thread only
  @SuppressWarnings("NullAway.Init") // set by begin
  private WeakReference<AsyncGenerator<T>> generator;

  @SuppressWarnings("NullAway.Init") // set by begin
  private BaseEventLoop loop;

  private @Nullable Task<@Nullable Void> task; // null until a task asks for the first value
  private @Nullable Future<@Nullable Void> resumption; // the body waits for it in `yield`
  private @Nullable Reply reply; // the asking task waits for it
  private boolean closing;
  private boolean closed; // by its user, even if the body did not end
  private boolean ended;

  GeneratorState(AsyncGenerator.Body<T> body) {
    this.body = body;
  }

  /** Returns the next value, or {@link #NONE} if the body has ended. */
  @Nullable
  Object next(AsyncGenerator<T> asked) {
    if (ended) {
      return NONE;
    }
    if (task == null) {
      begin(asked, Task.currentOrThrow("next").loop);
    } else {
      checkCanAsk("next");
    }
    return ask();
  }

  private void begin(AsyncGenerator<T> asked, BaseEventLoop running) {
    loop = running;
    generator = new WeakReference<>(asked);
    BaseEventLoop.CLEANER.register(asked, this::abandoned);
    if (loop.generators().add(this)) {
      Logs.LOOP.warn("{} was first asked for a value after shutdownAsyncgens was called", asked);
    }
    task = loop.newUnlistedTask(this::run);
    // cancelled before its first step
    task.addDoneCallback(done -> end(new CancelledError(done.cancelMessage())));
  }

  private void checkCanAsk(String call) {
    if (Task.currentOrThrow(call).loop != loop) {
      throw new IllegalStateException(
          call + ": the asynchronous generator is of another loop: " + this);
    }
    if (resumption == null) {
      throw new IllegalStateException(
          call + ": the asynchronous generator is already running: " + this);
    }
  }

  @SuppressWarnings("NullAway") // begin has set the task
  private @Nullable Object ask() {
    reply = new Reply(task);
    try {
      if (resumption == null) {
        task.start();
      } else {
        resumption.setResult(null);
        resumption = null;
      }
      return reply.await();
    } finally {
      reply = null;
    }
  }

  void close() {
    if (task == null) {
      ended = true;
    }
    exit(false);
  }

  private void exit(boolean collected) {
    if (ended) {
      return;
    }
    checkCanAsk("close");
    if (closed && !collected) { // asyncio raises StopAsyncIteration
      throw new NoSuchElementException(
          "asynchronous generator ignored GeneratorExit when it was closed before: " + this);
    }
    closed = true;
    closing = true;
    try {
      if (ask() != NONE) {
        throw new IllegalStateException("asynchronous generator ignored GeneratorExit: " + this);
      }
    } finally {
      closing = false;
    }
  }

  /** Closes the generator, as a coroutine. */
  @Nullable
  Void closing() {
    close();
    return null;
  }

  /** Closes a generator that was collected. Cleaner thread only. */
  private void abandoned() {
    loop.completeFromAnywhere(() -> {
      if (!ended) {
        loop.createTask(() -> exit(true));
      }
    });
  }

  // ---- the body's side

  private @Nullable Void run() {
    Throwable failure = null;
    try {
      body.run(this);
    } catch (Throwable error) {
      failure = error;
    }
    end(failure);
    return null;
  }

  @Override
  public void yield(T value) {
    if (Task.currentOrNull() != task || reply == null) {
      throw new IllegalStateException(
          "yield called by another task, or while no task asks for a value: " + this);
    }
    Future<@Nullable Void> mine = new Future<>(loop);
    resumption = mine;
    reply.finish(value);
    try {
      mine.await();
    } finally {
      resumption = null;
    }
    if (closing) {
      throw new GeneratorExit();
    }
  }

  private void end(@Nullable Throwable failure) {
    if (ended) {
      return;
    }
    ended = true;
    loop.generators().remove(this);
    if (reply == null || reply.done()) {
      if (failure != null && !CancelledError.isCancellation(failure)) {
        reportFailure("asynchronous generator failed while no task asked for a value", failure);
      }
    } else if (failure == null || closing && failure instanceof GeneratorExit) {
      reply.finish(NONE);
    } else if (failure instanceof CancelledError cancelled) {
      reply.finishCancelled(cancelled);
    } else if (CancelledError.isCancellation(failure)) {
      reply.finishCancelled(new CancelledError(null, failure));
    } else {
      reply.fail(failure);
    }
  }

  // ---- for the loop

  void reportFailure(String message, Throwable failure) {
    AsyncGenerator<T> known = generator.get();
    loop.callExceptionHandler(ExceptionContext.of(message)
        .withException(failure)
        .with(ExceptionContext.ASYNCGEN, known == null ? this : known));
  }

  @Nullable
  Task<@Nullable Void> task() {
    return task;
  }

  @Override
  public String toString() {
    return ended ? "ended" : task == null ? "new" : task.toString();
  }

  /** The future for which the asking task waits. Cancelling it cancels the body, which decides how the wait ends. */
  private static final class Reply extends Future<@Nullable Object> {

    private final Task<?> task;

    Reply(Task<?> task) {
      super(task.loop);
      this.task = task;
    }

    @Override
    public boolean cancel(@Nullable String message) {
      return !done() && task.cancel(message);
    }
  }
}
