package dev.weft.loop;

import java.lang.StackWalker.Option;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The places where handles, futures and tasks were created, for reports in debug mode. The objects do not store them,
 * so they need no space when debug mode is off.
 */
final class Origins {

  /** asyncio's DEBUG_STACK_DEPTH. */
  private static final int DEPTH = 10;

  private static final StackWalker WALKER = StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE);

  // any thread; keys are compared by identity, as they have no other equality
  private final Map<Object, List<StackTraceElement>> stacks =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Records the caller's stack, without Weft's own frames, as the place where {@code created} was created. */
  void record(Object created) {
    List<StackTraceElement> stack = callersStack(DEPTH);
    if (!stack.isEmpty()) {
      stacks.put(created, stack);
    }
  }

  /**
   * Returns the calling thread's stack without Weft's own frames, up to a number of frames. For a task, it has only the
   * frames of the task's code.
   */
  static List<StackTraceElement> callersStack(int limit) {
    return WALKER.walk(frames -> frames
        .takeWhile(frame -> !Coroutine.isBottom(frame.getClassName(), frame.getMethodName()))
        .filter(frame -> !isWeft(frame.getDeclaringClass()))
        .limit(limit)
        .map(StackWalker.StackFrame::toStackTraceElement)
        .toList());
  }

  private static boolean isWeft(Class<?> type) {
    return type.getProtectionDomain() == Origins.class.getProtectionDomain();
  }

  /** Returns the stack where {@code created} was created, the innermost frame first; empty if it is not known. */
  List<StackTraceElement> of(Object created) {
    return stacks.getOrDefault(created, List.of());
  }

  /** Returns the innermost frame where {@code created} was created, as text; empty if it is not known. */
  String describe(Object created) {
    List<StackTraceElement> stack = of(created);
    return stack.isEmpty() ? "" : " created at " + stack.get(0);
  }
}
