package dev.weft.loop;

import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * A variable whose value belongs to the current {@link Context}: Python's {@code
 * contextvars.ContextVar}.
 *
 * <p>A task sees the values that its creator had when it was created, and changes to them stay its own.
 * Compared by identity. Never suspends; may be used from any thread.
 *
 * @param <T> the type of the value
 */
public final class ContextVar<T> {

  private static final Object NONE = new Object();

  private final String name;
  private final Object otherwise;

  /**
   * Creates a variable without a default value.
   *
   * @param name for people
   */
  public ContextVar(String name) {
    this.name = Objects.requireNonNull(name, "name");
    this.otherwise = NONE;
  }

  /**
   * Creates a variable with a default value ({@code default=}).
   *
   * @param name for people
   * @param otherwise the value where none is set; may be null
   */
  public ContextVar(String name, T otherwise) {
    this.name = Objects.requireNonNull(name, "name");
    this.otherwise = otherwise;
  }

  /** The variable's name, for people. */
  public String name() {
    return name;
  }

  /**
   * The value in the current context, else the default.
   *
   * @throws NoSuchElementException if there is neither (Python's {@code LookupError})
   */
  @SuppressWarnings("unchecked")
  public T get() {
    Object value = Bindings.get(Context.bindings(), this, otherwise);
    if (value == NONE) {
      throw new NoSuchElementException("no value for " + this);
    }
    return (T) value;
  }

  /** The value in the current context, else {@code fallback}. */
  @SuppressWarnings("unchecked")
  public T get(T fallback) {
    return (T) Bindings.get(Context.bindings(), this, fallback);
  }

  /**
   * Sets the value in the current context.
   *
   * @return what {@link #reset} takes to bring back the value before
   */
  public Token<T> set(T value) {
    Object[] before = Context.bindings();
    Token<T> token = new Token<>(this, Bindings.get(before, this, NONE), Context.holder());
    Context.rebind(Bindings.with(before, this, value));
    return token;
  }

  /**
   * Brings back the value from before the {@link #set} that returned the token.
   *
   * @throws IllegalArgumentException if the token is another variable's, or of another context
   * @throws IllegalStateException if the token was used before
   */
  public void reset(Token<T> token) {
    if (token.variable != this) {
      throw new IllegalArgumentException("the token is of " + token.variable + ", not of " + this);
    }
    if (token.holder != Context.holder()) {
      throw new IllegalArgumentException("the token was made in a different Context");
    }
    if (token.used) {
      throw new IllegalStateException("the token has been used once already");
    }
    token.used = true;
    Object[] now = Context.bindings();
    Context.rebind(
        token.before == NONE
            ? Bindings.without(now, this)
            : Bindings.with(now, this, token.before));
  }

  @Override
  public String toString() {
    return "ContextVar[" + name + "]";
  }

  /**
   * What a variable had before it was set.
   *
   * @param <T> the type of the value
   */
  public static final class Token<T> {
    final ContextVar<T> variable;
    final Object before;
    final Object holder;
    boolean used;

    Token(ContextVar<T> variable, Object before, Object holder) {
      this.variable = variable;
      this.before = before;
      this.holder = holder;
    }
  }
}
