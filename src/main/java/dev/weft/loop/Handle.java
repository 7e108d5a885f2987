package dev.weft.loop;

/**
 * A callback that a loop is to run: asyncio's {@code Handle}. Returned by {@link EventLoop#callSoon} and
 * its kin.
 */
public class Handle {

  final BaseEventLoop loop;

  // loop thread only
  private Runnable callback;
  private Object
      context; // what was current at registration, its bindings or a Context; null: cancelled

  Handle(BaseEventLoop loop, Runnable callback, Object context) {
    this.loop = loop;
    this.callback = callback;
    this.context = context;
    if (loop.getDebug()) {
      loop.origins().record(this);
    }
  }

  /**
   * Sees to it that the callback does not run ({@code cancel}), and lets go of it. Idempotent; without
   * effect once the callback has run. Loop thread only; never suspends.
   */
  public void cancel() {
    callback = null;
    context = null;
  }

  /** Whether {@link #cancel} was called ({@code cancelled}). */
  public boolean cancelled() {
    return context == null;
  }

  /**
   * The context that the callback runs in ({@code get_context}).
   *
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
   * Whether this runs Weft's own code alone, short and without a lock: then the carrier runs it itself.
   */
  boolean runsOnCarrier() {
    return false;
  }

  /**
   * Whether this ends a wait and must not wait itself behind a parked callback: then a virtual thread of its own
   * runs it. Weft's own code alone, short.
   */
  boolean runsBesideParked() {
    return false;
  }

  /** Whether the driver alone may run this, after the callbacks that came before. */
  final boolean isOrdinary() {
    return !runsOnCarrier() && !runsBesideParked();
  }

  /** Calls the callback on {@code strand}, unless cancelled; a failure goes to the exception handler. */
  void run(Strand strand) {
    if (context == null) {
      return;
    }
    try {
      if (context instanceof Context own) {
        runIn(own, strand);
      } else {
        strand.context = context;
        try {
          invoke();
        } finally {
          keepContext(strand);
        }
      }
    } catch (Throwable error) {
      failed(error);
    }
  }

  private void runIn(Context own, Strand strand) {
    own.enter();
    strand.context = own;
    try {
      invoke();
    } finally {
      strand.context = Bindings.EMPTY;
      own.exit();
    }
  }

  /** What the callback has set is seen by its next run, and by the handler of its failure. */
  private void keepContext(Strand strand) {
    if (context != null) {
      context = strand.context;
    }
  }

  /** The code that is registered here. */
  void invoke() {
    callback.run();
  }

  private void failed(Throwable error) {
    if (KeyboardInterrupt.isFatal(error)) {
      loop.unwind(error);
    } else {
      loop.callExceptionHandler(ExceptionContext.of("Exception in callback " + describe())
          .withException(error)
          .with(ExceptionContext.HANDLE, this)
          .withSource(loop.origins().of(this)));
    }
  }

  /** What the callback is, for people. */
  String describe() {
    return describe(callback);
  }

  /** What {@code code} is; its own text, which may hold data that no log should, in debug mode only. */
  final String describe(Object code) {
    if (code == null) {
      return "null";
    }
    try {
      return loop.getDebug() ? code.toString() : code.getClass().getName();
    } catch (RuntimeException broken) { // this is called when something else has gone wrong already
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
