package dev.weft.loop;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In which order a turn runs what is ready. */
class TurnOrderTest {

  private final Order order = new Order();

  @Test
  @DisplayName("LOOP-1: callbacks and task steps run in the order of registration")
  void oneQueue() {
    try (EventLoop loop = Loops.newLoop()) {
      loop.callSoon(() -> order.expect(1));
      loop.createTask(() -> order.expect(2));
      loop.callSoon(() -> order.expect(3));
      loop.createTask(() -> {
        order.expect(4);
        Task.sleep(Duration.ZERO);
        order.expect(6);
      });
      loop.callSoon(() -> order.expect(5));
      loop.callSoon(() -> loop.callSoon(loop::stop));
      loop.runForever();
      order.finish(7);
    }
  }
}
