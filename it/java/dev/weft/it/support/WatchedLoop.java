package dev.weft.it.support;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Asyncio;
import dev.weft.loop.EventLoop;
import dev.weft.loop.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * A loop under code that does not know it. Shows that the code runs on the loop's one thread, and that the loop turns
 * while the code blocks: a task ticks on it, and the code can wait for that task.
 */
public final class WatchedLoop {

  private static final Duration TICK = Duration.ofMillis(1);

  /** The test, as the loop's main task. */
  public interface Body {
    void run(WatchedLoop watched) throws Exception;
  }

  private final EventLoop loop = EventLoop.getRunningLoop();
  private final Thread carrier;

  // loop thread only; visits on other threads are counted as elsewhere
  private CountDownLatch nextTick = new CountDownLatch(1);
  private int visits;
  private int ticksWaitedFor;
  private int inside;
  private int mostInside;

  private final List<String> elsewhere = new ArrayList<>(); // guarded by itself

  private WatchedLoop(Thread carrier) {
    this.carrier = carrier;
  }

  /** Runs a body on a new loop, on a thread with a unique name. */
  public static void run(Body body) throws InterruptedException {
    var failure = new Throwable[1];
    Thread carrier = new Thread(
        () -> {
          Thread own = Thread.currentThread();
          try {
            Asyncio.run(() -> new WatchedLoop(own).runTicking(body));
          } catch (Throwable error) {
            failure[0] = error;
          }
        },
        "watched-carrier");
    carrier.start();
    carrier.join();
    if (failure[0] != null) {
      throw new AssertionError("on the loop: " + failure[0], failure[0]);
    }
  }

  private void runTicking(Body body) throws Exception {
    Task<Void> ticker = Asyncio.createTask(this::tick);
    try {
      body.run(this);
    } finally {
      ticker.cancel();
    }
  }

  private void tick() {
    while (true) {
      Asyncio.sleep(TICK);
      nextTick.countDown();
      nextTick = new CountDownLatch(1);
    }
  }

  /** The loop. */
  public EventLoop loop() {
    return loop;
  }

  /**
   * The code under test calls this. It notes where it runs, and blocks in a call of the JDK until the ticking task has
   * run. Threads that call meanwhile are inside at the same time.
   */
  public void visit() {
    if (!isOnTheCarrier()) {
      synchronized (elsewhere) {
        elsewhere.add(Thread.currentThread().toString());
      }
      return;
    }
    visits++;
    inside++;
    mostInside = Math.max(mostInside, inside);
    try {
      nextTick.await();
      ticksWaitedFor++;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      inside--;
    }
  }

  private boolean isOnTheCarrier() {
    // a virtual thread's text ends with the name of its carrier
    return Thread.currentThread().toString().endsWith("@" + carrier.getName())
        && EventLoop.getRunningLoop() == loop;
  }

  /** Asserts that there was this number of visits, all on the loop's thread, and that the loop turned during them. */
  public void assertVisits(int expected) {
    synchronized (elsewhere) {
      assertEquals(List.of(), elsewhere);
    }
    assertEquals(expected, visits);
    assertEquals(expected, ticksWaitedFor, "each visit has seen the loop turn");
  }

  /** Asserts that visits have overlapped: there was more than one thread of code under test. */
  public void assertOverlapped() {
    assertTrue(mostInside > 1, "one after the other");
  }
}
