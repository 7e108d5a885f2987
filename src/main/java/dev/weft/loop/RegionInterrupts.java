package dev.weft.loop;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/*
 * An interrupt ends one call of the JDK, which clears it, so each call needs a new interrupt. Weft does not learn when
 * a task parks in a call of the JDK. But whenever code of the task continues in a cancelled region, a callback is
 * appended to the queue. When that callback runs, the task waits in a call of Weft's, has left the region, or waits in
 * a call of the JDK. Only in the last case the callback interrupts the task, and looks again later.
 *
 * Some calls ignore interrupts (ReentrantLock.lock) and park again at once, which looks the same from outside. After
 * a while the looks become less frequent, so that they do not keep the loop busy.
 */

/** Interrupts a task in each call of the JDK in which it waits while a region around it is cancelled. */
final class RegionInterrupts implements Runnable {

  private static final int PATIENCE = 16;
  private static final long PAUSE = Duration.ofMillis(100).toNanos();

  private final Task<?> task;

  // loop thread only
  private @Nullable Handle look; // null if none is due
  private int looks;
  private boolean sent; // since the task was last outside of cancelled regions

  RegionInterrupts(Task<?> task) {
    this.task = task;
  }

  /** Watches the task, which is in a cancelled region and may be in a call of the JDK when other code runs next. */
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

  /** Stops watching, because the task has left the cancelled regions. */
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
