package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import org.jspecify.annotations.Nullable;

/**
 * A seam to the JDK: who has a lock that somebody waits for. Needs {@code java.util.concurrent.locks} opened to
 * Weft, which is optional.
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
      // not opened, or another JDK: no owner is known
    }
    OWNER = owner;
  }

  private LockOwners() {}

  /**
   * The thread that has a lock. Any thread.
   *
   * @param blocker what {@code LockSupport.getBlocker} says of a thread that waits; null for nothing
   * @return null if nobody has it, or if that cannot be known
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
