package dev.weft.sync;

import dev.weft.loop.CancelledError;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * Hands items from some tasks to others, first in, first out: asyncio's {@code Queue}. Not for other
 * threads, which get an {@code IllegalStateException} while the loop runs: they reach it by
 * {@code loop.callSoonThreadsafe(() -> queue.putNowait(item))}.
 *
 * @param <E> the type of the items
 */
public sealed class Queue<E> permits PriorityQueue, LifoQueue {

  private final int maxsize;
  private final java.util.Queue<E> items;
  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue getters = new WaitQueue(bound);
  private final WaitQueue putters = new WaitQueue(bound);
  private final WaitQueue joiners = new WaitQueue(bound);
  private int unfinished;
  private boolean shutdown;

  /** A queue without bound. */
  public Queue() {
    this(0);
  }

  /**
   * A queue of bounded size.
   *
   * @param maxsize how many items it holds at most; 0 or less for no bound
   */
  public Queue(int maxsize) {
    this(maxsize, new ArrayDeque<>());
  }

  Queue(int maxsize, java.util.Queue<E> items) {
    this.maxsize = maxsize;
    this.items = items;
  }

  /**
   * Adds an item ({@code put}). Suspends while the queue is full.
   *
   * @throws QueueShutDownException if the queue is shut down
   * @throws CancelledError if the calling task is cancelled; the item is not added then
   */
  public final void put(E item) {
    Objects.requireNonNull(item, "item");
    bound.check("put");
    while (full()) {
      checkShutdown();
      WaitQueue.Waiter putter = putters.newWaiter();
      try {
        putters.await(putter);
      } catch (CancelledError cancelled) {
        if (!full() && putter.woken()) {
          putters.wakeNext(); // the room we were woken for
        }
        throw cancelled;
      }
    }
    add(item);
  }

  /**
   * Adds an item ({@code put_nowait}). Never suspends.
   *
   * @throws QueueFullException if there is no room
   * @throws QueueShutDownException if the queue is shut down
   */
  public final void putNowait(E item) {
    Objects.requireNonNull(item, "item");
    bound.check("putNowait");
    add(item);
  }

  private void add(E item) {
    checkShutdown();
    if (full()) {
      throw new QueueFullException();
    }
    items.add(item);
    unfinished++;
    getters.wakeNext();
  }

  /**
   * Takes an item ({@code get}). Suspends while there is none.
   *
   * @throws QueueShutDownException if the queue is shut down and empty
   * @throws CancelledError if the calling task is cancelled; no item is taken then
   */
  public final E get() {
    bound.check("get");
    while (empty()) {
      checkShutdown();
      WaitQueue.Waiter getter = getters.newWaiter();
      try {
        getters.await(getter);
      } catch (CancelledError cancelled) {
        if (!empty() && getter.woken()) {
          getters.wakeNext(); // the item we were woken for
        }
        throw cancelled;
      }
    }
    return take();
  }

  /**
   * Takes an item ({@code get_nowait}). Never suspends.
   *
   * @throws QueueEmptyException if there is none
   * @throws QueueShutDownException if there is none and the queue is shut down
   */
  public final E getNowait() {
    bound.check("getNowait");
    return take();
  }

  private E take() {
    E item = items.poll();
    if (item == null) {
      checkShutdown();
      throw new QueueEmptyException();
    }
    putters.wakeNext();
    return item;
  }

  /**
   * Says that an item that was taken is dealt with ({@code task_done}). Never suspends.
   *
   * @throws IllegalStateException if called more often than items were added (asyncio's {@code
   *     ValueError})
   */
  public final void taskDone() {
    bound.check("taskDone");
    if (unfinished <= 0) {
      throw new IllegalStateException("taskDone() called too many times");
    }
    unfinished--;
    finishIfDone();
  }

  /**
   * Waits until every item that was added is dealt with ({@code join}). Suspends, unless that is so.
   *
   * @throws CancelledError if the calling task is cancelled
   */
  public final void join() {
    bound.check("join");
    if (unfinished > 0) {
      joiners.await();
    }
  }

  /** Shuts the queue down, leaving what is in it to be taken ({@code shutdown()}). Never suspends. */
  public final void shutdown() {
    shutdown(false);
  }

  /**
   * Shuts the queue down ({@code shutdown}): nothing can be added any more, and who waits is woken. May be
   * called again with {@code immediate}. Never suspends.
   *
   * @param immediate whether to drop what is in the queue, as if it were dealt with
   */
  public final void shutdown(boolean immediate) {
    bound.check("shutdown");
    shutdown = true;
    if (immediate) {
      unfinished = Math.max(0, unfinished - items.size());
      items.clear();
      finishIfDone();
    }
    getters.wakeAll();
    putters.wakeAll();
  }

  private void finishIfDone() {
    if (unfinished == 0) {
      joiners.wakeAll();
    }
  }

  private void checkShutdown() {
    if (shutdown) {
      throw new QueueShutDownException();
    }
  }

  /** The number of items in the queue ({@code qsize}). */
  public final int qsize() {
    return items.size();
  }

  /** How many items the queue holds at most ({@code maxsize}); 0 or less for no bound. */
  public final int maxsize() {
    return maxsize;
  }

  /** Whether there is nothing to take ({@code empty}). */
  public final boolean empty() {
    return items.isEmpty();
  }

  /** Whether there is no room ({@code full}). */
  public final boolean full() {
    return maxsize > 0 && items.size() >= maxsize;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName()
        + "["
        + items.size()
        + (maxsize > 0 ? " of " + maxsize : "")
        + " items, "
        + getters.size()
        + " getting, "
        + putters.size()
        + " putting"
        + (shutdown ? ", shut down" : "")
        + "]";
  }
}
