package dev.weft.sync;

import static dev.weft.testkit.Loops.started;
import static dev.weft.testkit.Loops.turns;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.Task;
import dev.weft.testkit.Loops;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The shutdown of a queue. */
class QueueShutdownTest {

  private static void assertShutDown(Task<?> task) {
    assertThrows(QueueShutDownException.class, task::await);
  }

  @Test
  @DisplayName(
      "Q-6: after shutdown put fails, and get takes the remaining items and then fails too")
  void drains() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.putNowait("a");
      queue.putNowait("b");
      queue.shutdown();
      assertThrows(QueueShutDownException.class, () -> queue.putNowait("c"));
      assertThrows(QueueShutDownException.class, () -> queue.put("c"));
      assertEquals("a", queue.get());
      assertEquals("b", queue.getNowait());
      assertThrows(QueueShutDownException.class, queue::get);
      assertThrows(QueueShutDownException.class, queue::getNowait);
    });
  }

  @Test
  @DisplayName(
      "Q-6: shutdown wakes all blocked tasks, which fail; remaining items can still be taken")
  void wakesAll() {
    Loops.run(() -> {
      var empty = new Queue<String>();
      Task<String> first = started(() -> empty.get());
      Task<String> second = started(() -> empty.get());
      empty.shutdown();
      assertShutDown(first);
      assertShutDown(second);
      var full = new Queue<String>(1);
      full.putNowait("a");
      Task<Void> third = started(() -> full.put("b"));
      Task<Void> fourth = started(() -> full.put("c"));
      full.shutdown();
      assertShutDown(third);
      assertShutDown(fourth);
      assertEquals("a", full.getNowait());
      assertTrue(full.empty());
    });
  }

  @Test
  @DisplayName("Q-6: a getter that was woken for an item before the shutdown still gets it")
  void wokenBefore() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      Task<String> getting = started(() -> queue.get());
      queue.putNowait("a");
      queue.shutdown();
      assertEquals("a", getting.await());
    });
  }

  @Test
  @DisplayName("Q-6: after shutdown join still waits for the unfinished items")
  void joinAfterShutdown() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.putNowait("a");
      Task<Void> joining = started(queue::join);
      queue.shutdown();
      turns(2);
      assertFalse(joining.done());
      queue.getNowait();
      queue.taskDone();
      joining.await();
    });
  }

  @Test
  @DisplayName(
      "Q-7: immediate shutdown drops the items, and join returns if no other item is unfinished")
  void immediate() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.putNowait("a");
      queue.putNowait("b");
      Task<Void> joining = started(queue::join);
      queue.shutdown(true);
      assertTrue(queue.empty());
      assertThrows(QueueShutDownException.class, queue::get);
      joining.await();
      assertThrows(IllegalStateException.class, queue::taskDone);
    });
  }

  @Test
  @DisplayName(
      "Q-7: after immediate shutdown join still waits for an item that was taken and is not finished")
  void immediateWithOneTaken() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.putNowait("a");
      queue.putNowait("b");
      queue.getNowait();
      Task<Void> joining = started(queue::join);
      queue.shutdown(true);
      turns(2);
      assertFalse(joining.done());
      queue.taskDone();
      joining.await();
    });
  }

  @Test
  @DisplayName(
      "Q-7: after immediate shutdown a getter that was woken for an item fails, and the item is dropped")
  void immediateAfterWaking() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      Task<String> getting = started(() -> queue.get());
      queue.putNowait("a");
      queue.shutdown(true);
      assertShutDown(getting);
      queue.join();
    });
  }

  @Test
  @DisplayName("Q-7: after immediate shutdown a waiting putter fails, although there is room now")
  void immediateWithPutter() {
    Loops.run(() -> {
      var queue = new Queue<String>(1);
      queue.putNowait("a");
      Task<Void> putting = started(() -> queue.put("b"));
      queue.shutdown(true);
      assertShutDown(putting);
      assertTrue(queue.empty());
    });
  }

  @Test
  @DisplayName("Q-8: a queue that was shut down can be shut down again with immediate")
  void escalate() {
    Loops.run(() -> {
      var queue = new Queue<String>();
      queue.putNowait("a");
      Task<Void> joining = started(queue::join);
      queue.shutdown();
      queue.shutdown();
      assertEquals(1, queue.qsize());
      queue.shutdown(true);
      assertTrue(queue.empty());
      joining.await();
      queue.shutdown();
      assertThrows(QueueShutDownException.class, queue::get);
    });
  }
}
