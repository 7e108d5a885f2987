package dev.weft.loop;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/*
 * A task has a stack of regions, the innermost in `Task.region`. A wait is cancelled if, going outwards, a
 * cancelled region comes before a shielded one, or is that one. Three places check this:
 *
 *   a wait begins     The awaited future is cancelled, as Task.cancel does it. So the error comes a turn later,
 *                     in the way that all code here expects.
 *   a wait lasts      The code that cancels the region cancels the awaited future. A future that is done keeps
 *                     its outcome. Nothing is lost, because the next wait is cancelled anyway.
 *   a JDK call waits  A callback interrupts it, see RegionInterrupts.
 *
 * None of this counts in Task.cancelling(). So at the end of a region that number shows whether other code has
 * requested to cancel the task itself.
 */

/**
 * A part of a task's code that can be cancelled as a whole and stays cancelled. This class has what a task needs to
 * know of {@code dev.weft.task.CancelScope}, and the shield that cleanup code needs. Loop thread only.
 */
public abstract class CancelRegion {

  static final String MESSAGE = "cancelled by a cancel scope";

  // loop thread only
  private @Nullable Task<?> task; // null before it is entered and after its end
  private @Nullable CancelRegion outer;

  @SuppressWarnings("NullAway.Init") // set by enter
  private RegionInterrupts interrupts;

  private int cancellingBefore;
  private boolean cancelled;
  private boolean shield;
  private boolean holdsInterrupt; // the shield holds an interrupt back from its code

  /** Creates a region that is not entered yet. Never suspends. Any thread. */
  protected CancelRegion() {}

  /**
   * Runs code that cancel scopes around it do not cancel, for example to clean up. {@link Task#cancel} does reach the
   * code. Asyncio has no such function. Suspends if the code does. Loop thread only.
   *
   * @param code the code
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it; not wrapped
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T extends @Nullable Object, E extends Exception> T shielded(
      ThrowingCallable<? extends T, E> code) throws E {
    Objects.requireNonNull(code, "code");
    var region = new Plain();
    region.setShielded(true);
    region.enter("shielded");
    T result;
    try {
      result = code.call();
    } catch (Throwable error) {
      region.exit(error);
      throw Throwables.rethrow(error);
    }
    region.exit(null);
    return result;
  }

  /**
   * Runs code that returns nothing and that cancel scopes around it do not cancel, for example to clean up.
   * {@link Task#cancel} does reach the code. Asyncio has no such function. Suspends if the code does. Loop thread only.
   *
   * @param code the code
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it; not wrapped
   * @throws IllegalStateException if the caller is not a task
   */
  public static <E extends Exception> void shielded(ThrowingRunnable<E> code) throws E {
    shielded(Objects.requireNonNull(code, "code").asCallable());
  }

  private static final class Plain extends CancelRegion {}

  // ---- for subclasses

  /**
   * Enters the region in the calling task. Never suspends. Loop thread only.
   *
   * @param call the method that the program has called, for the message
   * @throws IllegalStateException if the caller is not a task
   */
  protected final void enter(String call) {
    Task<?> current = Task.currentOrThrow(call);
    task = current;
    outer = current.region;
    interrupts = outer == null ? new RegionInterrupts(current) : outer.interrupts;
    cancellingBefore = current.cancelling();
    current.region = this;
    holdInterrupt();
    if (isReached()) {
      interrupts.watch();
    }
  }

  /**
   * Leaves the region. The region that was entered last is left first. Never suspends. Loop thread only.
   *
   * @param error the failure of the region's code; null for none
   * @return whether the failure is this region's own cancellation, which ends here
   */
  @SuppressWarnings("NullAway") // the task is there from enter to exit
  protected final boolean exit(@Nullable Throwable error) {
    boolean cancellation = CancelledError.isCancellation(error); // before an interrupt is taken
    boolean outerReached = outer != null && outer.isReached();
    boolean own = cancelled
        && cancellation
        && (shield || !outerReached)
        && task.cancelling() <= cancellingBefore;
    task.region = outer;
    task = null;
    if (!outerReached) {
      interrupts.end();
    } else {
      if (holdsInterrupt) {
        interrupts.giveBack();
      }
      interrupts.watch();
    }
    return own;
  }

  /**
   * Cancels the region for good. A region that is not entered yet is cancelled from its beginning. Never suspends. Loop
   * thread only.
   */
  protected final void cancelRegion() {
    change(true, shield);
  }

  /**
   * Sets whether this region shields its code from the cancellation of outer regions. Never suspends. Loop thread only.
   *
   * @param shielded whether it does
   */
  protected final void setShielded(boolean shielded) {
    change(cancelled, shielded);
  }

  /**
   * Returns whether the region is cancelled. Never suspends. Loop thread only.
   *
   * @return true after {@link #cancelRegion}
   */
  protected final boolean isCancelled() {
    return cancelled;
  }

  /**
   * Returns whether this region shields its code from the cancellation of outer regions. Never suspends. Loop thread
   * only.
   *
   * @return true if it does
   */
  protected final boolean isShielded() {
    return shield;
  }

  /**
   * Returns whether a region cancels the calling task's next wait. Never suspends. Loop thread only.
   *
   * @return true if it does
   */
  protected static boolean isCurrentReached() {
    return isReached(Task.currentOrThrow("isCurrentReached"));
  }

  private static boolean isReached(Task<?> task) {
    return task.region != null && task.region.isReached();
  }

  /**
   * Checks that the caller may change this region. Never suspends. Any thread.
   *
   * @throws IllegalStateException if a task is in the region and the caller is not on that task's loop
   */
  protected final void checkCanChange() {
    if (task != null) {
      task.loop.checkCanUse("changing a cancel scope of ", task);
    }
  }

  private void change(boolean nowCancelled, boolean nowShield) {
    checkCanChange();
    boolean reachedBefore = task != null && isReached(task);
    cancelled = nowCancelled;
    shield = nowShield;
    if (task == null) {
      return;
    }
    if (Task.currentOrNull() == task) {
      holdInterrupt();
    }
    if (!reachedBefore && isReached(task)) {
      task.cancelWait();
      interrupts.watch();
    }
  }

  /** Takes an outer scope's interrupt away from the code behind a shield. */
  private void holdInterrupt() {
    if (shield && !cancelled && interrupts.takeBack()) {
      holdsInterrupt = true;
    }
  }

  // ---- for the task

  /** Returns whether a wait in this region is cancelled. */
  final boolean isReached() {
    for (CancelRegion region = this; region != null; region = region.outer) {
      if (region.cancelled) {
        return true;
      }
      if (region.shield) {
        return false;
      }
    }
    return false;
  }

  /** The task calls this after a wait. Returns whether its next wait is cancelled. */
  final boolean resumed() {
    boolean reached = isReached();
    if (reached) {
      interrupts.watch();
    }
    return reached;
  }

  /** Returns whether a scope has sent the interrupt that the task sees. */
  final boolean hasInterrupted() {
    return interrupts.sent();
  }
}
