package dev.weft.loop;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A loop, or its callbacks, held up for too long: what a watchdog has seen, see {@link
 * EventLoop#setBlockedThreshold}.
 *
 * <p>What holds up a loop is seen by sampling: in a turn of many short steps it is one of them. The stack of a
 * thread that other code has started on the loop (see {@link EventLoop#guestThreads}), or of an asynchronous
 * generator, is not known, but its name. The owner of a lock is known for the locks of {@code
 * java.util.concurrent} that are owned by a thread, and if {@code java.util.concurrent.locks} is opened to Weft as
 * {@code java.lang} is; the owner of a monitor, of a semaphore's permit, or who is to complete a future, is not.
 *
 * @param loop the loop
 * @param cause what is the matter
 * @param lasted for how long at least
 * @param over whether it has ended
 * @param holders who holds it up: a virtual thread first, then, unless it waits alone, the platform thread that
 *     carries it, then the owner of the lock that it waits for, whom that one waits for, and so on; empty if over
 * @param deadlock whether it will never end, as far as is known: the owner of a lock waits for what it holds up
 */
public record BlockedLoop(
    EventLoop loop,
    Cause cause,
    Duration lasted,
    boolean over,
    List<Holder> holders,
    boolean deadlock) {

  /** Ways to hold up a loop. */
  public enum Cause {
    /** A turn takes long: code computes, or waits where no virtual thread can leave its carrier. */
    RUNNING("its turn takes too long"),

    /**
     * A virtual thread waits and cannot leave its carrier, because a native method called it; before JDK 24 also
     * in {@code synchronized} and {@code Object.wait}.
     */
    PINNED("a pinned virtual thread waits"),

    /** A callback waits, for a lock for instance: callbacks wait behind it, while tasks and timers go on. */
    CALLBACK("a callback waits, and callbacks behind it");

    private final String text;

    Cause(String text) {
      this.text = text;
    }
  }

  /**
   * A thread that holds up a loop.
   *
   * @param thread its name and number
   * @param state its state; a virtual thread's on its carrier is the carrier's
   * @param waitsFor the class and identity of the lock that it waits for, where that is known
   * @param stack where it is; empty if that is not known
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

  /** This report, once the blocking is over. */
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
