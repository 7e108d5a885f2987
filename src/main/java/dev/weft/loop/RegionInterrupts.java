package dev.weft.loop;

import java.time.Duration;

/*
 * An interrupt ends one call, and the JDK takes it away: so it has to be sent anew for each. Where a task
 * parks in a call of the JDK nobody asks us. But whenever code of the task goes on in a cancelled region, a
 * callback is put into the queue: when that runs, the task has gone on to a wait of ours, has left the
 * region, or is in such a call. Only in the last case is it interrupted, and looked at again.
 *
 * Some calls do not heed interrupts (ReentrantLock.lock) and park again at once, which looks the same from
 * outside. So that they do not keep the loop busy, it is looked at less often after a while.
 */

/** Has a task interrupted in each call of the JDK that it waits in while a region around it is cancelled. */
final class RegionInterrupts implements Runnable {

  private static final int PATIENCE = 16;
  private static final long PAUSE = Duration.ofMillis(100).toNanos();

  private final Task<?> task;

  // loop thread only
  private Handle look; // null if none is due
  private int looks;
  private boolean sent; // since it was last outside of cancelled regions

  RegionInterrupts(Task<?> task) {
    this.task = task;
  }

  /** The task is in a cancelled region, and may be in a call of the JDK when others run next. */
  void watch() {
    if (look != null || task.loop.isClosed()) {
      return;
    }
    if (looks < PATIENCE) {
      look = task.loop.callPassedDeadline(this);
    } else {
      look = task.loop.callDeadline(task.loop.deadline(PAUSE), this);
    }
  }

  @Override
  public void run() {
    look = null;
    if (!task.isInBlockingCall() || task.region == null || !task.region.isReached()) {
      return;
    }
    looks++;
    sent = true;
    task.interruptForRegion();
    watch();
  }

  boolean sent() {
    return sent;
  }

  /** Takes back an interrupt that the calling task has not seen yet; returns whether there was one. */
  boolean takeBack() {
    return sent && !task.isInterruptedByCancel() && Thread.interrupted();
  }

  /** Undoes {@link #takeBack}. */
  void giveBack() {
    sent = true;
    Thread.currentThread().interrupt();
  }

  /** The task has left the cancelled regions. */
  void end() {
    if (look != null) {
      look.cancel();
      look = null;
    }
    looks = 0;
    takeBack();
    sent = false;
  }
}
