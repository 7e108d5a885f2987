package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * Access to the owner of a lock for which a thread waits. Works if Weft has access to
 * {@code java.util.concurrent.locks}; it is optional.
 */
public final class LockOwners {

  private static final @Nullable MethodHandle OWNER;

  static {
    MethodHandle owner = null;
    try {
      Method method =
          AbstractOwnableSynchronizer.class.getDeclaredMethod("getExclusiveOwnerThread");
      owner = Inside.of(AbstractOwnableSynchronizer.class).unreflect(method);
    } catch (ReflectiveOperationException e) {
      // no access, or another JDK: no owner is known
    }
    OWNER = owner;
  }

  private LockOwners() {}

  /**
   * Returns the thread that holds a lock. Any thread.
   *
   * @param blocker the result of {@code LockSupport.getBlocker} for a waiting thread; may be null
   * @return the owner; null if no thread holds the lock, or if Weft cannot know
   */
  public static @Nullable Thread ownerOf(Object blocker) {
    if (OWNER == null || !(blocker instanceof AbstractOwnableSynchronizer lock)) {
      return null;
    }
    try {
      return (Thread) OWNER.invokeExact(lock);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
