package dev.weft.sync;

import java.util.ArrayDeque;
import java.util.Collections;

/**
 * A queue that gives the newest item first: asyncio's {@code LifoQueue}.
 *
 * @param <E> the type of the items
 */
public final class LifoQueue<E> extends Queue<E> {

  /** A queue without bound. */
  public LifoQueue() {
    this(0);
  }

  /**
   * A queue of bounded size.
   *
   * @param maxsize how many items it holds at most; 0 or less for no bound
   */
  public LifoQueue(int maxsize) {
    super(maxsize, Collections.asLifoQueue(new ArrayDeque<>()));
  }
}
