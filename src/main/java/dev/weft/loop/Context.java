package dev.weft.loop;

import dev.weft.carrier.Fiber;
import java.util.Objects;

/**
 * A set of values for context variables: Python's {@code contextvars.Context}.
 *
 * <p>Callbacks and tasks run in a copy of the context that was current when they were registered, unless
 * one is given; copying costs nothing. Never suspends.
 */
public final class Context {

  private static final ThreadLocal<Context> OF_OTHER_THREADS = new ThreadLocal<>() {
    @Override
    protected Context initialValue() {
      return new Context();
    }
  };

  Object[] bindings;
  private Thread enteredBy;

  /** An empty context. */
  public Context() {
    this(Bindings.EMPTY);
  }

  Context(Object[] bindings) {
    this.bindings = bindings;
  }

  /** A copy of the current context ({@code copy_context}). */
  public static Context copyContext() {
    return new Context(bindings());
  }

  /** A copy of this context. */
  public Context copy() {
    return new Context(bindings);
  }

  /**
   * The value that a variable has in this context.
   *
   * @return the value; {@code otherwise} if it has none here
   */
  @SuppressWarnings("unchecked")
  public <T> T get(ContextVar<T> variable, T otherwise) {
    return (T) Bindings.get(bindings, variable, otherwise);
  }

  /** The number of variables that have a value here. */
  public int size() {
    return bindings.length / 2;
  }

  /**
   * Runs code in this context: what it sets stays here.
   *
   * @throws IllegalStateException if this context is entered already
   * @throws E if the code throws it
   */
  public <T, E extends Exception> T run(ThrowingCallable<? extends T, E> code) throws E {
    Objects.requireNonNull(code, "code");
    Strand strand = strand();
    Context current = strand == null ? OF_OTHER_THREADS.get() : strand.contextOrNull();
    // A task's own context is not entered as such; while the task is in another one it counts as
    // entered.
    boolean own = current != null && current.enteredBy == null;
    if (own) {
      current.enter();
    }
    try {
      return strand == null ? runOnOtherThread(current, code) : runOn(strand, code);
    } finally {
      if (own) {
        current.exit();
      }
    }
  }

  private <T, E extends Exception> T runOn(Strand strand, ThrowingCallable<? extends T, E> code)
      throws E {
    enter();
    Object before = strand.context;
    strand.context = this;
    try {
      return code.call();
    } finally {
      strand.context = before;
      exit();
    }
  }

  private <T, E extends Exception> T runOnOtherThread(
      Context before, ThrowingCallable<? extends T, E> code) throws E {
    enter();
    OF_OTHER_THREADS.set(this);
    try {
      return code.call();
    } finally {
      OF_OTHER_THREADS.set(before);
      exit();
    }
  }

  /** Whether the caller runs in this very context. */
  boolean isCurrent() {
    Strand strand = strand();
    return this == (strand == null ? OF_OTHER_THREADS.get() : strand.context);
  }

  boolean isEntered() {
    return enteredBy != null;
  }

  void enter() {
    if (enteredBy != null) {
      throw new IllegalStateException(
          "cannot enter context: it is already entered by " + enteredBy);
    }
    enteredBy = Thread.currentThread();
  }

  void exit() {
    enteredBy = null;
  }

  /** What the current context holds; immutable, so that keeping it is a copy. */
  static Object[] bindings() {
    return bindingsOf(strand());
  }

  /** What the context of a strand holds; of the calling thread if that is none. */
  static Object[] bindingsOf(Strand strand) {
    return strand == null ? OF_OTHER_THREADS.get().bindings : strand.bindings();
  }

  /** Changes what the current context holds. */
  static void rebind(Object[] bindings) {
    Strand strand = strand();
    if (strand == null) {
      OF_OTHER_THREADS.get().bindings = bindings;
    } else if (strand.context instanceof Context own) {
      own.bindings = bindings;
    } else {
      strand.context = bindings;
    }
  }

  /** The current context of a strand that runs in a context of its own; else null. */
  static Context currentOrNull() {
    Strand strand = strand();
    return strand == null ? null : strand.contextOrNull();
  }

  /** An object that stands for the current context. */
  static Object holder() {
    Strand strand = strand();
    if (strand == null) {
      return OF_OTHER_THREADS.get();
    }
    return strand.contextHolder();
  }

  static Strand strand() {
    return Fiber.current() instanceof Strand strand ? strand : null;
  }
}
