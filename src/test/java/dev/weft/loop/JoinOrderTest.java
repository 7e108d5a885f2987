package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When the waiters of a task learn of its end. */
class JoinOrderTest {

  private final Order order = new Order();

  @Test
  @DisplayName(
      "TASK-13: callbacks and waiters of a task run in the turn after its end, in the order of registration")
  void registrationOrder() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<String> task = loop.createTask(() -> {
        Loops.turns(2);
        loop.callSoon(() -> order.expect(2));
        order.expect(1);
        return "x";
      });
      task.addDoneCallback(done -> order.expect(3));
      Task<Void> waiter = loop.createTask(() -> {
        task.await();
        order.expect(4);
      });
      Loops.turns(1);
      task.addDoneCallback(done -> {
        order.expect(5);
        loop.callSoon(() -> order.expect(7));
      });
      task.await();
      order.expect(6);
      Loops.turns(1);
      order.finish(8);
      waiter.await();
    });
  }

  @Test
  @DisplayName("TASK-5: joining costs one turn, not two")
  void oneHop() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      loop.createTask(() -> loop.callSoon(() -> {
            order.expect(1);
            loop.callSoon(() -> order.expect(3));
          }))
          .await();
      order.expect(2);
      Loops.turns(1);
      order.finish(4);
    });
  }

  @Test
  @DisplayName("TASK-13: a task that fails wakes its waiters in the same order")
  void failure() {
    Loops.run(() -> {
      EventLoop loop = EventLoop.getRunningLoop();
      Task<Void> task = loop.createTask(() -> {
        loop.callSoon(() -> order.expect(1));
        throw new IllegalStateException("boom");
      });
      assertThrows(IllegalStateException.class, task::await);
      order.finish(2);
    });
  }
}
