package dev.weft.loop;

import dev.weft.carrier.Fiber;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A set of values for context variables: Python's {@code contextvars.Context}.
 *
 * <pre>{@code
 * ContextVar<String> user = new ContextVar<>("user");
 * Context context = Context.copyContext();
 * context.run(() -> user.set("ann"));         // the value stays in this context
 * String name = context.get(user, "none");  // "ann"
 * }</pre>
 *
 * <p>Callbacks and tasks run in a copy of the context that is current when they are registered, unless a context is
 * given. Copying takes no time. One thread at a time may use a context.
 */
public final class Context {

  private static final ThreadLocal<Context> OF_OTHER_THREADS = new ThreadLocal<>() {
    @Override
    protected Context initialValue() {
      return new Context();
    }
  };

  Object[] bindings;
  private @Nullable Thread enteredBy;

  /** Creates an empty context. Never suspends. Any thread. */
  public Context() {
    this(Bindings.EMPTY);
  }

  Context(Object[] bindings) {
    this.bindings = bindings;
  }

  /**
   * Returns a copy of the current context ({@code copy_context}). Never suspends. Any thread.
   *
   * @return a new context
   */
  public static Context copyContext() {
    return new Context(bindings());
  }

  /**
   * Returns a copy of this context. Never suspends. Any thread.
   *
   * @return a new context
   */
  public Context copy() {
    return new Context(bindings);
  }

  /**
   * Returns the value of a variable in this context. Never suspends. Any thread.
   *
   * @param variable the variable
   * @param otherwise the value to return if the variable has none here; may be null
   * @param <T> the type of the value
   * @return the value
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // the value is a T
  public <T extends @Nullable Object> T get(ContextVar<T> variable, T otherwise) {
    return (T) Bindings.get(bindings, variable, otherwise);
  }

  /**
   * Returns how many variables have a value here. Never suspends. Any thread.
   *
   * @return 0 or more
   */
  public int size() {
    return bindings.length / 2;
  }

  /**
   * Runs code in this context. Values that the code sets stay in this context. Suspends if the code does. Any thread.
   *
   * @param code the code
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it
   * @throws IllegalStateException if other code runs in this context
   */
  public <T extends @Nullable Object, E extends Exception> T run(
      ThrowingCallable<? extends T, E> code) throws E {
    Objects.requireNonNull(code, "code");
    LoopFiber fiber = fiber();
    Context current = fiber == null ? OF_OTHER_THREADS.get() : fiber.contextOrNull();
    // A task's own context is not marked as entered. While the task is in another context, it is.
    Context left = current != null && current.enteredBy == null ? current : null;
    if (left != null) {
      left.enter();
    }
    try {
      return fiber == null ? runOnOtherThread(code) : runOn(fiber, code);
    } finally {
      if (left != null) {
        left.exit();
      }
    }
  }

  private <T extends @Nullable Object, E extends Exception> T runOn(
      LoopFiber fiber, ThrowingCallable<? extends T, E> code) throws E {
    enter();
    Object before = fiber.given();
    fiber.give(this);
    try {
      return code.call();
    } finally {
      fiber.give(before);
      exit();
    }
  }

  private <T extends @Nullable Object, E extends Exception> T runOnOtherThread(
      ThrowingCallable<? extends T, E> code) throws E {
    enter();
    Context before = OF_OTHER_THREADS.get();
    OF_OTHER_THREADS.set(this);
    try {
      return code.call();
    } finally {
      OF_OTHER_THREADS.set(before);
      exit();
    }
  }

  /** Returns whether the caller runs in this context. */
  boolean isCurrent() {
    LoopFiber fiber = fiber();
    return this == (fiber == null ? OF_OTHER_THREADS.get() : fiber.given());
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

  /** Returns the content of the current context. It is immutable, so keeping it is as good as a copy. */
  static Object[] bindings() {
    LoopFiber fiber = fiber();
    return fiber == null ? OF_OTHER_THREADS.get().bindings : fiber.bindings();
  }

  /** Replaces the content of the current context. */
  static void rebind(Object[] bindings) {
    LoopFiber fiber = fiber();
    if (fiber == null) {
      OF_OTHER_THREADS.get().bindings = bindings;
    } else if (fiber.given() instanceof Context own) {
      own.bindings = bindings;
    } else {
      fiber.give(bindings);
    }
  }

  /** Returns the current context if the caller is a fiber that has it as an object; otherwise null. */
  static @Nullable Context currentOrNull() {
    LoopFiber fiber = fiber();
    return fiber == null ? null : fiber.contextOrNull();
  }

  /** Returns an object that identifies the current context. */
  static Object holder() {
    LoopFiber fiber = fiber();
    if (fiber == null) {
      return OF_OTHER_THREADS.get();
    }
    return fiber.context();
  }

  static @Nullable LoopFiber fiber() {
    return Fiber.current() instanceof LoopFiber fiber ? fiber : null;
  }
}
