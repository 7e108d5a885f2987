package dev.weft.sync;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that wait for something, in the order in which they came. All other primitives are built on this one.
 *
 * <p>A waiter stays in the queue until its task runs again, even after it is woken. So a primitive can distinguish a
 * waiter that is about to run (its future is done) from one that still waits, and newcomers do not overtake the former.
 * If a waiter is cancelled after it was woken, {@link #await} throws a {@code CancelledError}; the caller then passes
 * the wake-up on.
 *
 * <p>The queue is a linked list, so a cancelled waiter is unlinked in constant time. A mark in the list shows the first
 * waiter that is not woken yet, so waking many waiters in turn does not look at the same ones again.
 */
final class WaitQueue {

  /** One wait of one task. */
  static final class Waiter extends Future<@Nullable Void> {
    private @Nullable Waiter previous;
    private @Nullable Waiter next;

    private Waiter(EventLoop loop) {
      super(loop);
    }

    /** Returns whether the waiter was woken. Its task may have been cancelled since. */
    boolean woken() {
      return done() && !cancelled();
    }
  }

  private final LoopBound bound;
  private @Nullable Waiter first;
  private @Nullable Waiter last;
  private @Nullable Waiter unwoken; // all before it are done
  private int size;

  /**
   * Creates an empty queue.
   *
   * @param bound the bound of the primitive to which the queue belongs
   */
  WaitQueue(LoopBound bound) {
    this.bound = bound;
  }

  /** Parks the calling task until it is woken. */
  void await() {
    await(newWaiter());
  }

  /**
   * Parks the calling task until {@code waiter} is woken. Afterwards the caller can ask the waiter whether it was
   * woken.
   */
  void await(Waiter waiter) {
    add(waiter);
    try {
      waiter.await();
    } finally {
      remove(waiter);
    }
  }

  /**
   * Creates a waiter for the calling task, which is not in the queue yet.
   *
   * @throws IllegalStateException if the caller is not a task, or is a task of another loop
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

  /** Wakes all waiters. */
  void wakeAll() {
    while (wakeNext()) {
      // wakeNext does it
    }
  }

  /** Returns whether a task waits, or was woken and has not run yet. Cancelled waiters do not count. */
  boolean hasLiveWaiters() {
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      if (!waiter.cancelled()) {
        return true;
      }
    }
    return false;
  }

  /** Returns the number of waiters in the queue, in any state. */
  int size() {
    return size;
  }
}
