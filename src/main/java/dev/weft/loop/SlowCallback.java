package dev.weft.loop;

import java.time.Duration;
import java.util.Objects;

/**
 * A callback, or a step of a task, that took too long in debug mode, see {@link EventLoop#setSlowCallbackListener}.
 *
 * @param what the handle or the task as text
 * @param took how long it took
 */
public record SlowCallback(String what, Duration took) {

  /** Checks that no part is null. */
  public SlowCallback {
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(took, "took");
  }
}
