package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The heap of timers against a model: {@link PriorityQueue} by deadline, then by age. */
class TimerQueueTest {

  private final ScriptedLoop loop = new ScriptedLoop();
  private final TimerQueue queue = new TimerQueue();

  @AfterEach
  void close() {
    loop.close();
  }

  private TimerHandle timer(long when) {
    return new TimerHandle(loop, when, () -> {}, Bindings.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  @DisplayName("LOOP-7: adding, removing and taking at random agrees with a model")
  void agreesWithModel(long seed) {
    var random = new Random(seed);
    var model = new PriorityQueue<TimerHandle>(
        Comparator.<TimerHandle>comparingLong(t -> t.when).thenComparingLong(t -> t.sequence));
    var live = new ArrayList<TimerHandle>();
    var gone = new ArrayList<TimerHandle>();
    int spread = 1 << random.nextInt(2, 20); // few deadlines: many equal ones
    for (int i = 0; i < 20_000; i++) {
      int growth = i % 4_000 < 2_000 ? 60 : 25; // grows and shrinks in turn
      int dice = random.nextInt(100);
      if (dice < growth) {
        TimerHandle added = timer(random.nextInt(spread));
        queue.add(added);
        model.add(added);
        live.add(added);
      } else if (dice < 80 && !live.isEmpty()) {
        TimerHandle removed = live.remove(random.nextInt(live.size()));
        queue.remove(removed);
        model.remove(removed);
        gone.add(removed);
      } else if (dice < 95 && !model.isEmpty()) {
        TimerHandle first = model.poll();
        assertSame(first, queue.poll());
        live.remove(first);
        gone.add(first);
      } else if (!gone.isEmpty()) {
        queue.remove(gone.get(random.nextInt(gone.size()))); // not in the queue: no effect
      }
      assertEquals(model.size(), queue.size());
      assertEquals(model.isEmpty(), queue.isEmpty());
      assertSame(model.peek(), queue.peek());
    }
    while (!model.isEmpty()) {
      assertSame(model.poll(), queue.poll());
    }
    assertTrue(queue.isEmpty());
    assertNull(queue.peek());
  }

  @Test
  @DisplayName("LOOP-6: equal deadlines come out in the order in which they went in")
  void firstInFirstOut() {
    List<TimerHandle> timers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      timers.add(timer(42));
      queue.add(timers.get(i));
    }
    for (TimerHandle expected : timers) {
      assertSame(expected, queue.poll());
    }
  }

  @Test
  @DisplayName("LOOP-5: deadlines on both sides of the overflow of the clock keep their order")
  void overflow() {
    TimerHandle before = timer(Long.MAX_VALUE - 5);
    TimerHandle at = timer(Long.MAX_VALUE);
    TimerHandle after = timer(Long.MAX_VALUE + 7);
    queue.add(after);
    queue.add(at);
    queue.add(before);
    assertSame(before, queue.poll());
    assertSame(at, queue.poll());
    assertSame(after, queue.poll());
  }

  @Test
  @DisplayName("LOOP-5: timers fire in order while the clock overflows")
  void overflowOnTheLoop() {
    loop.clock.now = Long.MAX_VALUE - 10;
    var fired = new ArrayList<String>();
    loop.callLater(java.time.Duration.ofNanos(20), () -> {
      fired.add("after");
      loop.stop();
    });
    loop.callLater(java.time.Duration.ofNanos(5), () -> fired.add("before"));
    loop.runForever();
    assertEquals(List.of("before", "after"), fired);
    assertEquals(List.of(5L, 15L), loop.timeouts);
  }

  @Test
  @DisplayName("LOOP-7: timers that are all cancelled leave no memory behind")
  void shrinks() throws Exception {
    var timers = new ArrayList<TimerHandle>();
    for (int i = 0; i < 100_000; i++) {
      timers.add(timer(i));
      queue.add(timers.get(i));
    }
    timers.forEach(queue::remove);
    assertTrue(queue.isEmpty());
    assertTrue(capacity() <= 128, "capacity " + capacity());
    for (int i = 0; i < 1_000_000; i++) {
      TimerHandle cancelled = timer(i);
      queue.add(cancelled);
      queue.remove(cancelled);
    }
    assertTrue(capacity() <= 128, "capacity " + capacity());
  }

  @Test
  @DisplayName("LOOP-7: the heap keeps no reference to a timer that has left it")
  void noLeak() throws Exception {
    TimerHandle a = timer(1);
    TimerHandle b = timer(2);
    queue.add(a);
    queue.add(b);
    queue.remove(a);
    queue.poll();
    for (TimerHandle slot : heap()) {
      assertNull(slot);
    }
    queue.add(a);
    queue.clear();
    assertNull(queue.peek());
    queue.remove(a); // the queue no longer refers to it
    assertTrue(queue.isEmpty());
  }

  private int capacity() throws Exception {
    return heap().length;
  }

  private TimerHandle[] heap() throws Exception {
    var field = TimerQueue.class.getDeclaredField("heap");
    field.setAccessible(true);
    return (TimerHandle[]) field.get(queue);
  }
}
