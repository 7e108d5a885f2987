package dev.weft.loop;

/**
 * A task, the tasks and {@linkplain EventLoop#newThread threads} that it starts, and those that they start in turn. A
 * subclass learns when all of them have ended, without a scope around them. Loop thread only.
 */
public abstract class Lineage {

  private int live;

  /** Creates a lineage without members. Never suspends. Any thread. */
  protected Lineage() {}

  /** Runs when all members have ended, in the last step of the last member. Must neither suspend nor throw. */
  protected abstract void ended();

  /**
   * Makes the calling task the first member. The task calls this in its first step. Never suspends. Loop thread only.
   *
   * @throws IllegalStateException if the caller is not a task
   */
  public final void begin() {
    Task.currentOrThrow("begin").lineage = this;
    live++;
  }

  /**
   * Returns whether a member has begun and not ended. Never suspends. Loop thread only.
   *
   * @return true while a member is left
   */
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
