package dev.weft.loop;

import org.jspecify.annotations.Nullable;

/**
 * A callback that a loop will run: asyncio's {@code Handle}. {@link EventLoop#callSoon} and similar methods return it.
 */
public class Handle {

  final BaseEventLoop loop;

  // loop thread only
  private @Nullable Runnable callback;
  private @Nullable Object
      context; // the context at registration, as bindings or as a Context; null: cancelled

  Handle(BaseEventLoop loop, @Nullable Runnable callback, Object context) {
    this.loop = loop;
    this.callback = callback;
    this.context = context;
    if (loop.getDebug()) {
      loop.origins().record(this);
    }
  }

  /**
   * Cancels the callback, so that it does not run, and releases it ({@code cancel}). Has no effect after the callback
   * has run. Idempotent. Never suspends. Loop thread only, except for the handles of {@link
   * EventLoop#callSoonThreadsafe}, which any thread may cancel.
   */
  public void cancel() {
    callback = null;
    context = null;
  }

  /**
   * Returns whether {@link #cancel} was called ({@code cancelled}). Never suspends. Loop thread only.
   *
   * @return true after {@link #cancel}
   */
  public boolean cancelled() {
    return context == null;
  }

  /**
   * Returns the context in which the callback runs ({@code get_context}). Never suspends. Loop thread only.
   *
   * @return the context itself, not a copy
   * @throws IllegalStateException if the handle is cancelled
   */
  public Context getContext() {
    if (context == null) {
      throw new IllegalStateException("cancelled: " + this);
    }
    if (!(context instanceof Context)) {
      context = new Context((Object[]) context);
    }
    return (Context) context;
  }

  /**
   * Returns whether this runs only Weft's own code, which is short and takes no lock. The carrier runs it itself then.
   */
  boolean runsOnCarrier() {
    return false;
  }

  /**
   * Returns whether this ends a wait and must not wait behind a parked callback. If a callback is parked, a virtual
   * thread of its own runs this. It runs only Weft's own code, which is short.
   */
  boolean runsBesideParked() {
    return false;
  }

  /** Returns whether only the driver may run this, after the callbacks before it. */
  final boolean isOrdinary() {
    return !runsOnCarrier() && !runsBesideParked();
  }

  /** Calls the callback on {@code fiber} unless it is cancelled. A failure goes to the exception handler. */
  void run(LoopFiber fiber) {
    if (context == null) {
      return;
    }
    try {
      if (context instanceof Context own) {
        runIn(own, fiber);
      } else {
        fiber.give(context);
        try {
          invoke();
        } finally {
          keepContext(fiber);
        }
      }
    } catch (Throwable error) {
      failed(error);
    }
  }

  private void runIn(Context own, LoopFiber fiber) {
    own.enter();
    fiber.give(own);
    try {
      invoke();
    } finally {
      fiber.give(Bindings.EMPTY);
      own.exit();
    }
  }

  /** Keeps the values that the callback has set, for its next run and for the handler of its failure. */
  private void keepContext(LoopFiber fiber) {
    if (context != null) {
      context = fiber.given();
    }
  }

  /** Runs the registered code. */
  @SuppressWarnings("NullAway") // a subclass without a callback overrides this
  void invoke() {
    callback.run();
  }

  private void failed(Throwable error) {
    if (KeyboardInterrupt.isFatal(error)) {
      loop.turns.unwind(error);
    } else {
      loop.callExceptionHandler(ExceptionContext.of("Exception in callback " + describe())
          .withException(error)
          .with(ExceptionContext.HANDLE, this)
          .withSource(loop.origins().of(this)));
    }
  }

  /** Returns the callback as text. */
  String describe() {
    return describe(callback);
  }

  /** Returns code as text. Its own text may hold data that must not be logged, so only debug mode shows it. */
  final String describe(@Nullable Object code) {
    if (code == null) {
      return "null";
    }
    try {
      return loop.getDebug() ? code.toString() : code.getClass().getName();
    } catch (RuntimeException broken) { // the caller reports another failure
      return code.getClass().getName();
    }
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "["
        + (context == null ? "cancelled" : describe())
        + loop.origins().describe(this)
        + "]";
  }
}
