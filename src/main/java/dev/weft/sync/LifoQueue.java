package dev.weft.sync;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A queue from which tasks take the newest item first: asyncio's {@code LifoQueue}.
 *
 * @param <E> the type of the items
 */
public final class LifoQueue<E> extends Queue<E> {

  /** Creates a queue without a bound. Any thread. Never suspends. */
  public LifoQueue() {
    this(0);
  }

  /**
   * Creates a queue of bounded size. Any thread. Never suspends.
   *
   * @param maxsize how many items the queue holds at most; 0 or less for no bound
   */
  public LifoQueue(int maxsize) {
    super(maxsize, Collections.asLifoQueue(new ArrayDeque<>()));
  }
}
