package dev.weft.loop;

/**
 * An entry among a future's waiters for a future that waits in another way than by awaiting it, for example a task that
 * gathers it. An edge is never woken, and it is dropped when the awaited future is done. If the only waiter is a
 * callback, the edge is a field of that {@link DoneCallback}, which saves a list.
 */
record AwaitEdge(Future<?> waiter) {}
