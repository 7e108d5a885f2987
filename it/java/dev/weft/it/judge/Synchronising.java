package dev.weft.it.judge;

import static dev.weft.it.judge.Stage.number;

import dev.weft.it.judge.Program.Statement;
import dev.weft.it.judge.Stage.ActionOn;
import dev.weft.sync.Barrier;
import dev.weft.sync.Condition;
import dev.weft.sync.Event;
import dev.weft.sync.Lock;
import dev.weft.sync.Queue;
import dev.weft.sync.Semaphore;
import java.util.HashMap;
import java.util.Map;

/** Locks, events, conditions, semaphores, barriers and queues. */
final class Synchronising {

  /** As {@link ActionOn}, without anything to show. */
  private interface Effect<T> {
    void perform(T thing, Statement s) throws Exception;
  }

  private final Stage stage;
  private final Map<String, Integer> counts = new HashMap<>(); // of conditions

  Synchronising(Stage stage) {
    this.stage = stage;
    effect("acquire", Object.class, (thing, s) -> acquire(thing));
    effect("release", Object.class, (thing, s) -> release(thing));
    stage.<Object>on("with", Object.class, this::with);

    effect("eventwait", Event.class, (event, s) -> event.await());
    effect("eventset", Event.class, (event, s) -> event.set());
    effect("eventclear", Event.class, (event, s) -> event.clear());

    effect("condwait", Condition.class, (condition, s) -> condition.await());
    effect(
        "condwaitfor",
        Condition.class,
        (condition, s) -> condition.waitFor(() -> count(s) >= number(s, 1)));
    stage.on("condcount", (me, s) -> counts.merge(s.args().get(0), 1, Integer::sum));
    effect("condnotify", Condition.class, (condition, s) -> condition.signal(number(s, 1)));
    effect("condnotifyall", Condition.class, (condition, s) -> condition.signalAll());

    stage.<Barrier>on("barrierwait", Barrier.class, (barrier, me, s) -> barrier.await());
    effect("barrierreset", Barrier.class, (barrier, s) -> barrier.reset());
    effect("barrierabort", Barrier.class, (barrier, s) -> barrier.abort());

    this.<Queue<Integer>>effect("queueput", Queue.class, (queue, s) -> queue.put(number(s, 1)));
    stage.<Queue<Integer>>on("queueget", Queue.class, (queue, me, s) -> queue.get());
    this.<Queue<Integer>>effect(
        "queueputnow", Queue.class, (queue, s) -> queue.putNowait(number(s, 1)));
    stage.<Queue<Integer>>on("queuegetnow", Queue.class, (queue, me, s) -> queue.getNowait());
    this.<Queue<Integer>>effect("queuedone", Queue.class, (queue, s) -> queue.taskDone());
    this.<Queue<Integer>>effect("queuejoin", Queue.class, (queue, s) -> queue.join());
    this.<Queue<Integer>>effect(
        "queueshutdown",
        Queue.class,
        (queue, s) -> queue.shutdown(s.args().get(1).equals("true")));
  }

  private <T> void effect(String op, Class<? super T> type, Effect<T> effect) {
    stage.<T>on(op, type, (thing, me, s) -> {
      effect.perform(thing, s);
      return null;
    });
  }

  private int count(Statement s) {
    return counts.getOrDefault(s.args().get(0), 0);
  }

  private static void acquire(Object thing) {
    if (thing instanceof Lock lock) {
      lock.acquire();
    } else if (thing instanceof Condition condition) {
      condition.acquire();
    } else {
      ((Semaphore) thing).acquire();
    }
  }

  private static void release(Object thing) {
    if (thing instanceof Lock lock) {
      lock.release();
    } else if (thing instanceof Condition condition) {
      condition.release();
    } else {
      ((Semaphore) thing).release();
    }
  }

  private Object with(Object thing, Strand me, Statement s) throws Exception {
    if (thing instanceof Lock lock) {
      return lock.with(() -> stage.block(s.body(), me));
    } else if (thing instanceof Condition condition) {
      return condition.with(() -> stage.block(s.body(), me));
    }
    return ((Semaphore) thing).with(() -> stage.block(s.body(), me));
  }
}
