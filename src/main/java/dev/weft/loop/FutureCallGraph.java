package dev.weft.loop;

import java.util.List;

/**
 * A future or task, where it is, and who waits for it: asyncio's {@code FutureCallGraph}, made by {@link
 * CallGraph}.
 *
 * @param future what this is about
 * @param callStack its calls, the innermost first; empty for a future that is no task
 * @param awaitedBy those that wait for it, each with those that wait for them. Where they go round in a
 *     circle, the future that closes it comes again, with both lists empty
 */
public record FutureCallGraph(
    Future<?> future, List<FrameCallGraphEntry> callStack, List<FutureCallGraph> awaitedBy) {

  /** Copies the lists. */
  public FutureCallGraph {
    callStack = List.copyOf(callStack);
    awaitedBy = List.copyOf(awaitedBy);
  }
}
