package dev.weft.sync;

import dev.weft.loop.CancelledError;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * A queue that passes items from task to task, first in, first out: asyncio's {@code Queue}.
 *
 * <pre>{@code
 * Queue<String> queue = new Queue<>(10);
 * createTask(() -> {
 *   queue.put("work");              // parks this task while ten items are in the queue
 *   queue.shutdown();
 * });
 * String item = queue.get();        // parks this task until there is an item
 * }</pre>
 *
 * <p>The queue is fair: it serves waiting tasks in the order in which they came.
 *
 * <p>Loop thread only: while the loop runs, every method that changes the queue or waits throws an {@code
 * IllegalStateException} in other threads. Another thread adds an item by {@code loop.callSoonThreadsafe(() ->
 * queue.putNowait(item))}.
 *
 * <p>{@code java.util} has a type of this name, too.
 * Where a file imports that package, {@code import dev.weft.sync.Queue;} selects this one.
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

  /** Creates a queue without a bound. Any thread. Never suspends. */
  public Queue() {
    this(0);
  }

  /**
   * Creates a queue of bounded size. Any thread. Never suspends.
   *
   * @param maxsize how many items the queue holds at most; 0 or less for no bound
   */
  public Queue(int maxsize) {
    this(maxsize, new ArrayDeque<>());
  }

  Queue(int maxsize, java.util.Queue<E> items) {
    this.maxsize = maxsize;
    this.items = items;
  }

  /**
   * Adds an item ({@code put}). Suspends while the queue is full. Loop thread only.
   *
   * @param item the item, not null
   * @throws QueueShutDownException if the queue is shut down, before the call or during it
   * @throws CancelledError if the calling task is cancelled; the queue does not have the item then
   * @throws IllegalStateException if the queue is full and the caller is not a task
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
          putters.wakeNext(); // passes on the room for which this task was woken
        }
        throw cancelled;
      }
    }
    add(item);
  }

  /**
   * Adds an item if there is room ({@code put_nowait}). Never suspends. Loop thread only.
   *
   * @param item the item, not null
   * @throws QueueFullException if the queue is full
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
   * Takes an item ({@code get}). Suspends while the queue is empty. Loop thread only.
   *
   * @return the first item
   * @throws QueueShutDownException if the queue is empty and is shut down, before the call or during it
   * @throws CancelledError if the calling task is cancelled; the call takes no item then
   * @throws IllegalStateException if the queue is empty and the caller is not a task
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
          getters.wakeNext(); // passes on the item for which this task was woken
        }
        throw cancelled;
      }
    }
    return take();
  }

  /**
   * Takes an item if there is one ({@code get_nowait}). Never suspends. Loop thread only.
   *
   * @return the first item
   * @throws QueueEmptyException if the queue is empty
   * @throws QueueShutDownException if the queue is empty and shut down
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
   * Reports that the work for one item is done ({@code task_done}). {@link #join} waits for these reports. Never
   * suspends. Loop thread only.
   *
   * @throws IllegalStateException if there are more reports than items were added (asyncio's {@code ValueError})
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
   * Waits until {@link #taskDone} was called for every item that was added ({@code join}). Suspends unless it was. Loop
   * thread only.
   *
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public final void join() {
    bound.check("join");
    if (unfinished > 0) {
      joiners.await();
    }
  }

  /**
   * Shuts the queue down and leaves its items to be taken ({@code shutdown()}). {@link #put} and {@link #putNowait}
   * throw a {@link QueueShutDownException} from now on, and {@link #get} and {@link #getNowait} do so when the queue is
   * empty. Waiting tasks are woken. Idempotent. Never suspends. Loop thread only.
   */
  public final void shutdown() {
    shutdown(false);
  }

  /**
   * Shuts the queue down ({@code shutdown(immediate)}). {@link #put} and {@link #putNowait} throw a {@link
   * QueueShutDownException} from now on, and {@link #get} and {@link #getNowait} do so when the queue is empty. Waiting
   * tasks are woken. A second call may still set {@code immediate}. Never suspends. Loop thread only.
   *
   * @param immediate whether to drop the items in the queue; for {@link #join} they count as done
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

  /**
   * Returns the number of items in the queue ({@code qsize}). Never suspends. Loop thread only.
   *
   * @return 0 or more
   */
  public final int qsize() {
    return items.size();
  }

  /**
   * Returns how many items the queue holds at most ({@code maxsize}). Never suspends. Any thread.
   *
   * @return the number given to the constructor; 0 or less for no bound
   */
  public final int maxsize() {
    return maxsize;
  }

  /**
   * Returns whether the queue has no items ({@code empty}). Never suspends. Loop thread only.
   *
   * @return true if {@link #get} would suspend
   */
  public final boolean empty() {
    return items.isEmpty();
  }

  /**
   * Returns whether the queue has no room ({@code full}). Never suspends. Loop thread only.
   *
   * @return true if {@link #put} would suspend; always false without a bound
   */
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
