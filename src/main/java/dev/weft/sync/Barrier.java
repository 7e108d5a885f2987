package dev.weft.sync;

import dev.weft.loop.CancelledError;
import java.util.concurrent.BrokenBarrierException;

/*
 * Filling: tasks arrive. Draining: the last one has come, all leave. Resetting: those who waited leave with
 * an exception. Who arrives while the barrier drains or resets waits for the next round.
 */

/**
 * Where a number of tasks wait for one another: asyncio's {@code Barrier}. Not for other threads, which get an {@code
 * IllegalStateException} while the loop runs.
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
   * @param parties how many tasks it takes, at least 1
   */
  public Barrier(int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException("parties must be >= 1: " + parties);
    }
    this.parties = parties;
  }

  /**
   * Waits for the others ({@code wait}, a name that {@code Object} has taken). Suspends, but for the last
   * to arrive.
   *
   * @return the place in the order of arrival: 0 to parties - 1, each once
   * @throws BrokenBarrierException if the barrier is or gets broken or reset
   * @throws CancelledError if the calling task is cancelled; the others go on waiting
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

  /** Sends those who wait away with an exception and starts anew ({@code reset}). Suspends. */
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

  /** Breaks the barrier: waiting now and later throws until it is reset ({@code abort}). Suspends. */
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

  /** How many tasks it takes ({@code parties}). */
  public int parties() {
    return parties;
  }

  /** How many tasks wait ({@code n_waiting}); 0 unless the barrier is filling. */
  public int nWaiting() {
    return state == State.FILLING ? count : 0;
  }

  /** Whether the barrier is broken ({@code broken}). */
  public boolean broken() {
    return state == State.BROKEN;
  }

  @Override
  public String toString() {
    return "Barrier[" + state + ", " + nWaiting() + "/" + parties + "]";
  }
}
