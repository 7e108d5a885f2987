package dev.weft.sync;

import dev.weft.loop.BaseEventLoop;
import dev.weft.loop.Task;
import org.jspecify.annotations.Nullable;

/**
 * The loop that a primitive belongs to: asyncio's {@code _LoopBoundMixin}. While that loop runs, no other thread may
 * touch the primitive.
 *
 * <p>The loop that creates a primitive owns it until another loop is the first to use it. A primitive that is created
 * outside of loops has no owner until a loop uses it. A loop that no longer runs gives the primitive up to the next
 * loop. Once a task has waited for the primitive, the primitive stays with that task's loop for good.
 */
final class LoopBound {

  private final Object owner;

  private @Nullable BaseEventLoop loop; // null while the primitive has no owner
  private boolean used; // by a task or callback of that loop
  private boolean waited; // a task of that loop has waited
  private @Nullable Thread user; // the last user, if it is a virtual thread of that loop; else null

  /**
   * Creates the bound of a primitive. The loop that runs the caller owns the primitive at first.
   *
   * @param owner the primitive, for messages
   */
  LoopBound(Object owner) {
    this.owner = owner;
    this.loop = BaseEventLoop.current().orElse(null);
  }

  /**
   * Checks that the caller may use the primitive. Each method calls this before it changes anything.
   *
   * @param method the method that the caller has called
   * @throws IllegalStateException if the primitive's loop runs and the caller is not on it
   */
  void check(String method) {
    if (Thread.currentThread() != user) {
      checkThread(method);
    }
  }

  private void checkThread(String method) {
    if (!isOnLoop()) {
      checkElsewhere(method);
    }
    Thread current = Thread.currentThread();
    user = current.isVirtual() && isOnLoop() ? current : null;
  }

  private boolean isOnLoop() {
    return used && loop != null && loop.isOnLoop();
  }

  private void checkElsewhere(String method) {
    BaseEventLoop caller = BaseEventLoop.current().orElse(null);
    if (loop != null && loop != caller && loop.isRunning() && (used || caller == null)) {
      loop.checkOnLoop(owner.getClass().getSimpleName() + "." + method);
    }
    if (!waited && caller != null) {
      loop = caller;
      used = true;
    }
  }

  /**
   * Binds the primitive to the loop of the calling task, which is about to wait.
   *
   * @return the loop
   * @throws IllegalStateException if the caller is not a task, or a task of another loop has waited
   */
  BaseEventLoop bind() {
    var running = (BaseEventLoop) Task.current()
        .orElseThrow(() -> new IllegalStateException("waiting for " + owner + " outside a task, in "
            + Thread.currentThread() + ": call it in a task (createTask, run)"))
        .getLoop();
    if (waited && loop != running) {
      throw new IllegalStateException(
          owner + " is bound to a different event loop: " + loop + ", not " + running);
    }
    loop = running;
    used = true;
    waited = true;
    user = Thread.currentThread();
    return running;
  }
}
