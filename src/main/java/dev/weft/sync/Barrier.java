package dev.weft.sync;

import dev.weft.loop.CancelledError;
import java.util.concurrent.BrokenBarrierException;

/*
 * Filling: tasks arrive. Draining: the last task has come, and all leave. Resetting: the waiting tasks leave with an
 * exception. A task that arrives while the barrier drains or resets waits for the next round.
 */

/**
 * A place where a fixed number of tasks wait for each other: asyncio's {@code Barrier}.
 *
 * <pre>{@code
 * Barrier barrier = new Barrier(3);
 * for (int i = 0; i < 3; i++) {
 *   createTask(() -> {
 *     prepare();
 *     barrier.await();                // parks this task until three tasks are here
 *     go();
 *   });
 * }
 * }</pre>
 *
 * <p>Once all tasks are there, the barrier lets them go and can be used again.
 *
 * <p>Loop thread only: while the loop runs, every method that waits, resets or aborts throws an {@code
 * IllegalStateException} in other threads.
 */
public final class Barrier {

  private enum State {
    FILLING,
    DRAINING,
    RESETTING,
    BROKEN
  }

  private final LoopBound bound = new LoopBound(this);
  private final int parties;
  private final Condition condition = new Condition();
  private State state = State.FILLING;
  private int count;

  /**
   * Creates a barrier. Any thread. Never suspends.
   *
   * @param parties how many tasks the barrier waits for, 1 or more
   * @throws IllegalArgumentException if {@code parties} is less than 1
   */
  public Barrier(int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException("parties must be >= 1: " + parties);
    }
    this.parties = parties;
  }

  /**
   * Waits for the other tasks. This is asyncio's {@code wait}, a name that {@code Object} uses already. Suspends,
   * except for the last task to arrive. Loop thread only.
   *
   * @return the caller's place in the order of arrival, from 0 to {@code parties} - 1; each task gets a different place
   * @throws BrokenBarrierException if the barrier is broken, or is broken or reset while the task waits
   * @throws CancelledError if the calling task is cancelled; the other tasks continue to wait
   * @throws IllegalStateException if the caller is not a task
   */
  public int await() throws BrokenBarrierException {
    bound.check("await");
    condition.acquire();
    try {
      block();
      try {
        int index = count++;
        if (index + 1 == parties) {
          release();
        } else {
          awaitOthers();
        }
        return index;
      } finally {
        count--;
        exit();
      }
    } finally {
      condition.release();
    }
  }

  private void block() throws BrokenBarrierException {
    condition.waitFor(() -> state != State.DRAINING && state != State.RESETTING);
    if (state == State.BROKEN) {
      throw new BrokenBarrierException("Barrier aborted");
    }
  }

  private void release() {
    state = State.DRAINING;
    condition.signalAll();
  }

  private void awaitOthers() throws BrokenBarrierException {
    condition.waitFor(() -> state != State.FILLING);
    if (state == State.BROKEN || state == State.RESETTING) {
      throw new BrokenBarrierException("Abort or reset of barrier");
    }
  }

  private void exit() {
    if (count == 0) {
      if (state == State.RESETTING || state == State.DRAINING) {
        state = State.FILLING;
      }
      condition.signalAll();
    }
  }

  /**
   * Starts a new round ({@code reset}): tasks that wait get a {@link BrokenBarrierException}, and the barrier is no
   * longer broken. Suspends while another task uses the barrier. Loop thread only.
   *
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public void reset() {
    bound.check("reset");
    condition.acquire();
    try {
      state = count > 0 ? State.RESETTING : State.FILLING;
      condition.signalAll();
    } finally {
      condition.release();
    }
  }

  /**
   * Breaks the barrier ({@code abort}): every {@link #await}, now or later, throws a {@link BrokenBarrierException}
   * until {@link #reset}. Suspends while another task uses the barrier. Loop thread only.
   *
   * @throws CancelledError if the calling task is cancelled
   * @throws IllegalStateException if the call has to wait and the caller is not a task
   */
  public void abort() {
    bound.check("abort");
    condition.acquire();
    try {
      state = State.BROKEN;
      condition.signalAll();
    } finally {
      condition.release();
    }
  }

  /**
   * Returns how many tasks the barrier waits for ({@code parties}). Never suspends. Any thread.
   *
   * @return the number given to the constructor
   */
  public int parties() {
    return parties;
  }

  /**
   * Returns how many tasks wait ({@code n_waiting}). Never suspends. Loop thread only.
   *
   * @return the number of tasks; 0 while the barrier lets tasks go
   */
  public int nWaiting() {
    return state == State.FILLING ? count : 0;
  }

  /**
   * Returns whether the barrier is broken ({@code broken}). Never suspends. Loop thread only.
   *
   * @return true from {@link #abort} to {@link #reset}
   */
  public boolean broken() {
    return state == State.BROKEN;
  }

  @Override
  public String toString() {
    return "Barrier[" + state + ", " + nWaiting() + "/" + parties + "]";
  }
}
