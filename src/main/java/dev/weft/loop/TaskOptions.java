package dev.weft.loop;

import java.util.Objects;
import java.util.Optional;

/**
 * The optional parts of {@link EventLoop#createTask}. Immutable.
 *
 * @param name the task's name; {@code Task-} and a number if empty
 * @param context the context to run in, shared and not copied; a copy of the current one if empty
 * @param eagerStart whether the first step runs inside {@code createTask}, if the loop is running; as the
 *     task factory has it if empty
 */
public record TaskOptions(
    Optional<String> name, Optional<Context> context, Optional<Boolean> eagerStart) {

  private static final TaskOptions DEFAULTS =
      new TaskOptions(Optional.empty(), Optional.empty(), Optional.empty());

  /** Checks that no part is null. */
  public TaskOptions {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(context, "context");
    Objects.requireNonNull(eagerStart, "eagerStart");
  }

  /** A generated name, a copy of the current context, started as the task factory has it. */
  public static TaskOptions defaults() {
    return DEFAULTS;
  }

  /** These options with a name. */
  public TaskOptions withName(String name) {
    return new TaskOptions(Optional.of(Objects.requireNonNull(name, "name")), context, eagerStart);
  }

  /** These options with a context. */
  public TaskOptions withContext(Context context) {
    return new TaskOptions(
        name, Optional.of(Objects.requireNonNull(context, "context")), eagerStart);
  }

  /** These options with {@code eagerStart} set. */
  public TaskOptions withEagerStart(boolean eagerStart) {
    return new TaskOptions(name, context, Optional.of(eagerStart));
  }
}
