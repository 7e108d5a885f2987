package dev.weft.loop;

import java.util.Objects;
import java.util.Optional;

/**
 * The optional parts of {@link EventLoop#createTask}. Immutable.
 */
public final class TaskOptions {

  private static final TaskOptions DEFAULTS =
      new TaskOptions(Optional.empty(), Optional.empty(), Optional.empty());

  private final Optional<String> name;
  private final Optional<Context> context;
  private final Optional<Boolean> eagerStart;

  private TaskOptions(
      Optional<String> name, Optional<Context> context, Optional<Boolean> eagerStart) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(eagerStart, "eagerStart");
    this.name = name;
    this.context = context;
    this.eagerStart = eagerStart;
  }

  /**
   * Returns the default options: a generated name, a copy of the current context, and the start that the task factory
   * chooses. Never suspends. Any thread.
   *
   * @return the default options
   */
  public static TaskOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns these options with a name. Never suspends. Any thread.
   *
   * @param name the task's name
   * @return new options
   */
  public TaskOptions withName(String name) {
    return new TaskOptions(Optional.of(Objects.requireNonNull(name, "name")), context, eagerStart);
  }

  /**
   * Returns these options with a context. Never suspends. Any thread.
   *
   * @param context the context in which the task runs; shared, not copied
   * @return new options
   */
  public TaskOptions withContext(Context context) {
    return new TaskOptions(
        name, Optional.of(Objects.requireNonNull(context, "context")), eagerStart);
  }

  /**
   * Returns these options with a start. Never suspends. Any thread.
   *
   * @param eagerStart whether the first step runs inside {@code createTask}, if the loop is running
   * @return new options
   */
  public TaskOptions withEagerStart(boolean eagerStart) {
    return new TaskOptions(name, context, Optional.of(eagerStart));
  }

  // ---- the options

  /** {@return the task's name; {@code Task-} and a number if empty} Never suspends. Any thread. */
  public Optional<String> name() {
    return name;
  }

  /** {@return the context to run in, shared and not copied; a copy of the current one if empty} Never suspends. Any thread. */
  public Optional<Context> context() {
    return context;
  }

  /** {@return whether the first step runs inside {@code createTask}, if the loop is running; the task factory decides if empty} Never suspends. Any thread. */
  public Optional<Boolean> eagerStart() {
    return eagerStart;
  }
}
