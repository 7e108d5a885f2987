package dev.weft.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.testkit.Loops;
import dev.weft.testkit.Order;
import java.time.Duration;
import java.util.List;
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

  @Test
  @DisplayName("LOOP-2: what a turn adds runs in the next one, after another poll")
  void addedMeanwhileRunsNextTurn() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.script.add(() -> {});
      loop.script.add(() -> {
        order.expect(3);
        loop.event(() -> order.expect(5));
      });
      loop.callSoon(() -> {
        order.expect(1);
        loop.callSoon(() -> order.expect(4));
      });
      loop.callSoon(() -> {
        order.expect(2);
        loop.callSoon(loop::stop);
      });
      loop.runForever();
      order.finish(6);
      assertEquals(List.of(0L, 0L), loop.timeouts);
    }
  }

  @Test
  @DisplayName("LOOP-2: a callback that reschedules itself without end does not prevent I/O")
  void noStarvation() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      for (int i = 0; i < 9; i++) {
        loop.script.add(() -> {});
      }
      loop.script.add(() -> loop.event(loop::stop));
      var again = new Runnable() {
        int runs;

        @Override
        public void run() {
          runs++;
          loop.callSoon(this);
        }
      };
      loop.callSoon(again);
      loop.runForever();
      assertEquals(10, again.runs);
    }
  }

  @Test
  @DisplayName(
      "LOOP-3: first come entries that were ready, then I/O in the selector's order, then due timers by deadline")
  void readyThenPollThenTimers() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.callAt(20, () -> order.expect(6));
      loop.callAt(10, () -> order.expect(5));
      loop.callAt(1_000, order::expectUnreached);
      loop.createTask(() -> order.expect(1));
      loop.callSoon(() -> order.expect(2));
      loop.script.add(() -> {
        loop.clock.now = 30;
        loop.event(() -> order.expect(3));
        loop.event(() -> {
          order.expect(4);
          loop.stop();
        });
      });
      loop.runForever();
      order.finish(7);
    }
  }

  @Test
  @DisplayName("LOOP-3: a timer that becomes due during the poll runs in the same turn")
  void timerDueAfterPoll() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.callAt(50, loop::stop);
      loop.runForever();
      assertEquals(List.of(50L), loop.timeouts);
    }
  }

  @Test
  @DisplayName(
      "LOOP-8: a delay of zero or less comes after all that is ready; a later callSoon overtakes it")
  void zeroDelayGoesThroughTheTimers() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      loop.script.add(() -> {});
      loop.script.add(() -> loop.event(() -> order.expect(4)));
      loop.callSoon(() -> {
        order.expect(1);
        loop.callLater(Duration.ZERO, () -> order.expect(6));
        loop.callLater(Duration.ofSeconds(-1), () -> order.expect(5));
        loop.callSoon(() -> order.expect(3));
      });
      loop.callSoon(() -> {
        order.expect(2);
        loop.callSoon(() -> loop.callSoon(loop::stop));
      });
      loop.runForever();
      order.finish(7);
    }
  }

  @Test
  @DisplayName(
      "LOOP-10: a handle that an earlier one of the same turn cancels is skipped, and no other")
  void cancelledKeepsItsPlace() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      var handles = new Handle[1];
      loop.callSoon(() -> {
        order.expect(1);
        handles[0].cancel();
        loop.callSoon(() -> order.expect(3));
        loop.stop();
      });
      handles[0] = loop.callSoon(order::expectUnreached);
      loop.callSoon(() -> order.expect(2));
      loop.runForever();
      loop.stop();
      loop.runForever();
      order.finish(4);
    }
  }

  @Test
  @DisplayName("VT-4: the completion of the awaited thing costs exactly one turn")
  void wakeUpIsOneHop() {
    try (ScriptedLoop loop = new ScriptedLoop()) {
      Future<String> future = loop.createFuture();
      loop.createTask(() -> {
        order.expect(1);
        future.await();
        order.expect(4);
      });
      loop.callSoon(() -> {
        order.expect(2);
        future.setResult("");
        loop.callSoon(() -> {
          order.expect(5);
          loop.stop();
        });
      });
      loop.callSoon(() -> order.expect(3));
      loop.runForever();
      order.finish(6);
      assertEquals(2, loop.timeouts.size(), "turns");
    }
  }

  @Test
  @DisplayName("VT-13: createTask does not run the task, not even its first line")
  void creationDoesNotRun() {
    try (EventLoop loop = Loops.newLoop()) {
      loop.runUntilComplete(() -> {
        Task<Void> task = loop.createTask(() -> order.expect(2));
        order.expect(1);
        task.await();
      });
      order.finish(3);
    }
  }
}
