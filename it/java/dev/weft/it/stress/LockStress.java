package dev.weft.it.stress;

import dev.weft.loop.EventLoop;
import dev.weft.loop.Future;
import dev.weft.loop.Task;
import dev.weft.thread.LoopThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/*
 * Callbacks, timers, tasks and the threads of a loop, and platform and virtual threads that are not the loop's, take
 * the same locks and write the same logs. A callback on the loop counts the turns; if there is none for a while,
 * something waits for ever. Others' threads make every run another one; the seed says what each does next.
 */

/**
 * Shared locks and loggers under stress, for so many turns of a loop.
 *
 * <pre>
 * mvn -q test-compile exec:exec@run -Drun="dev.weft.it.stress.LockStress --seed 1 --turns 400000"
 * </pre>
 */
public final class LockStress {

  /** The time in seconds after which a run without turns fails. */
  private static final int PATIENCE = 60;

  /**
   * The result of a run.
   *
   * @param turns of the loop
   * @param uses of locks and logs
   * @param contended how many of them had to wait
   */
  public record Outcome(long turns, long uses, long contended) {}

  private final long turns;
  private final SplittableRandom seeds;
  private final Things things = new Things();
  private final EventLoop loop = EventLoop.newEventLoop();
  private final Semaphore inFlight = new Semaphore(32); // callbacks from other threads
  private final List<Thread> others = new ArrayList<>();
  private volatile boolean over;
  private volatile Throwable failure;
  private volatile long turn; // written on the loop

  private LockStress(long seed, long turns) {
    this.turns = turns;
    this.seeds = new SplittableRandom(seed);
  }

  /**
   * Runs.
   *
   * @param args options
   */
  public static void main(String[] args) throws Exception {
    long seed = 1;
    long turns = 100_000;
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--seed" -> seed = Long.parseLong(args[i + 1]);
        case "--turns" -> turns = Long.parseLong(args[i + 1]);
        default -> throw new IllegalArgumentException("unknown option: " + args[i]);
      }
    }
    System.out.println(run(seed, turns));
  }

  /** Runs for that number of turns. Throws if something waits without end, or if a count under a lock is wrong. */
  public static Outcome run(long seed, long turns) throws InterruptedException {
    return new LockStress(seed, turns).run();
  }

  private Outcome run() throws InterruptedException {
    Thread carrier = Thread.ofPlatform().daemon().name("stressed").start(this::runLoop);
    startElsewhere(Thread.ofPlatform().daemon().name("platform-", 0).factory());
    startElsewhere(Thread.ofVirtual().name("virtual-", 0).factory());
    for (long before = -1; !carrier.join(Duration.ofSeconds(PATIENCE)); before = turn) {
      if (turn == before) {
        throw new AssertionError("no turn since the " + before + "th, or no end: " + others);
      }
    }
    for (Thread other : others) {
      if (!other.join(Duration.ofSeconds(PATIENCE))) {
        throw new AssertionError(other + " is stuck: " + List.of(other.getStackTrace()));
      }
    }
    if (failure != null) {
      throw new AssertionError("on the loop", failure);
    }
    return new Outcome(turn, things.taken(), things.contended());
  }

  // ---- on the loop

  private void runLoop() {
    try (loop) {
      loop.setExceptionHandler((where, context) -> failure = context.exception().orElse(null));
      loop.runUntilComplete(() -> main());
    } catch (Throwable error) {
      failure = error;
    } finally {
      over = true;
    }
  }

  private void main() {
    Future<Void> end = loop.createFuture();
    loop.callSoon(() -> count(end));
    for (int i = 0; i < 3; i++) {
      SplittableRandom random = seeds.split();
      loop.callSoon(() -> callback(random));
      SplittableRandom another = seeds.split();
      loop.callSoon(() -> timer(another));
    }
    var tasks = new ArrayList<Task<Void>>();
    for (int i = 0; i < 4; i++) {
      SplittableRandom random = seeds.split();
      tasks.add(loop.createTask(() -> task(random)));
    }
    ThreadFactory own = LoopThreads.factory(loop);
    for (int i = 0; i < 2; i++) {
      start(own, seeds.split());
    }
    end.await();
    over = true;
    tasks.forEach(Task::await);
  }

  private void count(Future<Void> end) {
    if (++turn < turns) {
      loop.callSoon(() -> count(end));
    } else {
      end.setResult(null);
    }
  }

  private void callback(SplittableRandom random) {
    if (!over) {
      things.use(random, () -> {});
      loop.callSoon(() -> callback(random));
    }
  }

  private void timer(SplittableRandom random) {
    if (!over) {
      things.use(random, Thread::yield);
      loop.callLater(Duration.ofNanos(random.nextInt(100_000)), () -> timer(random));
    }
  }

  private void task(SplittableRandom random) {
    while (!over) {
      things.use(random, () -> Task.sleep(Duration.ofNanos(random.nextInt(3) * 10_000)));
      Task.sleep(Duration.ZERO);
    }
  }

  // ---- threads

  private void startElsewhere(ThreadFactory threads) {
    start(threads, new SplittableRandom(turns));
    start(threads, new SplittableRandom(turns + 1));
  }

  private void start(ThreadFactory threads, SplittableRandom random) {
    Thread thread = threads.newThread(() -> thread(random));
    others.add(thread);
    thread.start();
  }

  private void thread(SplittableRandom random) {
    while (!over) {
      things.use(random, Thread::yield);
      if (random.nextInt(4) == 0 && inFlight.tryAcquire()) {
        SplittableRandom own = random.split();
        try {
          loop.callSoonThreadsafe(() -> {
            inFlight.release();
            things.use(own, () -> {});
          });
        } catch (IllegalStateException closed) {
          return;
        }
      }
      LockSupport.parkNanos(random.nextInt(50_000));
    }
  }
}
