package dev.weft.carrier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/*
 * One FIFO, two doors. The carrier appends to `local`, a plain deque. Other threads push on `inbox`, a
 * Treiber stack, whose content is moved behind `local` before the carrier appends anything of its own or
 * looks at the queue. So an entry that the carrier can have known of when it appended its own (it was
 * pushed before something the carrier has seen) always comes first: the two doors keep one order. A
 * linked MPSC queue would not do: a producer halfway through a push hides those behind it.
 *
 * Sleeping is a Dekker protocol. The carrier stores asleep = true and then reads the inbox; a producer
 * stores into the inbox and then reads asleep. Both sides are volatile, hence sequentially consistent:
 * at least one of them sees the other, and no wakeup is lost. The producer that flips asleep back to
 * false is the only one that wakes the sleeper, however many come at once.
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

  private static final Node<?> CLOSED = new Node<>(null, null);

  private final Runnable wakeup;

  // carrier only
  private final ArrayDeque<E> local = new ArrayDeque<>(256);

  // any thread, by compare-and-set
  private volatile Node<E> inbox;

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
    local.add(entry);
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
      moveToLocal(takeInbox(null));
    }
  }

  /** The number of entries that the carrier has; carrier only, after {@link #drainInbox}. */
  public int size() {
    return local.size();
  }

  /** Whether there is nothing to run, from the carrier or from elsewhere; carrier only. */
  public boolean isEmpty() {
    return local.isEmpty() && inbox == null;
  }

  /** The first entry, which stays; null if there is none; carrier only. */
  public E peek() {
    return local.peekFirst();
  }

  /** Puts an entry back to where {@link #poll} took it from; carrier only. */
  public void putBack(E entry) {
    local.addFirst(entry);
  }

  /** Takes the first entry; null if there is none; carrier only. */
  public E poll() {
    return local.pollFirst();
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
  @SuppressWarnings("unchecked")
  public List<E> close() {
    moveToLocal(takeInbox((Node<E>) CLOSED));
    List<E> left = new ArrayList<>(local);
    local.clear();
    return left;
  }

  @SuppressWarnings("unchecked")
  private Node<E> takeInbox(Node<E> replacement) {
    return (Node<E>) INBOX.getAndSet(this, replacement);
  }

  private void moveToLocal(Node<E> newest) {
    Node<E> oldest = null;
    for (Node<E> node = newest; node != null && node != CLOSED; ) {
      Node<E> next = node.next;
      node.next = oldest;
      oldest = node;
      node = next;
    }
    for (Node<E> node = oldest; node != null; node = node.next) {
      local.add(node.entry);
    }
  }

  private static final class Node<E> {
    final E entry;
    Node<E> next;

    Node(E entry, Node<E> next) {
      this.entry = entry;
      this.next = next;
    }
  }
}
