package dev.weft.loop;

import dev.weft.loop.Submitters.Submitter;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A call on its way to an executor of the program. The executor may make a thread for it, and a thread inherits from
 * whoever makes it: a virtual thread even the scheduler, so that one made by a task would run on the loop. So another
 * thread gives the call to the executor, while the loop waits: the call is where it belongs, or refused, before the
 * caller goes on. An executor that does not take it promptly is not waited for.
 *
 * <p>Wherever the executor then runs it, the code does not run on the loop, unless it may, nor on the thread that gives:
 * it has a thread of its own if need be.
 */
final class Submission<T> implements Runnable {

  /** How long the loop waits before it looks whether the executor is waiting itself; in nanoseconds. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);

  /** How long the loop waits at most; in nanoseconds. */
  private static final long LIMIT = TimeUnit.MILLISECONDS.toNanos(100);

  // what comes of it first, unless it is what the executor has thrown
  private static final Object GIVEN = new Object();
  private static final Object IN_CALLER = new Object(); // the caller is to run it
  private static final Object NOT_AWAITED = new Object();

  private final BaseEventLoop loop;
  private final Executor executor;
  private final ExecutorCall<T> call;
  private final boolean mayRunOnLoop;

  private boolean inCaller; // the giver's thread only: the executor has run this in its caller

  // any thread
  private final AtomicReference<Object> outcome = new AtomicReference<>();
  private volatile Thread giver; // null before its turn
  private volatile Thread waiting; // null if nobody is

  private Submission(
      BaseEventLoop loop, Executor executor, Callable<? extends T> code, boolean mayRunOnLoop) {
    this.loop = loop;
    this.executor = executor;
    this.call = new ExecutorCall<>(loop, code);
    this.mayRunOnLoop = mayRunOnLoop;
  }

  /**
   * Has an executor run code.
   *
   * @return also fails by what the executor throws, if that takes it long
   */
  static <T> Future<T> submit(BaseEventLoop loop, Executor executor, Callable<? extends T> code) {
    return new Submission<T>(loop, executor, code, false).submit();
  }

  /** As {@link #submit}; an executor that runs code in its caller, or on the loop, runs it on the loop. */
  static <T> Future<T> submitOrRun(
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

  /** Whether the executor waits for something, perhaps for the loop. */
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

  /** Calls the executor. Returns what it throws; null for nothing. */
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

  /** The executor has been called. */
  void given(Throwable refusal) {
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

  /** The executor runs the code, wherever that is. */
  @Override
  public void run() {
    if (Thread.currentThread() instanceof Submitter) { // in its caller
      if (mayRunOnLoop && Thread.currentThread() == giver && outcome.get() == null) {
        inCaller = true; // told by given(): whoever waits for it may add another at once
        return;
      }
      settle(GIVEN);
      runApart(true);
    } else if (!mayRunOnLoop
        && loop.isOnLoop()) { // in a virtual thread that a task has made, or in a callback
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
        // an executor has left its caller interrupted
      }
    }
  }
}
