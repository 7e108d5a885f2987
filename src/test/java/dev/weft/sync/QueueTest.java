package dev.weft.sync;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A queue, which passes items from some tasks to others. */
class QueueTest {

  private final Order order = new Order();

  @Test
  @DisplayName("Q-1: a queue of maxsize 0 or less is never full")
  void unbounded() {
    for (int maxsize : new int[] {0, -1}) {
      var queue = new Queue<Integer>(maxsize);
      for (int i = 0; i < 1000; i++) {
        assertFalse(queue.full());
        queue.putNowait(i);
      }
      assertEquals(1000, queue.qsize());
      assertEquals(maxsize, queue.maxsize());
    }
  }

  @Test
  @DisplayName(
      "Q-1: a queue with maxsize items is full, and putNowait fails; getNowait fails when it is empty")
  void bounded() {
    var queue = new Queue<String>(2);
    assertTrue(queue.empty());
    assertThrows(QueueEmptyException.class, queue::getNowait);
    queue.putNowait("a");
    assertFalse(queue.full() || queue.empty());
    queue.putNowait("b");
    assertTrue(queue.full());
    assertThrows(QueueFullException.class, () -> queue.putNowait("c"));
    assertEquals("a", queue.getNowait());
    assertEquals("b", queue.getNowait());
    assertTrue(queue.empty());
  }

  @Test
  @DisplayName(
      "Q-2: a woken getter whose item is taken waits again, behind those that arrived meanwhile")
  void stolenItem() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      Task<String> robbed = started(() -> queue.get());
      Task<String> second = started(() -> queue.get());
      queue.putNowait("a");
      assertEquals("a", queue.getNowait());
      turns(2);
      assertFalse(robbed.done());
      queue.putNowait("b");
      queue.putNowait("c");
      assertEquals("b", second.await());
      assertEquals("c", robbed.await());
    });
  }

  @Test
  @DisplayName(
      "Q-2: a woken putter whose room is taken waits again, behind those that arrived meanwhile")
  void stolenRoom() {
    Loops.run(() -> {
      var queue = new Queue<String>(1);
      queue.putNowait("a");
      Task<Void> robbed = started(() -> queue.put("robbed"));
      Task<Void> second = started(() -> queue.put("second"));
      queue.getNowait();
      queue.putNowait("thief");
      turns(2);
      assertFalse(robbed.done());
      assertEquals("thief", queue.getNowait());
      assertEquals("second", queue.get());
      assertEquals("robbed", queue.get());
      second.await();
      robbed.await();
    });
  }

  @Test
  @DisplayName("Q-3: a getter that is cancelled after it was woken wakes the next; no item is lost")
  void cancelledGetter() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      Task<String> cancelled = started(() -> queue.get());
      Task<String> next = started(() -> queue.get());
      queue.putNowait("a");
      cancelled.cancel();
      assertThrows(CancelledError.class, cancelled::await);
      assertEquals("a", next.await());
    });
  }

  @Test
  @DisplayName(
      "Q-3: a putter that is cancelled after it was woken wakes the next; its item is not added")
  void cancelledPutter() {
    Loops.run(() -> {
      var queue = new Queue<String>(1);
      queue.putNowait("a");
      Task<Void> cancelled = started(() -> queue.put("cancelled"));
      Task<Void> next = started(() -> queue.put("next"));
      queue.getNowait();
      cancelled.cancel();
      assertThrows(CancelledError.class, cancelled::await);
      next.await();
      assertEquals("next", queue.getNowait());
      assertTrue(queue.empty());
    });
  }

  @Test
  @DisplayName("Q-3: a task that is cancelled without having been woken wakes no other")
  void cancelledUnwoken() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      Task<String> cancelled = started(() -> queue.get());
      Task<String> woken = started(() -> queue.get());
      Task<String> third = started(() -> queue.get());
      cancelled.cancel();
      queue.putNowait("a");
      assertEquals("a", woken.await());
      assertTrue(cancelled.cancelled());
      turns(2);
      assertTrue(queue.toString().contains("1 getting"), queue.toString());
      queue.putNowait("b");
      assertEquals("b", third.await());
    });
  }

  @Test
  @DisplayName("Q-4: get on a queue with items and put on a queue with room do not suspend")
  void doesNotSuspend() {
    Loops.run(() -> {
      var queue = new Queue<String>(1);
      EventLoop.getRunningLoop().callSoon(() -> order.expect(2));
      queue.put("a");
      assertEquals("a", queue.get());
      order.expect(1);
      turns(1);
      order.finish(3);
    });
  }

  @Test
  @DisplayName("Q-5: join waits until taskDone was called for each added item, taken or not")
  void join() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.join(); // returns at once, because no item was added
      queue.putNowait("a");
      queue.putNowait("b");
      Task<Void> joining = started(queue::join);
      queue.getNowait();
      queue.getNowait();
      turns(2);
      assertFalse(joining.done());
      queue.taskDone();
      turns(2);
      assertFalse(joining.done());
      queue.taskDone();
      joining.await();
      assertThrows(IllegalStateException.class, queue::taskDone);
      queue.join();
      queue.putNowait("c");
      Task<Void> again = started(queue::join);
      assertFalse(again.done(), "an item that is added later counts");
      queue.taskDone();
      again.await();
    });
  }

  @Test
  @DisplayName(
      "Q-5: an item that is added after the last taskDone and before join runs does not delay it")
  void joinIsWoken() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.putNowait("a");
      Task<Void> joining = started(queue::join);
      queue.taskDone();
      queue.putNowait("b");
      joining.await();
    });
  }

  @Test
  @DisplayName("Q-9: a priority queue gives the smallest item first, and of equal items the oldest")
  void priority() {
    var queue = new PriorityQueue<String>(0, Comparator.comparing(String::length));
    for (String item : List.of("ccc", "b", "aa", "a", "bb", "c")) {
      queue.putNowait(item);
    }
    for (String item : List.of("b", "a", "c", "aa", "bb", "ccc")) {
      assertEquals(item, queue.getNowait());
    }
    PriorityQueue<Integer> natural = new PriorityQueue<>(2);
    natural.putNowait(2);
    natural.putNowait(1);
    assertThrows(QueueFullException.class, () -> natural.putNowait(0));
    assertEquals(1, natural.getNowait());
    assertEquals(2, natural.getNowait());
    assertThrows(QueueEmptyException.class, natural::getNowait);
  }

  @Test
  @DisplayName(
      "Q-9: putting an item that cannot be compared is an error, and the item does not count")
  void incomparable() {
    Loops.run(() -> {
      Comparator<Object> refusing = (a, b) -> {
        throw new ClassCastException();
      };
      var queue = new PriorityQueue<Object>(0, refusing);
      assertThrows(ClassCastException.class, () -> {
        queue.putNowait(new Object());
        queue.putNowait(new Object());
      });
      assertTrue(queue.qsize() <= 1);
      while (!queue.empty()) {
        queue.getNowait();
        queue.taskDone();
      }
      queue.join();
    });
  }

  @Test
  @DisplayName("Q-9: a LIFO queue gives the newest item first, and wakes as any other queue")
  void lifo() {
    Loops.run(() -> {
      var queue = new LifoQueue<Integer>(2);
      queue.putNowait(1);
      queue.putNowait(2);
      Task<Void> putting = started(() -> queue.put(3));
      assertEquals(2, queue.get());
      putting.await();
      assertEquals(3, queue.get());
      assertEquals(1, queue.get());
      Task<Integer> getting = started(() -> queue.get());
      queue.putNowait(4);
      assertEquals(4, getting.await());
    });
  }

  @Test
  @DisplayName("Q-10: another thread can use the queue through callSoonThreadsafe")
  void otherThread() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      var queue = new Queue<String>();
      loop.runInExecutor(() -> {
        assertThrows(IllegalStateException.class, queue::get);
        loop.callSoonThreadsafe(() -> queue.putNowait("a"));
        return null;
      });
      assertEquals("a", queue.get());
    });
  }

  @Test
  @DisplayName("putting null is an error before the wait")
  void nulls() {
    Loops.run(() -> {
      var queue = new Queue<String>(1);
      queue.putNowait("a");
      assertThrows(NullPointerException.class, () -> queue.put(null));
      assertThrows(NullPointerException.class, () -> queue.putNowait(null));
      assertThrows(NullPointerException.class, () -> new PriorityQueue<String>(0, null));
      assertEquals(1, queue.qsize());
    });
  }

  @Test
  @DisplayName("with many getters and many items each getter gets one item")
  void many() {
    int number = 10_000;
    Loops.run(() -> {
      var queue = new Queue<Integer>();
      int[] sum = {0};
      for (int i = 0; i < number; i++) {
        EventLoop.getRunningLoop().createTask(() -> {
          int item = queue.get();
          sum[0] += item;
        });
      }
      turns(1);
      for (int i = 0; i < number; i++) {
        queue.putNowait(1);
      }
      turns(1);
      assertEquals(number, sum[0]);
    });
  }
}
