package dev.weft.sync;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import java.util.ArrayDeque;

/**
 * Tasks that wait for something, first come first served: the one wait primitive under all others.
 *
 * <p>A waiter is in the queue until it runs again, also after it was woken. So a primitive can tell a
 * waiter that is about to run (done) from one that is not, and newcomers do not overtake the former. A
 * waiter that is cancelled after it was woken gets a {@code CancelledError} out of {@link #await}; what
 * the wake-up stood for is then the caller's to pass on.
 */
final class WaitQueue {

  private final Object owner;
  private final ArrayDeque<Future<Void>> waiters = new ArrayDeque<>(2);
  private EventLoop loop;

  /**
   * @param owner whose queue it is, for messages
   */
  WaitQueue(Object owner) {
    this.owner = owner;
  }

  /**
   * Parks the calling task until it is woken.
   *
   * @return the waiter it was, which is done
   */
  Future<Void> await() {
    Future<Void> waiter = bind().createFuture();
    await(waiter);
    return waiter;
  }

  /** As {@link #await()}, with a waiter that the caller can ask afterwards whether it was woken. */
  void await(Future<Void> waiter) {
    waiters.add(waiter);
    try {
      waiter.await();
    } finally {
      waiters.remove(waiter);
    }
  }

  Future<Void> newWaiter() {
    return bind().createFuture();
  }

  private EventLoop bind() {
    EventLoop running = EventLoop.getRunningLoop();
    if (loop == null) {
      loop = running;
    } else if (loop != running) {
      throw new IllegalStateException(
          owner + " is bound to a different event loop: " + loop + ", not " + running);
    }
    return running;
  }

  /** Wakes the first waiter, unless it is woken already. */
  void wakeHead() {
    Future<Void> head = waiters.peekFirst();
    if (head != null && !head.done()) {
      head.setResult(null);
    }
  }

  /**
   * Wakes the first waiter that is not yet woken.
   *
   * @return false if there is none
   */
  boolean wakeNext() {
    for (Future<Void> waiter : waiters) {
      if (!waiter.done()) {
        waiter.setResult(null);
        return true;
      }
    }
    return false;
  }

  /** Wakes everybody. */
  void wakeAll() {
    for (Future<Void> waiter : waiters) {
      if (!waiter.done()) {
        waiter.setResult(null);
      }
    }
  }

  /** Whether somebody waits, or is woken and has not run yet; those cancelled do not count. */
  boolean hasLiveWaiters() {
    for (Future<Void> waiter : waiters) {
      if (!waiter.cancelled()) {
        return true;
      }
    }
    return false;
  }

  /** How many tasks are in the queue, in whatever state. */
  int size() {
    return waiters.size();
  }
}
