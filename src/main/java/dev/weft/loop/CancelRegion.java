package dev.weft.loop;

import java.util.Objects;

/*
 * A task has a stack of regions, the innermost in `Task.region`. A wait is cancelled if, going outwards, a
 * cancelled region comes before one with a shield, or is that one. Three places look:
 *
 *   a wait begins     the future that is about to be waited for is cancelled, as Task.cancel would do it: so
 *                     the error comes by the way that all code here is written for, a turn later.
 *   a wait lasts      whoever cancels the region cancels the awaited future. One that is done already keeps
 *                     its outcome: nothing is lost, as the next wait will be cancelled anyway.
 *   a JDK call waits  is interrupted by a callback, see RegionInterrupts.
 *
 * Nothing of this counts in Task.cancelling(), which therefore tells at the end of a region whether somebody
 * has asked to cancel the task itself.
 */

/**
 * A stretch of a task's code that can be cancelled as a whole and stays cancelled: what a task knows of {@code
 * dev.weft.task.CancelScope}, and the shield that cleaning up needs. Belongs to its loop's thread.
 */
public abstract class CancelRegion {

  static final String MESSAGE = "cancelled by a cancel scope";

  // loop thread only
  private Task<?> task; // null before it is entered and after its end
  private CancelRegion outer;
  private RegionInterrupts interrupts;
  private int cancellingBefore;
  private boolean cancelled;
  private boolean shield;
  private boolean holdsInterrupt; // the shield keeps one from the code in it

  /** A region that is not entered yet. */
  protected CancelRegion() {}

  /**
   * Runs code whose waits are not cancelled by scopes around it, for cleaning up in them. {@link Task#cancel}
   * does reach it. Suspends if the code does.
   *
   * @return what the code returns
   * @throws E if the code throws it; the very object
   * @throws IllegalStateException if the caller is not a task
   */
  public static <T, E extends Exception> T shielded(ThrowingCallable<? extends T, E> code)
      throws E {
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

  /** As {@link #shielded(ThrowingCallable)}, for code that returns nothing. */
  public static <E extends Exception> void shielded(ThrowingRunnable<E> code) throws E {
    shielded(Objects.requireNonNull(code, "code").asCallable());
  }

  private static final class Plain extends CancelRegion {}

  // ---- for subclasses

  /**
   * The calling task enters.
   *
   * @param call what the user has called, for the message
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
   * The task leaves; regions end in the reverse order of their beginnings.
   *
   * @param error with what; null for nothing
   * @return whether that is this region's own cancellation, which ends here
   */
  protected final boolean exit(Throwable error) {
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

  /** Cancels the region, now and for good; if it is not entered yet, from its beginning. */
  protected final void cancelRegion() {
    change(true, shield);
  }

  /** Keeps the cancellation of regions outside from the code in this one, or no longer. */
  protected final void setShielded(boolean shielded) {
    change(cancelled, shielded);
  }

  protected final boolean isCancelled() {
    return cancelled;
  }

  protected final boolean isShielded() {
    return shield;
  }

  /** Whether the next wait of the calling task will be cancelled by a region. */
  protected static boolean isCurrentReached() {
    CancelRegion innermost = Task.currentOrThrow("isCurrentReached").region;
    return innermost != null && innermost.isReached();
  }

  /**
   * Checks that the caller may change this region.
   *
   * @throws IllegalStateException if a task is in it and the caller is not on that task's loop
   */
  protected final void checkCanChange() {
    if (task != null) {
      task.loop.checkCanUse("changing a cancel scope of ", task);
    }
  }

  private void change(boolean nowCancelled, boolean nowShield) {
    checkCanChange();
    boolean reachedBefore = task != null && task.region.isReached();
    cancelled = nowCancelled;
    shield = nowShield;
    if (task == null) {
      return;
    }
    if (Task.currentOrNull() == task) {
      holdInterrupt();
    }
    if (!reachedBefore && task.region.isReached()) {
      task.cancelWait();
      interrupts.watch();
    }
  }

  /** What a shield is for must not meet the interrupt of a scope outside. */
  private void holdInterrupt() {
    if (shield && !cancelled && interrupts.takeBack()) {
      holdsInterrupt = true;
    }
  }

  // ---- for the task

  /** Whether what waits in this region is to be cancelled. */
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

  /** The task goes on after a wait. Returns whether the next one is to be cancelled. */
  final boolean resumed() {
    boolean reached = isReached();
    if (reached) {
      interrupts.watch();
    }
    return reached;
  }

  /** Whether the interrupt that the task sees is a scope's. */
  final boolean hasInterrupted() {
    return interrupts.sent();
  }
}
