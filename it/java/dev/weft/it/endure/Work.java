package dev.weft.it.endure;

import dev.weft.it.endure.Ledger.Count;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import dev.weft.loop.TaskOptions;
import dev.weft.loop.ThrowingCallable;
import java.time.Duration;
import java.util.SplittableRandom;

/** What all small jobs use. */
abstract class Work {

  final Ledger ledger;
  final EventLoop loop = EventLoop.getRunningLoop();
  final SplittableRandom random;

  Work(Ledger ledger, SplittableRandom random) {
    this.ledger = ledger;
    this.random = random;
  }

  /** Does one job. Suspends. */
  abstract void one() throws Exception;

  final int some(int most) {
    return 1 + random.nextInt(most);
  }

  static void turns(int count) {
    for (int i = 0; i < count; i++) {
      Task.sleep(Duration.ZERO);
    }
  }

  final <T> Task<T> task(ThrowingCallable<T, ?> body) {
    ledger.operation(Count.CHORES);
    TaskOptions options = TaskOptions.defaults().withEagerStart(random.nextInt(10) == 0);
    return ledger.track(loop.createTask(
        () -> {
          ledger.onCarrier();
          try {
            return body.call();
          } finally {
            ledger.onCarrier();
          }
        },
        options));
  }

  final void cancel(Task<?> task) {
    if (task.cancel()) {
      ledger.operation(Count.CANCELLATIONS);
    }
  }
}
