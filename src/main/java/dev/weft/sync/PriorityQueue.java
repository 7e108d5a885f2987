package dev.weft.sync;

import java.util.AbstractQueue;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Objects;

/**
 * A queue that gives the smallest item first, and of equal ones the oldest: asyncio's {@code
 * PriorityQueue}.
 *
 * @param <E> the type of the items
 */
public final class PriorityQueue<E> extends Queue<E> {

  /**
   * A queue of bounded size.
   *
   * @param maxsize how many items it holds at most; 0 or less for no bound
   * @param order what is smaller
   */
  public PriorityQueue(int maxsize, Comparator<? super E> order) {
    super(maxsize, new Heap<>(Objects.requireNonNull(order, "order")));
  }

  /** A queue in natural order, without bound. */
  public static <E extends Comparable<? super E>> PriorityQueue<E> natural() {
    return natural(0);
  }

  /**
   * A queue in natural order, of bounded size.
   *
   * @param maxsize how many items it holds at most; 0 or less for no bound
   */
  public static <E extends Comparable<? super E>> PriorityQueue<E> natural(int maxsize) {
    return new PriorityQueue<>(maxsize, Comparator.naturalOrder());
  }

  /** The JDK's heap, made stable. */
  private static final class Heap<E> extends AbstractQueue<E> {
    private record Entry<E>(E item, long sequence) {}

    private final java.util.PriorityQueue<Entry<E>> entries;
    private long sequence;

    Heap(Comparator<? super E> order) {
      entries = new java.util.PriorityQueue<>(
          Comparator.<Entry<E>, E>comparing(Entry::item, order).thenComparingLong(Entry::sequence));
    }

    @Override
    public boolean offer(E item) {
      return entries.add(new Entry<>(item, sequence++));
    }

    @Override
    public E poll() {
      Entry<E> entry = entries.poll();
      return entry == null ? null : entry.item();
    }

    @Override
    public E peek() {
      Entry<E> entry = entries.peek();
      return entry == null ? null : entry.item();
    }

    @Override
    public int size() {
      return entries.size();
    }

    @Override
    public Iterator<E> iterator() {
      return entries.stream().map(Entry::item).iterator();
    }
  }
}
