package dev.weft.sync;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;

/**
 * Tasks that wait for something, first come first served: the one wait primitive under all others.
 *
 * <p>A waiter is in the queue until it runs again, also after it was woken. So a primitive can tell a
 * waiter that is about to run (done) from one that is not, and newcomers do not overtake the former. A
 * waiter that is cancelled after it was woken gets a {@code CancelledError} out of {@link #await}; what
 * the wake-up stood for is then the caller's to pass on.
 *
 * <p>A linked list, so that who is cancelled in the middle leaves at once, and with a mark in it, so that
 * waking many, one after the other, does not look at those woken before again.
 */
final class WaitQueue {

  /** One wait of one task. */
  static final class Waiter extends Future<Void> {
    private Waiter previous;
    private Waiter next;

    private Waiter(EventLoop loop) {
      super(loop);
    }

    /** Whether it was woken, though its task may have been cancelled since. */
    boolean woken() {
      return done() && !cancelled();
    }
  }

  private final LoopBound bound;
  private Waiter first;
  private Waiter last;
  private Waiter unwoken; // all before it are done
  private int size;

  /**
   * @param bound of the primitive whose queue it is
   */
  WaitQueue(LoopBound bound) {
    this.bound = bound;
  }

  /** Parks the calling task until it is woken. */
  void await() {
    await(newWaiter());
  }

  /** As {@link #await()}, with a waiter that the caller can ask afterwards whether it was woken. */
  void await(Waiter waiter) {
    add(waiter);
    try {
      waiter.await();
    } finally {
      remove(waiter);
    }
  }

  /**
   * A waiter for the calling task, not yet in the queue.
   *
   * @throws IllegalStateException if the caller is not a task, or one of another loop
   */
  Waiter newWaiter() {
    return new Waiter(bound.bind());
  }

  private void add(Waiter waiter) {
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
    if (unwoken == null) {
      unwoken = waiter;
    }
    size++;
  }

  private void remove(Waiter waiter) {
    if (waiter.previous == null) {
      first = waiter.next;
    } else {
      waiter.previous.next = waiter.next;
    }
    if (waiter.next == null) {
      last = waiter.previous;
    } else {
      waiter.next.previous = waiter.previous;
    }
    if (unwoken == waiter) {
      unwoken = waiter.next;
    }
    waiter.previous = null;
    waiter.next = null; // a dead waiter must not keep later ones from being collected
    size--;
  }

  /** Wakes the first waiter, unless it is woken or cancelled already. */
  void wakeFirst() {
    if (first != null && !first.done()) {
      first.setResult(null);
    }
  }

  /**
   * Wakes the first waiter that is neither woken nor cancelled yet.
   *
   * @return false if there is none
   */
  boolean wakeNext() {
    while (unwoken != null) {
      Waiter waiter = unwoken;
      unwoken = waiter.next;
      if (!waiter.done()) {
        waiter.setResult(null);
        return true;
      }
    }
    return false;
  }

  /** Wakes everybody. */
  void wakeAll() {
    while (wakeNext()) {
      // wakeNext does it
    }
  }

  /** Whether somebody waits, or is woken and has not run yet; those cancelled do not count. */
  boolean hasLiveWaiters() {
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      if (!waiter.cancelled()) {
        return true;
      }
    }
    return false;
  }

  /** How many tasks are in the queue, in whatever state. */
  int size() {
    return size;
  }
}
