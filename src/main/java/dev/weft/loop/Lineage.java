package dev.weft.loop;

/**
 * A task, the tasks and {@linkplain EventLoop#newThread threads} that it starts, and those that they start in turn: what
 * a scope would hold, without a scope. Of use to code that must know when all of them have ended. Loop thread only.
 */
public abstract class Lineage {

  private int live;

  /** A lineage without members. */
  protected Lineage() {}

  /** None of them runs any more. Called in the last step of the last; must neither suspend nor throw. */
  protected abstract void ended();

  /**
   * Makes the calling task the first. To be called in the task's first step.
   *
   * @throws IllegalStateException if the caller is not a task
   */
  public final void begin() {
    Task.currentOrThrow("begin").lineage = this;
    live++;
  }

  /** Whether one of them has begun and not ended. */
  public final boolean isAlive() {
    return live > 0;
  }

  final void enter() {
    live++;
  }

  final void leave() {
    if (--live == 0) {
      ended();
    }
  }
}
