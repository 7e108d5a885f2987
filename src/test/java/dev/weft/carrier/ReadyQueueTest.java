package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One FIFO queue with two inputs: one for the carrier, one for other threads. */
class ReadyQueueTest {

  private final AtomicInteger wakeups = new AtomicInteger();
  private final ReadyQueue<String> queue = new ReadyQueue<>(wakeups::incrementAndGet);

  private List<String> takeAll() {
    var taken = new ArrayList<String>();
    queue.drainInbox();
    for (String entry; (entry = queue.poll()) != null; ) {
      taken.add(entry);
    }
    return taken;
  }

  @Test
  @DisplayName(
      "ready queue: the carrier's own entries and those of other threads come out in the order of appending")
  void oneOrder() {
    queue.add("a");
    assertTrue(queue.offer("b"));
    assertTrue(queue.offer("c"));
    queue.add("d");
    assertTrue(queue.offer("e"));
    queue.add("f");
    assertEquals(List.of("a", "b", "c", "d", "e", "f"), takeAll());
  }

  @Test
  @DisplayName("LOOP-2: entries of other threads count for the turn only after they are drained")
  void sizeAndPeek() {
    assertTrue(queue.isEmpty());
    assertNull(queue.peek());
    assertNull(queue.poll());
    queue.offer("a");
    assertFalse(queue.isEmpty());
    assertEquals(0, queue.size());
    queue.drainInbox();
    assertEquals(1, queue.size());
    assertEquals("a", queue.peek());
    assertEquals(1, queue.size());
    queue.offer("b");
    queue.putBack("0");
    assertEquals(List.of("0", "a", "b"), takeAll());
    assertTrue(queue.isEmpty());
  }

  @Test
  @DisplayName(
      "LOOP-13: a sleeping carrier is woken once for any number of entries; an awake one is never woken")
  void wakesOnce() {
    queue.offer("a");
    assertEquals(0, wakeups.get());
    takeAll();
    assertTrue(queue.beginSleep());
    queue.offer("b");
    queue.offer("c");
    assertEquals(1, wakeups.get());
    queue.endSleep();
    queue.offer("d");
    assertEquals(1, wakeups.get());
    takeAll();
    assertTrue(queue.beginSleep());
    queue.endSleep();
    queue.offer("e");
    assertEquals(1, wakeups.get());
  }

  @Test
  @DisplayName("LOOP-13: if an entry has arrived, the carrier does not sleep and gets no wake-up")
  void mayNotSleep() {
    queue.offer("a");
    assertFalse(queue.beginSleep());
    queue.offer("b");
    assertEquals(0, wakeups.get());
  }

  @Test
  @DisplayName("J3: a closed queue returns its entries in order and accepts no more")
  void close() {
    queue.add("a");
    queue.offer("b");
    queue.offer("c");
    assertEquals(List.of("a", "b", "c"), queue.close());
    assertFalse(queue.offer("d"));
    assertEquals(0, wakeups.get());
    queue.drainInbox();
    assertNull(queue.poll());
  }

  @Test
  @DisplayName(
      "J3: all entries of several threads arrive, in the order of each thread, also while the carrier sleeps")
  void manyProducers() throws Exception {
    int producers = 4;
    int each = 50_000;
    Thread consumer = Thread.currentThread();
    var busy = new ReadyQueue<int[]>(() -> LockSupport.unpark(consumer));
    for (int p = 0; p < producers; p++) {
      int producer = p;
      Thread.ofPlatform().daemon().start(() -> {
        for (int i = 0; i < each; i++) {
          busy.offer(new int[] {producer, i});
          if (i % 64 == 0) {
            Thread.yield();
          }
        }
      });
    }
    int[] next = new int[producers];
    for (int left = producers * each; left > 0; ) {
      busy.drainInbox();
      for (int[] entry; (entry = busy.poll()) != null; left--) {
        assertEquals(next[entry[0]]++, entry[1]);
      }
      if (left > 0 && busy.beginSleep()) {
        LockSupport.park(); // hangs if a wake-up is lost
        busy.endSleep();
      }
    }
    assertTrue(busy.isEmpty());
  }
}
