package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Access to the JDK's stage for the end of a child process. The JDK thread that waits for the child completes this
 * stage itself. {@link Process#onExit} goes to another thread first, which makes the end of a short-lived child
 * noticeably later.
 *
 * <p>The stack of that JDK thread is small. An action that depends on this stage must only hand over to another thread,
 * and its lambdas must be linked before.
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
      // no access, or another JDK: Process.onExit serves
    }
    COMPLETION = completion;
  }

  private ChildExit() {}

  /**
   * Returns a stage that completes with a child's exit value when the child has ended. Any thread.
   *
   * @param child a child that the JDK has started
   * @return the stage; complete if the child has ended
   */
  public static CompletionStage<Integer> of(Process child) {
    if (COMPLETION == null) {
      return publicly(child);
    }
    if (!child.isAlive()) {
      return CompletableFuture.completedStage(
          child.exitValue()); // another process may have its number by now
    }
    return completion(child.pid(), false)
        .thenApply(value -> child.isAlive()
            ? value
            : child.exitValue()); // the stage gives 0 if the JDK asked too late
  }

  /** Returns the stage of {@link #of} by way of {@link Process#onExit}. */
  static CompletionStage<Integer> publicly(Process child) {
    return child.onExit().thenApply(Process::exitValue);
  }

  /** {@return whether {@link #reap} can be called} Any thread. */
  public static boolean canReap() {
    return COMPLETION != null;
  }

  /**
   * Makes the JDK wait for a child that it has not started, and reap it. Call this once for each child. When the stage
   * completes, another process may have the child's number. Any thread.
   *
   * @param pid the child's process id
   * @return completes with the exit value
   */
  public static CompletionStage<Integer> reap(long pid) {
    return completion(pid, true);
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // callers ask canReap() first
  private static CompletableFuture<Integer> completion(long pid, boolean reaping) {
    try {
      return (CompletableFuture<Integer>) COMPLETION.invokeExact(pid, reaping);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
