package dev.weft.sync;

import java.util.AbstractQueue;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue from which tasks take the smallest item first, and the oldest of equal items: asyncio's {@code
 * PriorityQueue}.
 *
 * <p>{@code java.util} has a type of this name, too.
 * Where a file imports that package, {@code import dev.weft.sync.PriorityQueue;} selects this one.
 *
 * @param <E> the type of the items
 */
public final class PriorityQueue<E> extends Queue<E> {

  /**
   * Creates a queue in natural order and without a bound. Its items are {@link Comparable}. Any thread. Never suspends.
   */
  public PriorityQueue() {
    this(0);
  }

  /**
   * Creates a queue in natural order and of bounded size. Its items are {@link Comparable}. Any thread. Never suspends.
   *
   * @param maxsize how many items the queue holds at most; 0 or less for no bound
   */
  @SuppressWarnings("unchecked") // an item of another type is refused when it is compared
  public PriorityQueue(int maxsize) {
    this(maxsize, (Comparator<? super E>) Comparator.naturalOrder());
  }

  /**
   * Creates a queue without a bound. Any thread. Never suspends.
   *
   * @param order decides which of two items is smaller
   */
  public PriorityQueue(Comparator<? super E> order) {
    this(0, order);
  }

  /**
   * Creates a queue of bounded size. Any thread. Never suspends.
   *
   * @param maxsize how many items the queue holds at most; 0 or less for no bound
   * @param order decides which of two items is smaller
   */
  public PriorityQueue(int maxsize, Comparator<? super E> order) {
    super(maxsize, new Heap<>(Objects.requireNonNull(order, "order")));
  }

  /** The JDK's heap, which returns equal items in the order of insertion. */
  private static final class Heap<E> extends AbstractQueue<E> {
    private record Entry<E>(E item, long sequence) {}

    private final java.util.PriorityQueue<Entry<E>> entries;
    private final Comparator<? super E> order;
    private long sequence;

    Heap(Comparator<? super E> order) {
      this.order = order;
      entries = new java.util.PriorityQueue<>(
          Comparator.<Entry<E>, E>comparing(Entry::item, order).thenComparingLong(Entry::sequence));
    }

    @Override
    public boolean offer(E item) {
      if (entries.isEmpty()) {
        // the heap does not compare its first item: this refuses an item that has no order
        order.compare(item, item);
      }
      return entries.add(new Entry<>(item, sequence++));
    }

    @Override
    public @Nullable E poll() {
      Entry<E> entry = entries.poll();
      return entry == null ? null : entry.item();
    }

    @Override
    public @Nullable E peek() {
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
