package dev.weft.loop;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A callback of {@link EventLoop#callSoonThreadsafe}, which any thread may cancel. If {@code cancel} returns before the
 * callback has begun, the callback never runs. If it is called while the callback runs, it waits for the callback's
 * end, unless the callback itself calls it.
 */
final class ThreadSafeHandle extends Handle {

  private final ReentrantLock running = new ReentrantLock();

  ThreadSafeHandle(BaseEventLoop loop, Runnable callback, Object context) {
    super(loop, callback, context);
  }

  @Override
  public void cancel() {
    running.lock();
    try {
      super.cancel();
    } finally {
      running.unlock();
    }
  }

  @Override
  public boolean cancelled() {
    running.lock();
    try {
      return super.cancelled();
    } finally {
      running.unlock();
    }
  }

  @Override
  void run(LoopFiber fiber) {
    running.lock();
    try {
      super.run(fiber);
    } finally {
      running.unlock();
    }
  }
}
