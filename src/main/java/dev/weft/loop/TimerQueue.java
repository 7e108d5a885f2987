package dev.weft.loop;

import java.util.Arrays;

/*
 * A binary heap in an array. Each timer knows its index, so that a cancelled one is taken out at once:
 * asyncio leaves it in and rebuilds the heap when half of it is dead, which costs the same on average but
 * lets memory grow meanwhile. Deadlines are compared by their difference, as System.nanoTime asks, and
 * equal ones by sequence: first set, first due.
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

  /** The earliest timer, which stays; null if there is none. */
  TimerHandle peek() {
    return heap[0];
  }

  void add(TimerHandle timer) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    siftUp(size++, timer);
  }

  /** Takes the earliest timer. */
  TimerHandle poll() {
    TimerHandle first = heap[0];
    remove(first);
    return first;
  }

  /** Takes a timer out; nothing happens if it is not in. */
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
