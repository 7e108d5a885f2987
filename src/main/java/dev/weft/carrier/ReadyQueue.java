package dev.weft.carrier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * One FIFO with two entrances. The carrier appends to `local`, a plain ring. Other threads push on `inbox`, a Treiber
 * stack. The carrier moves the inbox behind `local` before it appends an entry of its own or looks at the queue. So an
 * entry that was pushed before something that the carrier has seen always precedes the carrier's next entry: the two
 * entrances keep one order. A linked MPSC queue would not: a producer halfway through a push hides the entries behind
 * its own.
 *
 * Sleeping is a Dekker protocol. The carrier stores asleep = true and then reads the inbox. A producer stores into the
 * inbox and then reads asleep. All four accesses are volatile, hence sequentially consistent: at least one side sees
 * the other, and no wakeup is lost. Of several producers, only the one that sets asleep back to false wakes the
 * carrier.
 *
 * The ring grows before it takes an entry, and the carrier takes the inbox once the ring has room for it. So a queue
 * that cannot allocate memory to grow keeps every entry in its place. ArrayDeque takes the entry first, and is broken
 * when it cannot grow.
 */

/**
 * The queue of what a loop runs next: a FIFO to which the carrier and all other threads append.
 *
 * @param <E> the type of the entries
 */
public class ReadyQueue<E> {

  private static final VarHandle INBOX;
  static final VarHandle ASLEEP;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      INBOX = lookup.findVarHandle(ReadyQueue.class, "inbox", Node.class);
      ASLEEP = lookup.findVarHandle(ReadyQueue.class, "asleep", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("NullAway") // has no entry
  private static final Node<?> CLOSED = new Node<>(null, null);

  private final Runnable wakeup;

  // carrier only
  private @Nullable Object[] local = new @Nullable Object[256]; // its length is a power of two
  private int head;
  private int size;

  // any thread, by compare-and-set
  private volatile @Nullable Node<E> inbox;

  // the carrier sets it; the thread that wakes the carrier clears it
  private volatile boolean asleep;

  /**
   * Creates an empty queue.
   *
   * @param wakeup ends the carrier's sleep; any thread calls it, and it must not block
   */
  public ReadyQueue(Runnable wakeup) {
    this.wakeup = wakeup;
  }

  /**
   * Appends an entry. Carrier only.
   *
   * @param entry the entry, not null
   */
  public void add(E entry) {
    if (inbox != null) {
      drainInbox();
    }
    if (size == local.length) {
      makeRoom(1);
    }
    local[head + size++ & local.length - 1] = entry;
  }

  /**
   * Appends an entry and wakes the carrier if it sleeps. Any thread.
   *
   * @param entry the entry, not null
   *
   * @return false if the queue is closed; the entry is not added then
   */
  public boolean offer(E entry) {
    Node<E> node = new Node<>(entry, inbox);
    for (; ; ) {
      if (node.next == CLOSED) {
        return false;
      }
      if (INBOX.compareAndSet(this, node.next, node)) {
        break;
      }
      node.next = inbox;
    }
    if (asleep && ASLEEP.compareAndSet(this, true, false)) {
      wakeup.run();
    }
    return true;
  }

  /** Moves the entries that other threads have appended into the carrier's part. Carrier only. */
  public void drainInbox() {
    if (inbox != null && inbox != CLOSED) {
      moveInbox(null);
    }
  }

  /** {@return the number of entries in the carrier's part} Call {@link #drainInbox} first. Carrier only. */
  public int size() {
    return size;
  }

  /** {@return whether the queue has no entry, be it from the carrier or from another thread} Carrier only. */
  public boolean isEmpty() {
    return size == 0 && inbox == null;
  }

  /** {@return the first entry, which stays in the queue; null if the carrier's part is empty} Carrier only. */
  @SuppressWarnings("unchecked") // the ring has nothing but entries
  public @Nullable E peek() {
    return (E) local[head];
  }

  /**
   * Puts an entry back in front. Carrier only.
   *
   * @param entry the entry that {@link #poll} returned last
   */
  public void putBack(E entry) {
    if (size == local.length) {
      makeRoom(1);
    }
    head = head - 1 & local.length - 1;
    local[head] = entry;
    size++;
  }

  /**
   * Removes the first entry. Carrier only.
   *
   * @return the entry; null if the carrier's part is empty
   */
  public @Nullable E poll() {
    E first = peek();
    if (first != null) {
      local[head] = null;
      head = head + 1 & local.length - 1;
      size--;
    }
    return first;
  }

  /**
   * Announces that the carrier is about to block. Carrier only.
   *
   * @return false if another thread has added an entry, so that the carrier must not block
   */
  public boolean beginSleep() {
    announceSleep();
    if (inbox == null) {
      return true;
    }
    asleep = false;
    return false;
  }

  /** Stores what must be visible before the inbox is read. It is a method so that a test can replace it. */
  void announceSleep() {
    asleep = true;
  }

  /** {@return whether the carrier sleeps and no thread has woken it} Any thread. */
  public boolean isAsleep() {
    return asleep;
  }

  /** Records that the carrier is awake. Carrier only. */
  public void endSleep() {
    asleep = false;
  }

  /**
   * Removes all entries and makes {@link #offer} refuse later ones. Carrier only.
   *
   * @return the removed entries, in order
   */
  @SuppressWarnings("unchecked") // CLOSED has no entry, and no thread pushes on it
  public List<E> close() {
    moveInbox((Node<E>) CLOSED);
    List<E> left = new ArrayList<>(size);
    for (E entry; (entry = poll()) != null; ) {
      left.add(entry);
    }
    return left;
  }

  @SuppressWarnings("NullAway") // the list from newest leads to counted, which may be its end
  private void moveInbox(@Nullable Node<E> replacement) {
    Node<E> newest = inbox;
    Node<E> counted = null;
    int count = 0;
    while (true) {
      for (Node<E> node = newest; node != counted && node != CLOSED; node = node.next) {
        count++;
      }
      if (count > local.length - size) {
        makeRoom(count);
      }
      if (INBOX.compareAndSet(this, newest, replacement)) {
        break;
      }
      counted = newest;
      newest = inbox;
    }
    // the newest is last
    size += count;
    int at = head + size;
    for (Node<E> node = newest; node != null && node != CLOSED; node = node.next) {
      local[--at & local.length - 1] = node.entry;
    }
  }

  private void makeRoom(int more) {
    int needed = Math.addExact(size, more);
    if (needed > 1 << 30) {
      throw new OutOfMemoryError("more than 2^30 entries are ready to run");
    }
    @Nullable
    Object[] larger =
        new @Nullable Object[Math.max(local.length * 2, Integer.highestOneBit(needed - 1) << 1)];
    int first = Math.min(size, local.length - head);
    System.arraycopy(local, head, larger, 0, first);
    System.arraycopy(local, 0, larger, first, size - first);
    local = larger;
    head = 0;
  }

  private static final class Node<E> {
    final E entry;

    @Nullable
    Node<E> next;

    Node(E entry, @Nullable Node<E> next) {
      this.entry = entry;
      this.next = next;
    }
  }
}
