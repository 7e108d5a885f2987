package dev.weft.carrier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/**
 * LOOP-13: a carrier that announces its sleep, and a thread that offers an entry. The results are whether the carrier
 * may sleep, and how often it was woken.
 */
public final class SleepStress {

  private SleepStress() {}

  abstract static class Subject {
    private final ReadyQueue<Object> queue = newQueue(this::woken);
    private int wakeups; // written by the producer only

    abstract ReadyQueue<Object> newQueue(Runnable wakeup);

    private void woken() {
      wakeups++;
    }

    void sleep(ZI_Result result) {
      result.r1 = queue.beginSleep();
    }

    void offer() {
      queue.offer(this);
    }

    void look(ZI_Result result) {
      result.r2 = wakeups;
    }
  }

  /** The queue as it is. */
  @JCStressTest
  @State
  @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "sleeps, and is woken")
  @Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "sees the entry")
  @Outcome(id = "false, 1", expect = Expect.ACCEPTABLE, desc = "each sees the other")
  @Outcome(id = "true, 0", expect = Expect.FORBIDDEN, desc = "sleeps for ever")
  @Outcome(expect = Expect.FORBIDDEN, desc = "woken twice")
  public static class WithFence extends Subject {
    @Override
    ReadyQueue<Object> newQueue(Runnable wakeup) {
      return new ReadyQueue<>(wakeup);
    }

    @Actor
    public void carrier(ZI_Result result) {
      sleep(result);
    }

    @Actor
    public void producer() {
      offer();
    }

    @Arbiter
    public void arbiter(ZI_Result result) {
      look(result);
    }
  }

  /** The control: one volatile store less, and the same race loses wakeups. */
  @JCStressTest
  @State
  @Outcome(
      id = "true, 0",
      expect = Expect.ACCEPTABLE_INTERESTING,
      desc = "what the fence is there for")
  @Outcome(
      id = {"true, 1", "false, 0", "false, 1"},
      expect = Expect.ACCEPTABLE,
      desc = "went well")
  @Outcome(expect = Expect.FORBIDDEN, desc = "woken twice")
  public static class WithoutFence extends Subject {
    @Override
    ReadyQueue<Object> newQueue(Runnable wakeup) {
      return new ReadyQueue<>(wakeup) {
        @Override
        void announceSleep() {
          ASLEEP.setRelease(this, true);
        }
      };
    }

    @Actor
    public void carrier(ZI_Result result) {
      sleep(result);
    }

    @Actor
    public void producer() {
      offer();
    }

    @Arbiter
    public void arbiter(ZI_Result result) {
      look(result);
    }
  }
}
