package dev.weft.carrier;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZL_Result;

/**
 * The inbox of the ready queue: all entries that two threads append arrive, each once, in an order that both threads
 * have seen.
 */
public final class ReadyQueueStress {

  private ReadyQueueStress() {}

  abstract static class Subject {
    final ReadyQueue<String> queue = new ReadyQueue<>(() -> {});

    /** The entries of the queue, in order. */
    String rest() {
      queue.drainInbox();
      return String.join("", queue.close());
    }
  }

  /** Two threads that push at the same time. */
  @JCStressTest
  @State
  @Outcome(
      id = {"aAbB", "abAB", "abBA", "baAB", "baBA", "bBaA"},
      expect = Expect.ACCEPTABLE,
      desc = "all, each thread's in its order")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, doubled or turned round")
  public static class Producers extends Subject {
    @Actor
    public void one() {
      queue.offer("a");
      queue.offer("A");
    }

    @Actor
    public void other() {
      queue.offer("b");
      queue.offer("B");
    }

    @Arbiter
    public void arbiter(L_Result result) {
      result.r1 = rest();
    }
  }

  /** A thread that pushes, and the carrier, which appends its own entries and takes the first. */
  @JCStressTest
  @State
  @Outcome(
      id = {"aAcC", "acAC", "acCA", "caAC", "caCA", "cCaA"},
      expect = Expect.ACCEPTABLE,
      desc = "all, each thread's in its order")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, doubled or turned round")
  public static class Draining extends Subject {
    private String taken;

    @Actor
    public void producer() {
      queue.offer("a");
      queue.offer("A");
    }

    @Actor
    public void carrier() {
      queue.add("c");
      taken = queue.poll();
      queue.add("C");
    }

    @Arbiter
    public void arbiter(L_Result result) {
      result.r1 = taken + rest();
    }
  }

  /** Entries that were pushed before an entry that the carrier has seen stand before the carrier's later entries. */
  @JCStressTest
  @State
  @Outcome(id = "true, ac", expect = Expect.ACCEPTABLE, desc = "seen, and before it")
  @Outcome(
      id = {"false, ac", "false, ca"},
      expect = Expect.ACCEPTABLE,
      desc = "at the same time")
  @Outcome(expect = Expect.FORBIDDEN, desc = "the two doors have two orders")
  public static class OneOrder extends Subject {
    private boolean pushed; // code that sees it, in any way, comes after it

    @Actor
    public void producer() {
      queue.offer("a");
      setPushed();
    }

    @Actor
    public void carrier(ZL_Result result) {
      result.r1 = isPushed();
      queue.add("c");
    }

    @Arbiter
    public void arbiter(ZL_Result result) {
      result.r2 = rest();
    }

    private synchronized void setPushed() {
      pushed = true;
    }

    private synchronized boolean isPushed() {
      return pushed;
    }
  }

  /** A thread that pushes while the carrier closes the queue. */
  @JCStressTest
  @State
  @Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "taken, and given back")
  @Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "refused")
  @Outcome(expect = Expect.FORBIDDEN, desc = "lost, or both")
  public static class Closing extends Subject {
    @Actor
    public void producer(ZI_Result result) {
      result.r1 = queue.offer("a");
    }

    @Actor
    public void carrier(ZI_Result result) {
      result.r2 = queue.close().size();
    }
  }
}
