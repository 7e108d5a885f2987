package dev.weft.loop;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A callback that came by {@link EventLoop#callSoonThreadsafe}: its cancel may be called from any
 * thread. If it returns before the callback has begun, the callback never runs; if it is called while
 * the callback runs, it waits for the end of it, unless the callback itself calls it.
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
  void run(Strand strand) {
    running.lock();
    try {
      super.run(strand);
    } finally {
      running.unlock();
    }
  }
}
