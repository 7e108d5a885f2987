package dev.weft.loop;

import java.util.List;

/**
 * A future or task, its calls, and the tasks that wait for it: asyncio's {@code FutureCallGraph}. {@link CallGraph}
 * creates it.
 *
 * @param future the future or task
 * @param callStack the calls of the task, the innermost first; empty for a future that is not a task
 * @param awaitedBy the graphs of the futures and tasks that wait for it; in a cycle, the future that closes the cycle
 *     appears again with both lists empty
 */
public record FutureCallGraph(
    Future<?> future, List<FrameCallGraphEntry> callStack, List<FutureCallGraph> awaitedBy) {

  /** Copies the lists. */
  public FutureCallGraph {
    callStack = List.copyOf(callStack);
    awaitedBy = List.copyOf(awaitedBy);
  }
}
