package dev.weft.sync;

import dev.weft.loop.CancelRegion;
import dev.weft.loop.CancelledError;
import dev.weft.loop.ThrowingCallable;
import dev.weft.loop.ThrowingRunnable;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a task that holds a lock wait until another task changes something under that lock: asyncio's {@code Condition}.
 *
 * <pre>{@code
 * Condition changed = new Condition();
 * Deque<String> mail = new ArrayDeque<>();
 *
 * createTask(() -> changed.with(() -> {
 *   changed.waitFor(() -> !mail.isEmpty());   // releases the lock while this task waits
 *   System.out.println(mail.remove());
 * }));
 * createTask(() -> changed.with(() -> {
 *   mail.add("hello");
 *   changed.signal();
 * }));
 * }</pre>
 *
 * <p>{@link #await} and {@link #signal} are asyncio's {@code wait} and {@code notify}, names that {@code Object} uses
 * already.
 *
 * <p>Loop thread only: while the loop runs, every method that takes or releases the lock, waits or signals throws an
 * {@code IllegalStateException} in other threads.
 *
 * <p>{@code java.util.concurrent.locks} has a type of this name, too.
 * Where a file imports that package, {@code import dev.weft.sync.Condition;} selects this one.
 */
public final class Condition {

  private final Lock lock;
  private final LoopBound bound = new LoopBound(this);
  private final WaitQueue waiters = new WaitQueue(bound);

  /** Creates a condition with a lock of its own. Any thread. Never suspends. */
  public Condition() {
    this(new Lock());
  }

  /**
   * Creates a condition over a lock that other code may use as well. Any thread. Never suspends.
   *
   * @param lock the lock that a task holds when it waits or signals
   */
  public Condition(Lock lock) {
    this.lock = Objects.requireNonNull(lock, "lock");
  }

  /**
   * Takes the lock ({@code acquire}). Suspends while the lock is taken or other tasks wait for it. Loop thread only.
   *
   * @throws CancelledError if the calling task is cancelled; the task does not hold the lock then
   * @throws IllegalStateException if the lock is taken and the caller is not a task
   */
  public void acquire() {
    lock.acquire();
  }

  /**
   * Releases the lock and wakes the first task that waits for it ({@code release}). Never suspends. Loop thread only.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void release() {
    lock.release();
  }

  /**
   * Returns whether the lock is taken ({@code locked}). Never suspends. Loop thread only.
   *
   * @return true from {@link #acquire} to {@link #release}
   */
  public boolean locked() {
    return lock.locked();
  }

  /**
   * Runs code while the calling task holds the lock, and releases the lock at the end ({@code async with condition}).
   * Suspends while the lock is taken or other tasks wait for it, and if the code suspends. Loop thread only.
   *
   * @param code runs with the lock held
   * @param <T> the type of the result
   * @param <E> the type of the code's checked exceptions
   * @return what the code returns
   * @throws E if the code throws it
   * @throws CancelledError if the calling task is cancelled; if it waits for the lock, the code does not run
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public <T extends @Nullable Object, E extends Exception> T with(
      ThrowingCallable<? extends T, E> code) throws E {
    return lock.with(code);
  }

  /**
   * Runs code that returns nothing while the calling task holds the lock, and releases the lock at the end ({@code
   * async with condition}). Suspends while the lock is taken or other tasks wait for it, and if the code suspends. Loop
   * thread only.
   *
   * @param code runs with the lock held
   * @param <E> the type of the code's checked exceptions
   * @throws E if the code throws it
   * @throws CancelledError if the calling task is cancelled; if it waits for the lock, the code does not run
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public <E extends Exception> void with(ThrowingRunnable<E> code) throws E {
    lock.with(code);
  }

  /**
   * Releases the lock, waits for a signal, and takes the lock again ({@code wait}). The task takes the lock again even
   * if it is cancelled. The call may return without a signal, so {@link #waitFor} is the safer choice. Suspends. Loop
   * thread only.
   *
   * @throws IllegalStateException if the lock is free, or the caller is not a task
   * @throws CancelledError if the calling task is cancelled; the task holds the lock then
   */
  public void await() {
    bound.check("await");
    checkLocked("wait");
    WaitQueue.Waiter waiter = waiters.newWaiter(); // if this fails, the lock is still held
    lock.release();
    try {
      awaitSignal(waiter);
    } catch (Throwable error) {
      // The task may be signalled and then cancelled: another task gets the signal.
      waiters.wakeNext();
      throw error;
    }
  }

  private void awaitSignal(WaitQueue.Waiter waiter) {
    CancelledError cancelled = null;
    try {
      waiters.await(waiter);
    } catch (CancelledError error) {
      cancelled = error;
    }
    while (true) {
      try {
        if (cancelled == null) {
          lock.acquire();
        } else { // a cancelled scope would cancel each try
          CancelRegion.shielded(lock::acquire);
        }
        break;
      } catch (CancelledError error) {
        cancelled = error; // the latest one is thrown
      }
    }
    if (cancelled != null) {
      throw cancelled;
    }
  }

  /**
   * Waits until a predicate is true ({@code wait_for}). The call tests the predicate first and after each signal,
   * always with the lock held. Suspends unless the predicate is true at first. Loop thread only.
   *
   * @param predicate must not suspend
   * @throws IllegalStateException if the predicate is false and the lock is free or the caller is not a task
   * @throws CancelledError if the calling task is cancelled; the task holds the lock then
   */
  public void waitFor(BooleanSupplier predicate) {
    Objects.requireNonNull(predicate, "predicate");
    bound.check("waitFor");
    while (!predicate.getAsBoolean()) {
      await();
    }
  }

  /**
   * Wakes the first task that waits ({@code notify}). That task continues when it gets the lock. Never suspends. Loop
   * thread only.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void signal() {
    signal(1);
  }

  /**
   * Wakes the first tasks that wait ({@code notify(n)}). They continue as they get the lock. Never suspends. Loop
   * thread only.
   *
   * @param n how many tasks to wake at most
   * @throws IllegalStateException if the lock is free
   */
  public void signal(int n) {
    bound.check("signal");
    checkLocked("notify");
    for (int woken = 0; woken < n && waiters.wakeNext(); woken++) {
      // wakeNext does it
    }
  }

  /**
   * Wakes all tasks that wait ({@code notify_all}). They continue as they get the lock. Never suspends. Loop thread
   * only.
   *
   * @throws IllegalStateException if the lock is free
   */
  public void signalAll() {
    bound.check("signalAll");
    checkLocked("notify");
    waiters.wakeAll();
  }

  private void checkLocked(String what) {
    if (!lock.locked()) {
      throw new IllegalStateException("cannot " + what + " on un-acquired lock");
    }
  }

  @Override
  public String toString() {
    return "Condition[" + (locked() ? "locked" : "unlocked") + ", " + waiters.size() + " waiting]";
  }
}
