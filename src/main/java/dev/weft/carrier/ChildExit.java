package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A seam to the JDK: the end of a child, told by the very thread that has waited for it. {@link Process#onExit} goes
 * to another thread first, which for a child that ends soon is a good part of all that Weft adds.
 *
 * <p>That thread is the JDK's, and its stack is small: what depends on this stage must only hand over, and must have
 * all its lambdas linked before.
 */
public final class ChildExit {

  private static final @Nullable MethodHandle COMPLETION;

  static {
    MethodHandle completion = null;
    try {
      Method method = Class.forName("java.lang.ProcessHandleImpl")
          .getDeclaredMethod("completion", long.class, boolean.class);
      completion = Inside.of(method.getDeclaringClass()).unreflect(method);
    } catch (ReflectiveOperationException e) {
      // another JDK: the public way it is
    }
    COMPLETION = completion;
  }

  private ChildExit() {}

  /** Completes with the exit value, as the JDK says it, when a child has ended; at once if it has. */
  public static CompletionStage<Integer> of(Process child) {
    if (COMPLETION == null) {
      return publicly(child);
    }
    if (!child.isAlive()) {
      return CompletableFuture.completedStage(
          child.exitValue()); // its number may be another's by now
    }
    return completion(child.pid(), false)
        .thenApply(value -> child.isAlive() ? value : child.exitValue()); // 0 if asked too late
  }

  /** The same, without the seam. */
  static CompletionStage<Integer> publicly(Process child) {
    return child.onExit().thenApply(Process::exitValue);
  }

  /** Whether {@link #reap} can be called. */
  public static boolean canReap() {
    return COMPLETION != null;
  }

  /**
   * Has a child reaped by the JDK, as it does its own. To be called once, for a child that the JDK has not started;
   * its number may be another's when this has completed.
   */
  public static CompletionStage<Integer> reap(long pid) {
    return completion(pid, true);
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // callers have asked canReap()
  private static CompletableFuture<Integer> completion(long pid, boolean reaping) {
    try {
      return (CompletableFuture<Integer>) COMPLETION.invokeExact(pid, reaping);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
