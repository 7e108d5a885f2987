package dev.weft.carrier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * One FIFO, two doors. The carrier appends to `local`, a plain ring. Other threads push on `inbox`, a
 * Treiber stack, whose content is moved behind `local` before the carrier appends anything of its own or
 * looks at the queue. So an entry that the carrier can have known of when it appended its own (it was
 * pushed before something the carrier has seen) always comes first: the two doors keep one order. A
 * linked MPSC queue would not do: a producer halfway through a push hides those behind it.
 *
 * Sleeping is a Dekker protocol. The carrier stores asleep = true and then reads the inbox; a producer
 * stores into the inbox and then reads asleep. Both sides are volatile, hence sequentially consistent:
 * at least one of them sees the other, and no wakeup is lost. The producer that flips asleep back to
 * false is the only one that wakes the sleeper, however many come at once.
 *
 * The ring grows before it takes an entry, and the inbox is taken once the ring has room for it. So a queue
 * that finds no memory to grow fails as it was, with every entry in its place. ArrayDeque takes the entry
 * first, and is empty when it cannot grow.
 */

/**
 * What the loop runs next: a FIFO that its carrier and any other thread may append to.
 *
 * @param <E> the entries
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

  // set by the carrier, cleared by whoever wakes it
  private volatile boolean asleep;

  /**
   * @param wakeup ends the carrier's sleep; may be called from any thread and must not block
   */
  public ReadyQueue(Runnable wakeup) {
    this.wakeup = wakeup;
  }

  /** Appends an entry; carrier only. */
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
   * Appends an entry from any thread and wakes the carrier if it sleeps.
   *
   * @return false if the queue is closed and the entry was not taken
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

  /** Moves what other threads have appended into the carrier's part; carrier only. */
  public void drainInbox() {
    if (inbox != null && inbox != CLOSED) {
      moveInbox(null);
    }
  }

  /** The number of entries that the carrier has; carrier only, after {@link #drainInbox}. */
  public int size() {
    return size;
  }

  /** Whether there is nothing to run, from the carrier or from elsewhere; carrier only. */
  public boolean isEmpty() {
    return size == 0 && inbox == null;
  }

  /** The first entry, which stays; null if there is none; carrier only. */
  @SuppressWarnings("unchecked") // the ring has nothing but entries
  public @Nullable E peek() {
    return (E) local[head];
  }

  /** Puts an entry back to where {@link #poll} took it from; carrier only. */
  public void putBack(E entry) {
    if (size == local.length) {
      makeRoom(1);
    }
    head = head - 1 & local.length - 1;
    local[head] = entry;
    size++;
  }

  /** Takes the first entry; null if there is none; carrier only. */
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
   * Announces that the carrier is about to block; carrier only.
   *
   * @return false if something has come in meanwhile and the carrier must not block
   */
  public boolean beginSleep() {
    announceSleep();
    if (inbox == null) {
      return true;
    }
    asleep = false;
    return false;
  }

  /** The store that must not pass the read of the inbox. Apart so that a test can show what it is for. */
  void announceSleep() {
    asleep = true;
  }

  /** Whether the carrier sleeps and nobody has woken it; any thread. */
  public boolean isAsleep() {
    return asleep;
  }

  /** Says that the carrier is awake; carrier only. */
  public void endSleep() {
    asleep = false;
  }

  /**
   * Takes everything and refuses whatever comes from now on; carrier only.
   *
   * @return what was left, in order
   */
  @SuppressWarnings("unchecked") // nobody adds to the node that says it is closed
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
