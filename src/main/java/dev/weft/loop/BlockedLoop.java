package dev.weft.loop;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A watchdog's report that a loop, or its callbacks, have been blocked for too long, see
 * {@link EventLoop#setBlockedThreshold}.
 *
 * <p>The watchdog samples, so for a turn of many short steps the report shows one of them. For a thread that other code
 * has started on the loop (see {@link EventLoop#guestThreads}), and for an asynchronous generator, the report has the
 * name but not the stack. The owner of a lock is known for locks of {@code java.util.concurrent} that a thread owns, if
 * Weft may read {@code java.util.concurrent.locks}. The owner of a monitor or of a semaphore's permit is not known, nor
 * is the code that will complete a future.
 *
 * @param loop the loop
 * @param cause how the loop is blocked
 * @param lasted the time for which it has been blocked at least
 * @param over whether the blocking has ended
 * @param holders the threads that block it: first a virtual thread; then the platform thread that carries it, unless it
 *     waits alone; then the owner of the lock for which it waits, and so on; empty if the blocking has ended
 * @param deadlock whether, as far as Weft knows, the blocking never ends because the owner of a lock waits for this
 *     loop
 */
public record BlockedLoop(
    EventLoop loop,
    Cause cause,
    Duration lasted,
    boolean over,
    List<Holder> holders,
    boolean deadlock) {

  /** How a loop is blocked. */
  public enum Cause {
    /** A turn takes long, because code computes, or waits where no virtual thread can leave its carrier. */
    RUNNING("its turn takes too long"),

    /**
     * A virtual thread waits and cannot leave its carrier, because a native method called it; before JDK 24 also
     * in {@code synchronized} and {@code Object.wait}.
     */
    PINNED("a pinned virtual thread waits"),

    /** A callback waits, for example for a lock. Other callbacks wait behind it, while tasks and timers continue. */
    CALLBACK("a callback waits, and callbacks behind it");

    private final String text;

    Cause(String text) {
      this.text = text;
    }
  }

  /**
   * A thread that blocks a loop.
   *
   * @param thread its name and number
   * @param state its state; for a virtual thread on its carrier, the carrier's state
   * @param waitsFor the class and identity of the lock for which it waits; empty if that is not known
   * @param stack its frames, the innermost first; empty if they are not known
   */
  public record Holder(
      String thread, Thread.State state, Optional<String> waitsFor, List<StackTraceElement> stack) {

    /** Checks that nothing is null. */
    public Holder {
      Objects.requireNonNull(thread, "thread");
      Objects.requireNonNull(state, "state");
      Objects.requireNonNull(waitsFor, "waitsFor");
      stack = List.copyOf(stack);
    }
  }

  /** Checks that nothing is null. */
  public BlockedLoop {
    Objects.requireNonNull(loop, "loop");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(lasted, "lasted");
    holders = List.copyOf(holders);
  }

  /** Returns this report for a blocking that has ended. */
  BlockedLoop over(Duration lasted) {
    return new BlockedLoop(loop, cause, lasted, true, List.of(), false);
  }

  /** Returns the report as text, with the stacks. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    text.append(loop)
        .append(over ? " was blocked for " : " has been blocked for ")
        .append(String.format(Locale.ROOT, "%.3f s", lasted.toNanos() / 1e9))
        .append(" or more: ")
        .append(cause.text);
    if (deadlock) {
      text.append(" (deadlock)");
    }
    for (Holder holder : holders) {
      text.append("\n  ").append(holder.thread).append(" is ").append(holder.state);
      holder.waitsFor.ifPresent(lock -> text.append(", waits for ").append(lock));
      holder.stack.forEach(frame -> text.append("\n\tat ").append(frame));
    }
    return text.toString();
  }
}
