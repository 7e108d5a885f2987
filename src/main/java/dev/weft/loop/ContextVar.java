package dev.weft.loop;

import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A variable whose value belongs to the current {@link Context}: Python's {@code contextvars.ContextVar}.
 *
 * <pre>{@code
 * ContextVar<String> user = new ContextVar<>("user");
 *
 * run(() -> {
 *   user.set("ann");
 *   Task<String> task = createTask(() -> user.get());   // a task begins with its creator's values
 *   System.out.println(await(task));                    // "ann"
 * });
 * }</pre>
 *
 * <p>A task sees the values that its creator has when it creates the task. The task's own changes do not reach its
 * creator or other tasks. Variables are compared by identity, and any thread may use them.
 *
 * @param <T> the type of the value
 */
public final class ContextVar<T extends @Nullable Object> {

  private static final Object NONE = new Object();

  private final String name;
  private final @Nullable Object otherwise;

  /**
   * Creates a variable without a default value. Never suspends. Any thread.
   *
   * @param name the name that texts show
   */
  public ContextVar(String name) {
    this.name = Objects.requireNonNull(name, "name");
    this.otherwise = NONE;
  }

  /**
   * Creates a variable with a default value ({@code default=}). Never suspends. Any thread.
   *
   * @param name the name that texts show
   * @param otherwise the value where no value is set; may be null
   */
  public ContextVar(String name, T otherwise) {
    this.name = Objects.requireNonNull(name, "name");
    this.otherwise = otherwise;
  }

  /**
   * Returns the name that texts show. Never suspends. Any thread.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns the value in the current context, or else the default value. Never suspends. Any thread.
   *
   * @return the value; null if that is the value
   * @throws NoSuchElementException if there is neither (Python's {@code LookupError})
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // the value is a T
  public T get() {
    Object value = Bindings.get(Context.bindings(), this, otherwise);
    if (value == NONE) {
      throw new NoSuchElementException("no value for " + this);
    }
    return (T) value;
  }

  /**
   * Returns the value in the current context, or else a fallback. Never suspends. Any thread.
   *
   * @param fallback the value to return if none is set; may be null
   * @return the value
   */
  @SuppressWarnings({"unchecked", "NullAway"}) // the value is a T
  public T get(T fallback) {
    return (T) Bindings.get(Context.bindings(), this, fallback);
  }

  /**
   * Sets the value in the current context. Never suspends. Any thread.
   *
   * @param value the value; may be null
   * @return the token with which {@link #reset} restores the earlier value
   */
  public Token<T> set(T value) {
    Object[] before = Context.bindings();
    Token<T> token = new Token<>(this, Bindings.get(before, this, NONE), Context.holder());
    Context.rebind(Bindings.with(before, this, value));
    return token;
  }

  /**
   * Restores the value that the variable had before the call of {@link #set} that returned a token. Never suspends. Any
   * thread.
   *
   * @param token the token
   * @throws IllegalArgumentException if the token belongs to another variable or another context
   * @throws IllegalStateException if the token was used before
   */
  public void reset(Token<T> token) {
    if (token.variable != this) {
      throw new IllegalArgumentException(
          "the token belongs to " + token.variable + ", not to " + this);
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
   * The value that a variable had before it was set: Python's {@code contextvars.Token}.
   *
   * @param <T> the type of the value
   */
  public static final class Token<T extends @Nullable Object> {
    final ContextVar<T> variable;
    final @Nullable Object before;
    final Object holder;
    boolean used;

    Token(ContextVar<T> variable, @Nullable Object before, Object holder) {
      this.variable = variable;
      this.before = before;
      this.holder = holder;
    }
  }
}
