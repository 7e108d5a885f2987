package dev.weft.loop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.loop.BlockedLoop.Cause;
import dev.weft.testkit.LogCapture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.slf4j.event.Level;

/** What a watch reports about a loop that runs elsewhere. The test calls the watch, and determines its time. */
class WatchTest {

  private static final long SECOND = 1_000_000_000L;

  private final BaseEventLoop loop = (BaseEventLoop) EventLoop.newEventLoop();
  private final Thread carrier = Thread.ofPlatform().name("carrier").unstarted(loop::runForever);
  private final List<BlockedLoop> told = new ArrayList<>();
  private long now;
  private final Watch watch = new Watch(loop, carrier, () -> now, told::add);
  private volatile boolean released;

  @BeforeEach
  void start() {
    carrier.start();
    awaitIdle();
  }

  @AfterEach
  void stop() throws Exception {
    released = true;
    loop.callSoonThreadsafe(loop::stop);
    carrier.join();
    loop.close();
  }

  private void awaitIdle() {
    await().until(() -> loop.isRunning() && loop.turns.ready.isAsleep());
  }

  /** Calls the watch once a second. */
  private void look(int times) {
    for (int i = 0; i < times; i++) {
      now += SECOND;
      watch.look();
    }
  }

  /** Computes until the test releases it. */
  private void spin(CountDownLatch begun) {
    begun.countDown();
    while (!released) {
      Thread.onSpinWait();
    }
  }

  private void block() throws InterruptedException {
    var begun = new CountDownLatch(1);
    loop.callSoonThreadsafe(
        () -> loop.createTask(() -> spin(begun), TaskOptions.defaults().withName("the culprit")));
    begun.await();
  }

  private static boolean isAt(BlockedLoop.Holder holder, String method) {
    return holder.stack().stream().anyMatch(frame -> frame.getMethodName().equals(method));
  }

  private BlockedLoop theOne() {
    assertEquals(1, told.size(), told::toString);
    return told.get(0);
  }

  @Test
  @DisplayName("DBG-2: a long turn is reported once during the turn and once after it")
  void longTurn() throws Exception {
    block();
    look(5); // seen first at 1 s
    assertEquals(List.of(), told);
    look(10);
    BlockedLoop report = theOne();
    assertEquals(Cause.RUNNING, report.cause());
    assertEquals(Duration.ofSeconds(5), report.lasted());
    assertFalse(report.over());
    assertTrue(report.holders().get(0).thread().startsWith("the culprit (#"), report::toString);
    assertTrue(isAt(report.holders().get(0), "spin"), report::toString);
    assertTrue(report.holders().get(1).thread().startsWith("carrier (#"), report::toString);
    assertTrue(isAt(report.holders().get(1), "runOnce"), report::toString);
    assertTrue(watch.hasTold());

    released = true;
    awaitIdle();
    look(2);
    assertEquals(2, told.size());
    assertTrue(told.get(1).over());
    assertEquals(Duration.ofSeconds(14), told.get(1).lasted());
    assertFalse(watch.hasTold());
  }

  @Test
  @DisplayName(
      "DBG-2: a task without a given name that blocks its loop is reported by its default name")
  void unnamedTask() throws Exception {
    var begun = new CountDownLatch(1);
    var name = new AtomicReference<String>();
    loop.callSoonThreadsafe(() -> name.set(loop.createTask(() -> spin(begun)).getName()));
    begun.await();
    look(7);
    assertTrue(theOne().toString().contains(name.get() + " (#"), told::toString);
  }

  @Test
  @DisplayName("a loop that sleeps or turns is not blocked")
  void notBlocked() throws Exception {
    look(20);
    for (int i = 0; i < 20; i++) {
      var ran = new CountDownLatch(1);
      loop.callSoonThreadsafe(ran::countDown);
      ran.await();
      look(1);
    }
    assertEquals(List.of(), told);
  }

  @Test
  @DisplayName(
      "if the watchdog itself was late, the machine stood still and the loop is not blocked")
  void lateWatchdog() throws Exception {
    block();
    look(1);
    now += Duration.ofHours(1).toNanos();
    watch.look();
    assertEquals(List.of(), told);
  }

  @Test
  @DisplayName(
      "a loop that ends its run while it is reported as blocked is not reported afterwards")
  void endOfRun() throws Exception {
    block();
    look(6);
    theOne();
    watch.finish();
    watch.finish();
    assertEquals(2, told.size());
    assertTrue(told.get(1).over());
  }

  @Test
  @DisplayName("a threshold of zero switches the watch off")
  void off() throws Exception {
    loop.setBlockedThreshold(Duration.ZERO);
    block();
    look(100);
    assertEquals(List.of(), told);
  }

  @Test
  @DisplayName(
      "DBG-2: in debug mode a step is reported after slowCallbackDuration, whatever the threshold")
  void debug() throws Exception {
    loop.setDebug(true);
    loop.setBlockedThreshold(Duration.ZERO);
    loop.setSlowCallbackDuration(Duration.ofMillis(200));
    block();
    for (int i = 0; i < 5; i++) {
      now += SECOND / 20;
      watch.look();
    }
    assertEquals(Duration.ofMillis(200), theOne().lasted());
  }

  @Test
  @DisplayName("in debug mode a turn of many short steps is not reported as a slow one")
  void shortSteps() throws Exception {
    loop.setDebug(true);
    var turn = new CountDownLatch(1);
    var steps = new ArrayList<CountDownLatch>();
    loop.callSoonThreadsafe(() -> {
      for (int i = 0; i < 10; i++) {
        var step = new CountDownLatch(1);
        steps.add(step);
        loop.callSoon(() -> waitSpinning(step));
      }
      turn.countDown();
    });
    turn.await();
    try (var log = LogCapture.start()) { // of slow steps: here each takes as long as the test does
      for (CountDownLatch step : steps) {
        now += SECOND / 20;
        watch.look();
        long before = loop.turns.currentStep();
        step.countDown();
        await().until(() -> loop.turns.currentStep() != before || loop.turns.ready.isAsleep());
      }
      assertEquals(List.of(), log.events(Level.ERROR));
    }
    assertEquals(List.of(), told);
  }

  private static void waitSpinning(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  // ---- waiting

  private static final ReentrantLock CONTENDED = new ReentrantLock();

  /** A thread that waits inside a class initialiser is pinned, on every JDK. */
  private static final class Initialised {
    static {
      CONTENDED.lock();
      CONTENDED.unlock();
    }

    static void touch() {}
  }

  @Test
  @DisplayName(
      "VT-5, J8: a pinned virtual thread that waits is reported as pinned, with the owner of the lock")
  void pinned() throws Exception {
    CONTENDED.lock();
    try {
      loop.callSoonThreadsafe(() -> loop.createTask(
          () -> Initialised.touch(), TaskOptions.defaults().withName("the culprit")));
      await().until(CONTENDED::hasQueuedThreads);
      look(7);
      BlockedLoop report = theOne();
      assertEquals(Cause.PINNED, report.cause());
      BlockedLoop.Holder culprit = report.holders().get(0);
      assertTrue(culprit.thread().startsWith("the culprit (#"), report::toString);
      assertEquals(Thread.State.WAITING, culprit.state());
      assertTrue(culprit.waitsFor().orElseThrow().contains("ReentrantLock"), report::toString);
      assertEquals(3, report.holders().size(), report::toString);
      assertTrue(isAt(report.holders().get(2), "pinned"), report::toString);
      assertFalse(report.deadlock());
    } finally {
      CONTENDED.unlock();
    }
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  @DisplayName(
      "VT-5: before JDK 24 a task that waits to enter a monitor stops its loop, and is reported as pinned")
  void monitorEnter() {
    var monitor = new Object();
    synchronized (monitor) {
      assertPinned(() -> {
        synchronized (monitor) {
          monitor.notifyAll();
        }
      });
    }
  }

  @Test
  @EnabledForJreRange(max = JRE.JAVA_23)
  @DisplayName(
      "VT-5: before JDK 24 a task in Object.wait stops its loop, and is reported as pinned")
  void monitorWait() {
    var monitor = new Object();
    try {
      assertPinned(() -> {
        synchronized (monitor) {
          monitor.wait();
        }
      });
    } finally {
      synchronized (monitor) {
        monitor.notifyAll();
      }
    }
  }

  private void assertPinned(ThrowingRunnable<?> code) {
    var culprit = new AtomicReference<Task<?>>();
    loop.callSoonThreadsafe(() -> culprit.set(
        loop.createTask(code.asCallable(), TaskOptions.defaults().withName("the culprit"))));
    await().until(() -> culprit.get() != null && Watch.waits(culprit.get().thread()));
    look(7);
    BlockedLoop report = theOne();
    assertEquals(Cause.PINNED, report.cause());
    BlockedLoop.Holder holder = report.holders().get(0);
    assertTrue(holder.thread().startsWith("the culprit (#"), report::toString);
  }

  @Test
  @DisplayName("J8: a park permit from before is not mistaken for a pinned wait after a long step")
  void permit() throws Exception {
    var begun = new CountDownLatch(1);
    var outcome = new CompletableFuture<String>();
    loop.callSoonThreadsafe(() -> loop.createTask(() -> {
      spin(begun);
      LockSupport.unpark(Thread.currentThread());
      Future<String> future = loop.createFuture();
      loop.callSoon(() -> future.setResult("done"));
      try {
        outcome.complete(future.await());
      } catch (IllegalStateException pinned) {
        outcome.completeExceptionally(pinned);
      }
    }));
    begun.await();
    look(7);
    theOne();
    released = true;
    assertEquals("done", outcome.get());
  }

  private static final ReentrantLock OF_A_TASK = new ReentrantLock();

  /** Waits for a limited time, because nothing else would end the wait. */
  private static final class InitialisedInVain {
    static {
      boolean locked = false;
      while (!locked && !givenUp) {
        try {
          locked = OF_A_TASK.tryLock(10, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
          givenUp = true;
        }
      }
    }

    static void touch() {}
  }

  private static volatile boolean givenUp;

  @Test
  @DisplayName(
      "J8: a pinned virtual thread that waits for a task of its loop is reported as a deadlock")
  void pinnedDeadlock() throws Exception {
    Task<?>[] culprit = new Task<?>[1];
    loop.callSoonThreadsafe(() -> {
      loop.createTask(() -> {
        OF_A_TASK.lock();
        try {
          Task.sleep(Duration.ZERO);
        } finally {
          OF_A_TASK.unlock();
        }
      });
      culprit[0] = loop.createTask(() -> InitialisedInVain.touch());
    });
    await().until(OF_A_TASK::hasQueuedThreads);
    look(7);
    BlockedLoop report = theOne();
    assertEquals(Cause.PINNED, report.cause());
    assertTrue(report.deadlock(), report::toString);
    culprit[0].thread().interrupt();
  }

  @Test
  @DisplayName("J6: a callback that waits is reported with what it waits for, while turns go on")
  void parkedCallback() throws Exception {
    var lock = new ReentrantLock();
    lock.lock();
    try {
      loop.callSoonThreadsafe(() -> {
        lock.lock();
        lock.unlock();
      });
      await().until(lock::hasQueuedThreads);
      awaitIdle();
      look(10);
      BlockedLoop report = theOne();
      assertEquals(Cause.CALLBACK, report.cause());
      assertEquals(2, report.holders().size(), report::toString);
      assertTrue(report.holders().get(0).waitsFor().orElseThrow().contains("ReentrantLock"));
      assertTrue(isAt(report.holders().get(0), "lock"), report::toString);
      assertTrue(isAt(report.holders().get(1), "parkedCallback"), report::toString);
      assertFalse(report.deadlock());
    } finally {
      lock.unlock();
    }
    await().until(() -> !lock.isLocked() && !lock.hasQueuedThreads());
    awaitIdle();
    look(2);
    assertEquals(2, told.size());
    assertTrue(told.get(1).over());
  }

  @Test
  @DisplayName("a callback and a task that wait for each other's locks are reported as a deadlock")
  void deadlock() throws Exception {
    var first = new ReentrantLock();
    var second = new ReentrantLock();
    Task<?>[] task = new Task<?>[1];
    loop.callSoonThreadsafe(() -> {
      first.lock();
      task[0] = loop.createTask(() -> {
        second.lock();
        try {
          first.lockInterruptibly();
          first.unlock();
        } finally {
          second.unlock();
        }
      });
      while (!second.isLocked()) {
        Thread.yield();
      }
      second.lock();
      second.unlock();
      first.unlock();
    });
    await().until(() -> first.hasQueuedThreads() && second.hasQueuedThreads());
    look(6);
    BlockedLoop report = theOne();
    assertEquals(Cause.CALLBACK, report.cause());
    assertTrue(report.deadlock(), report::toString);
    assertEquals(2, report.holders().size(), report::toString);
    task[0].thread().interrupt();
    await().until(() -> !first.isLocked());
  }
}
