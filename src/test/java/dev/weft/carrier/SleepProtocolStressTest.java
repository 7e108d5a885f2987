package dev.weft.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/*
 * A small stress test in the manner of jcstress, for the protocol of sleeping. Two threads race over an array of
 * queues: one announces that it will sleep, the other offers an entry. The threads synchronise by release stores alone,
 * so a store may still be in the processor's buffer when the other thread reads. After a batch the test checks each
 * queue: a carrier that was allowed to sleep and was not woken would sleep for ever. The queue is the production one.
 * The control is the same class with the one volatile store replaced by a release store, which the processor may delay
 * past the read of the inbox. The control must lose wake-ups; otherwise the test could not detect a lost one.
 */

/** No wake-up is lost between a carrier that begins to sleep and a thread that offers an entry. */
class SleepProtocolStressTest {

  private static final int QUEUES = 256;

  // The control usually loses a wake-up within a second. It takes longer if other programs use the
  // processors, because the two threads seldom run at the same time then.
  private static final long LIMIT_NANOS = 45_000_000_000L;

  @Test
  @DisplayName("LOOP-13: with store, fence and recheck no wake-up is lost, and none is sent twice")
  void noWakeupIsLost() {
    assertEquals(0, new Race(ReadyQueue::new).run(3_000_000, 2_000_000_000L));
  }

  @Test
  @Timeout(60)
  @DisplayName("LOOP-13: without the fence the same race loses wake-ups")
  void withoutTheFence() {
    assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "a race needs two processors");
    assertTrue(new Race(WithoutFence::new).run(Long.MAX_VALUE, LIMIT_NANOS) > 0);
  }

  private static final class WithoutFence extends ReadyQueue<Object> {
    WithoutFence(Runnable wakeup) {
      super(wakeup);
    }

    @Override
    void announceSleep() {
      ASLEEP.setRelease(this, true);
    }
  }

  /** One queue of the array, and the results of its race. */
  private static final class Subject implements Runnable {
    final ReadyQueue<Object> queue;
    boolean slept;
    int wakeups;

    Subject(Function<Runnable, ReadyQueue<Object>> queues) {
      queue = queues.apply(this);
    }

    @Override
    public void run() {
      wakeups++;
    }

    boolean isLost() {
      return slept && wakeups == 0;
    }

    void reset() {
      queue.endSleep();
      queue.drainInbox();
      queue.poll();
      wakeups = 0;
    }
  }

  private static final class Race {
    private static final int CARRIER = 16; // on separate cache lines
    private static final int PRODUCER = 48;

    private final Subject[] subjects = new Subject[QUEUES];
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicIntegerArray progress = new AtomicIntegerArray(64);
    private volatile boolean over;

    Race(Function<Runnable, ReadyQueue<Object>> queues) {
      progress.set(CARRIER, -1);
      progress.set(PRODUCER, -1);
      for (int i = 0; i < QUEUES; i++) {
        subjects[i] = new Subject(queues);
      }
    }

    /** Races until a wake-up is lost, or up to the number of races or the time. Returns the number of lost wake-ups. */
    long run(long races, long nanos) {
      Thread producer = Thread.ofPlatform().daemon().start(this::offer);
      long deadline = System.nanoTime() + nanos;
      int lost = 0;
      int phase = 0;
      for (long done = 0; lost == 0 && done < races; done += QUEUES) {
        read();
        meet(++phase);
        for (int i = 0; i < QUEUES; i++) {
          keepStep(CARRIER, PRODUCER, i);
          subjects[i].slept = subjects[i].queue.beginSleep();
        }
        meet(++phase);
        for (Subject subject : subjects) {
          assertTrue(subject.wakeups <= 1, "woken twice");
          lost += subject.isLost() ? 1 : 0;
          subject.reset();
        }
        progress.set(CARRIER, -1);
        progress.set(PRODUCER, -1);
        over = lost > 0 || done + QUEUES >= races || System.nanoTime() > deadline;
        meet(++phase);
        if (over) {
          break;
        }
      }
      try {
        producer.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return lost;
    }

    private void offer() {
      int phase = 0;
      do {
        read();
        meet(++phase);
        for (int i = 0; i < QUEUES; i++) {
          keepStep(PRODUCER, CARRIER, i);
          subjects[i].queue.offer(this);
        }
        meet(++phase);
        meet(++phase);
      } while (!over);
    }

    /** Loads the queues' memory into both processors' caches, which makes reads fast and stores slow. */
    private void read() {
      for (Subject subject : subjects) {
        subject.queue.isEmpty();
      }
    }

    private void keepStep(int me, int other, int i) {
      progress.setRelease(me, i);
      for (int spins = 0; progress.getAcquire(other) < i; spins++) {
        spin(spins);
      }
    }

    private void meet(int phase) {
      int all = 2 * phase;
      arrived.incrementAndGet();
      for (int spins = 0; arrived.get() < all; spins++) {
        spin(spins);
      }
    }

    /** Yields after some time, because the other thread may need this processor. */
    private static void spin(int spins) {
      if (spins < 1_000) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
  }
}
