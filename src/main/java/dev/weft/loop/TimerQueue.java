package dev.weft.loop;

import java.util.Arrays;

/*
 * A binary heap in an array. Each timer knows its index, so a cancelled timer is removed at once. (Asyncio leaves it in
 * the heap and rebuilds the heap when half of it is cancelled. That costs the same on average, but memory grows
 * meanwhile.) Deadlines are compared by their difference, as System.nanoTime requires, and equal deadlines by their
 * sequence: the timer that was set first is due first.
 */

/** The timers of a loop, the earliest first. Loop thread only. */
final class TimerQueue {

  static final int ABSENT = -1;

  private TimerHandle[] heap = new TimerHandle[16];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** Returns the earliest timer and leaves it in the queue, which must not be empty. */
  TimerHandle peek() {
    return heap[0];
  }

  void add(TimerHandle timer) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    siftUp(size++, timer);
  }

  /** Removes and returns the earliest timer. The queue must not be empty. */
  TimerHandle poll() {
    TimerHandle first = heap[0];
    remove(first);
    return first;
  }

  /** Removes a timer. Has no effect if the timer is not in the queue. */
  @SuppressWarnings("NullAway") // slots from size on are empty
  void remove(TimerHandle timer) {
    int at = timer.heapIndex;
    if (at == ABSENT) {
      return;
    }
    timer.heapIndex = ABSENT;
    TimerHandle last = heap[--size];
    heap[size] = null;
    if (last != timer) {
      siftDown(at, last);
      if (heap[at] == last) {
        siftUp(at, last);
      }
    }
    if (heap.length > 64 && size < heap.length / 4) {
      heap = Arrays.copyOf(heap, heap.length / 2);
    }
  }

  void clear() {
    for (int i = 0; i < size; i++) {
      heap[i].heapIndex = ABSENT;
    }
    heap = new TimerHandle[16];
    size = 0;
  }

  private void siftUp(int at, TimerHandle timer) {
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      TimerHandle above = heap[parent];
      if (!before(timer, above)) {
        break;
      }
      place(at, above);
      at = parent;
    }
    place(at, timer);
  }

  private void siftDown(int at, TimerHandle timer) {
    int half = size >>> 1;
    while (at < half) {
      int child = 2 * at + 1;
      if (child + 1 < size && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], timer)) {
        break;
      }
      place(at, heap[child]);
      at = child;
    }
    place(at, timer);
  }

  private void place(int at, TimerHandle timer) {
    heap[at] = timer;
    timer.heapIndex = at;
  }

  private static boolean before(TimerHandle a, TimerHandle b) {
    long difference = a.when - b.when;
    return difference < 0 || difference == 0 && a.sequence < b.sequence;
  }
}
