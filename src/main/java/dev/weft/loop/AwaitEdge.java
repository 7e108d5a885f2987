package dev.weft.loop;

/**
 * Stands among a future's waiters for a future that waits for it in another way than by awaiting it, for example for a
 * task that gathers it. The future never wakes it, and drops it when it is done. The edge of a future whose only waiter
 * is a callback is a field of that {@link DoneCallback}, which saves the list.
 */
record AwaitEdge(Future<?> waiter) {}
