package dev.weft.loop;

import dev.weft.loop.Submitters.Submitter;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way to an executor of the program. The executor may create a thread for it, and a thread inherits from
 * its creator. A virtual thread inherits even the scheduler, so one that a task creates would run on the loop. So
 * another thread gives the call to the executor while the loop waits: the executor has the call, or has refused it,
 * before the caller continues. If the executor does not take it promptly, the loop stops waiting.
 *
 * <p>The code never runs on the loop, unless the caller allows it, and never on the thread that gives the call to the
 * executor. If necessary it runs on a new thread.
 */
final class Submission<T extends @Nullable Object> implements Runnable {

  /** How long the loop waits before it checks whether the executor itself waits, in nanoseconds. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);

  /** How long the loop waits at most, in nanoseconds. */
  private static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(100);

  // the outcomes, besides an exception of the executor; the first one counts
  private static final Object GIVEN = new Object();
  private static final Object IN_CALLER = new Object(); // the caller runs the code
  private static final Object NOT_AWAITED = new Object();

  private final BaseEventLoop loop;
  private final Executor executor;
  private final ExecutorCall<T> call;
  private final boolean mayRunOnLoop;

  private boolean inCaller; // the giver only: whether the executor has called run() in its caller

  // any thread
  private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();
  private volatile @Nullable Thread giver; // null before its turn
  private volatile @Nullable Thread waiting; // null if no thread waits

  private Submission(
      BaseEventLoop loop, Executor executor, Callable<? extends T> code, boolean mayRunOnLoop) {
    this.loop = loop;
    this.executor = executor;
    this.call = new ExecutorCall<>(loop, code);
    this.mayRunOnLoop = mayRunOnLoop;
  }

  /**
   * Runs code on an executor.
   *
   * @return the future; it fails with the executor's exception if that comes late
   */
  static <T extends @Nullable Object> Future<T> submit(
      BaseEventLoop loop, Executor executor, Callable<? extends T> code) {
    return new Submission<T>(loop, executor, code, false).submit();
  }

  /** Runs code on an executor, or on the loop if the executor runs code in its caller. */
  static <T extends @Nullable Object> Future<T> submitOrRun(
      BaseEventLoop loop, Executor executor, Callable<? extends T> code) {
    return new Submission<T>(loop, executor, code, true).submit();
  }

  private Future<T> submit() {
    if (loop.submitters().add(executor, this)) {
      loop.standStillFor(this::awaitGiven);
    }
    outcome.compareAndSet(null, NOT_AWAITED);
    Object end = outcome.get();
    if (end instanceof Throwable refusal) {
      throw Throwables.rethrow(refusal);
    }
    if (end == IN_CALLER) {
      call.run();
    }
    return call.submitted();
  }

  private void awaitGiven() {
    waiting = Thread.currentThread();
    long begin = System.nanoTime();
    while (outcome.get() == null && !isHeldUp() && System.nanoTime() - begin < LIMIT) {
      LockSupport.parkNanos(this, LOOK);
    }
  }

  /** Returns whether the executor waits for something, perhaps for the loop. */
  private boolean isHeldUp() {
    Thread giving = giver;
    return giving != null && giving.getState() != Thread.State.RUNNABLE;
  }

  private boolean settle(Object end) {
    boolean first = outcome.compareAndSet(null, end);
    if (first) {
      LockSupport.unpark(waiting);
    }
    return first;
  }

  // ---- the submitter's thread

  /** Calls the executor. Returns what the executor throws, or null if it throws nothing. */
  @Nullable
  Throwable give() {
    Thread current = Thread.currentThread();
    current.setContextClassLoader(loop.contextClassLoader());
    giver = current;
    try {
      executor.execute(this);
      return null;
    } catch (Throwable refusal) {
      return refusal;
    }
  }

  /** Settles the outcome when the call of the executor has ended. */
  void given(@Nullable Throwable refusal) {
    Object end = refusal != null ? refusal : inCaller ? IN_CALLER : GIVEN;
    if (settle(end)) {
      return;
    }
    if (refusal != null) {
      call.fail(refusal);
    } else if (inCaller) {
      runApart(true);
    }
  }

  // ---- the executor

  /** Runs the code for the executor, in the thread that the executor has chosen or in a new one. */
  @Override
  public void run() {
    if (Thread.currentThread() instanceof Submitter) { // in its caller
      if (mayRunOnLoop && Thread.currentThread() == giver && outcome.get() == null) {
        // given() settles this, because the waiting thread may add another submission at once
        inCaller = true;
        return;
      }
      settle(GIVEN);
      runApart(true);
    } else if (!mayRunOnLoop && loop.isOnLoop()) { // in a task's virtual thread, or a callback
      runApart(false);
    } else {
      call.run();
    }
  }

  private void runApart(boolean wait) {
    Thread apart = Thread.ofPlatform()
        .name("weft-executor-apart")
        .daemon()
        .inheritInheritableThreadLocals(false)
        .unstarted(call::runInPool);
    try {
      apart.start();
    } catch (Throwable error) { // too many threads
      call.fail(error);
      return;
    }
    while (wait && apart.isAlive()) {
      try {
        apart.join();
      } catch (InterruptedException e) {
        // an executor may leave its caller interrupted
      }
    }
  }
}
