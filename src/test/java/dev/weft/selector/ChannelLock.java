package dev.weft.selector;

import dev.weft.carrier.JdkInternals;
import java.nio.channels.Channel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Another thread that stays in a call on a channel, so that a virtual thread parks in its own call on that channel.
 * Holds the lock of the JDK's implementation.
 */
final class ChannelLock implements AutoCloseable {

  private final ReentrantLock lock;
  private final Thread holder;
  private final CountDownLatch released = new CountDownLatch(1);

  private ChannelLock(Channel channel, String name) throws Exception {
    Class<?> type = channel.getClass();
    lock = (ReentrantLock)
        JdkInternals.of(type).findVarHandle(type, name, ReentrantLock.class).get(channel);
    var held = new CountDownLatch(1);
    holder = Thread.ofPlatform().daemon().start(() -> {
      lock.lock();
      held.countDown();
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        lock.unlock();
      }
    });
    held.await();
  }

  static ChannelLock reading(Channel channel) throws Exception {
    return new ChannelLock(channel, "readLock");
  }

  static ChannelLock writing(Channel channel) throws Exception {
    return new ChannelLock(channel, "writeLock");
  }

  /** Whether a thread waits for the lock. */
  boolean isWanted() {
    return lock.hasQueuedThreads();
  }

  @Override
  public void close() {
    released.countDown();
    try {
      holder.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
